import { Switch } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { deliveryQuery, type DeliveryWhole } from '../api/deliveries.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Copy } from '../parts/copy.tsx';
import { Json } from '../parts/json.tsx';
import { Waiting } from '../parts/list.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { Pair } from '../parts/pairs.tsx';
import { ProblemView } from '../parts/problem.tsx';
import { count } from '../parts/span.ts';
import { State } from '../parts/state.tsx';
import { platformName } from '../parts/states.ts';
import { When } from '../parts/time.tsx';

/** One delivery, as it came. */
export default function Delivery() {
  const { app, delivery } = useParams({ from: '/inside/deliveries/$app/$delivery' });
  const [reveal, setReveal] = useState(false);
  const { data: me } = useSuspenseQuery(meQuery);
  const found = useQuery({ ...deliveryQuery(app, delivery, reveal), placeholderData: (before) => before });
  if (found.data === undefined)
    return (
      <Page title="Delivery">
        {found.error === null ? <Waiting /> : <ProblemView error={found.error} retry={() => void found.refetch()} />}
      </Page>
    );
  const { platform, reason, raw } = found.data;
  return (
    <Page
      title={`A delivery of ${platformName(platform)}`}
      about={reason ?? undefined}
      actions={
        isAtLeast(me.role, 'analyst') && (
          <Switch
            label="Show what was sent"
            checked={reveal}
            onChange={({ currentTarget }) => setReveal(currentTarget.checked)}
          />
        )
      }
    >
      <Facts of={found.data} delivery={delivery} />
      <Panel title="As it came">
        {raw === null ? (
          <p className="quiet">
            {reveal ? 'The bytes are gone: they are kept for a while only.' : 'Hidden until you ask for it.'}
          </p>
        ) : (
          <Json value={parsed(raw)} label="The delivery" />
        )}
      </Panel>
    </Page>
  );
}

function Facts(props: { readonly of: DeliveryWhole; readonly delivery: string }) {
  const { outcome, receivedAt, size, correlation, messages } = props.of;
  const { delivery } = props;
  return (
    <Panel flush>
      <dl className="pairs">
        <Pair name="Outcome">{outcome}</Pair>
        <Pair name="Received">
          <When at={receivedAt} />
        </Pair>
        <Pair name="Bytes">{count(size)}</Pair>
        <Pair name="The platform’s id">
          <span className="mono">{delivery}</span> <Copy text={delivery} what="the delivery’s id" />
        </Pair>
        <Pair name="Correlation, as logs have it">
          <span className="mono">{correlation}</span> <Copy text={correlation} what="the correlation" />
        </Pair>
        {messages.map(({ id, thread, state, reason }) => (
          <Pair key={id} name="Became a message">
            <State of={state} /> {reason}
            <Link to="/conversations/$id" params={{ id: thread }}>
              Its conversation
            </Link>
          </Pair>
        ))}
      </dl>
    </Panel>
  );
}

/** JSON in lines where it is some; else the text. */
function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
