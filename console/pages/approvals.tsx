import { Button, Group, Switch } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { Empty } from '../parts/empty.tsx';
import { Json } from '../parts/json.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { platformName } from '../parts/states.ts';
import { When } from '../parts/time.tsx';
import { useAct } from '../parts/use-act.ts';

const load = (reveal: boolean) => read(api.approvals.$get({ query: reveal ? { reveal: 'true' } : {} }));
type Approval = Awaited<ReturnType<typeof load>>['items'][number];

/** What tools are about to do, and wait for a person's word. */
export default function Approvals() {
  const { data: me } = useSuspenseQuery(meQuery);
  const [reveal, setReveal] = useState(false);
  const query = useQuery({ queryKey: ['approvals', reveal], queryFn: () => load(reveal) });
  return (
    <Page
      title="Approvals"
      about="What a tool is about to do, and waits for a person’s word. People are asked in the conversation as well: the first word counts."
      actions={
        isAtLeast(me.role, 'analyst') && (
          <Switch
            label="Show what it would do"
            checked={reveal}
            onChange={({ currentTarget }) => setReveal(currentTarget.checked)}
          />
        )
      }
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="panel">
              <Empty title="Nothing waits">
                Which tools ask first is decided in the policies; what they did stands in each conversation.
              </Empty>
            </div>
          ) : (
            items.map((item) => (
              <Waiting key={item.id} of={item} shown={reveal} mayDecide={isAtLeast(me.role, 'operator')} />
            ))
          )
        }
      </Loaded>
    </Page>
  );
}

function Waiting(props: { readonly of: Approval; readonly shown: boolean; readonly mayDecide: boolean }) {
  const { id, kind, conversation, platform, channel, tool, yes, askedAt, expiresAt } = props.of;
  const decide = useAct(
    (verdict: 'yes' | 'no' | 'done') => read(api.approvals[':id'].$post({ param: { id }, json: { verdict } })),
    { changes: ['approvals', 'conversations'], says: 'Your word counts' },
  );
  return (
    <article className="panel event">
      <header>
        <strong className="mono">{tool}</strong>
        <span className="quiet">
          {kind === 'may' ? 'May it be done?' : 'Was it done? Nobody can tell by themselves.'}
        </span>
        <span className="end quiet">
          asked <When at={askedAt} />, until <When at={expiresAt} />
        </span>
      </header>
      <p className="quiet">
        <Link to="/conversations/$id" params={{ id: conversation }}>
          {platformName(platform)} · {channel}
        </Link>
        {yes > 1 && ` · ${yes} people have to say yes`}
      </p>
      {props.shown && <Json value={props.of.arguments} label={`What ${tool} would be given`} />}
      {props.mayDecide && (
        <Group gap="xs" mt="sm">
          <Button size="xs" loading={decide.isPending} onClick={() => decide.mutate(kind === 'may' ? 'yes' : 'done')}>
            {kind === 'may' ? 'Allow' : 'It was done'}
          </Button>
          <Button size="xs" variant="default" loading={decide.isPending} onClick={() => decide.mutate('no')}>
            {kind === 'may' ? 'Refuse' : 'It was not'}
          </Button>
        </Group>
      )}
    </article>
  );
}
