import { NativeSelect, Switch } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { deliveriesQuery, waitingQuery, type Delivery, type Waiting as Late } from '../api/deliveries.ts';
import { Empty } from '../parts/empty.tsx';
import { List, Rows, type Column } from '../parts/list.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { count } from '../parts/span.ts';
import { platformName } from '../parts/states.ts';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/time.tsx';

const OUTCOMES = [
  { value: '', label: 'Every outcome' },
  { value: 'message', label: 'Messages' },
  { value: 'handled', label: 'Other things that count' },
  { value: 'ignored', label: 'Ignored' },
];
const WORDS = { message: 'Message', handled: 'Handled', ignored: 'Ignored' } as const;

const COLUMNS: readonly Column<Delivery>[] = [
  {
    title: 'Delivery',
    cell: ({ app, delivery, platform }) => (
      <Link to="/deliveries/$app/$delivery" params={{ app, delivery }} className="row-link">
        {platformName(platform)}
        <small className="mono">{delivery}</small>
      </Link>
    ),
  },
  {
    title: 'Outcome',
    cell: ({ outcome }) => <Status tone={outcome === 'ignored' ? 'idle' : 'ok'}>{WORDS[outcome]}</Status>,
  },
  { title: 'Why', cell: ({ reason }) => <span className="quiet">{reason ?? ''}</span> },
  { title: 'Bytes', number: true, cell: ({ size }) => count(size) },
];

const WAITING: readonly Column<Late>[] = [
  {
    title: 'Conversation',
    cell: ({ thread, platform, channel }) => (
      <Link to="/conversations/$id" params={{ id: thread }} className="row-link">
        {platformName(platform)}
        <small>{channel}</small>
      </Link>
    ),
  },
  { title: 'Messages', number: true, cell: ({ messages }) => messages },
  {
    title: 'State',
    cell: ({ leased, failures }) =>
      leased ? (
        <Status tone="ok">A worker has it</Status>
      ) : (
        <Status tone="warn">{failures > 0 ? 'Will be tried again' : 'Waiting'}</Status>
      ),
  },
  { title: 'Attempts', number: true, cell: ({ attempts }) => attempts },
  { title: 'Next', cell: ({ nextAt }) => (nextAt === null ? '' : <When at={nextAt} />) },
  { title: 'Error', cell: ({ error }) => <span className="quiet">{error ?? ''}</span> },
  { title: 'Since', cell: ({ since }) => <When at={since} /> },
];

/** What platforms sent, and what waits to be done about it. */
export default function Deliveries() {
  return (
    <Page
      title="Deliveries"
      about="Everything that a platform sent, kept as it came. Each ends as a message, as something that was handled, or ignored with a reason."
    >
      <InWork />
      <Received />
    </Page>
  );
}

/** The list; while it is followed, what comes appears by itself, and is marked. */
function Received() {
  const [outcome, setOutcome] = useState('');
  const [isFollowed, setFollowed] = useState(true);
  const pages = useInfiniteQuery({ ...deliveriesQuery(outcome), enabled: isFollowed });
  const newest = pages.data?.pages[0]?.items[0]?.receivedAt;
  const [seen, setSeen] = useState<string>();
  // What was there when somebody came is not new.
  if (seen === undefined && newest !== undefined) setSeen(newest);
  const received: Column<Delivery> = {
    title: 'Received',
    cell: ({ receivedAt }) => (
      <>
        <When at={receivedAt} />
        {seen !== undefined && receivedAt > seen && <span className="fresh">new</span>}
      </>
    ),
  };
  return (
    <Panel flush title="Received">
      <search className="filters" aria-label="Filter">
        <NativeSelect
          label="Outcome"
          data={OUTCOMES}
          value={outcome}
          onChange={({ currentTarget }) => {
            setOutcome(currentTarget.value);
            // What is not followed is not loaded: another list is.
            setFollowed(true);
          }}
        />
        <Switch
          label="Follow new ones"
          checked={isFollowed}
          onChange={({ currentTarget }) => {
            setFollowed(currentTarget.checked);
            setSeen(newest);
          }}
        />
      </search>
      <List
        label="Deliveries"
        pages={pages}
        columns={[...COLUMNS, received]}
        keyOf={({ app, delivery }) => `${app} ${delivery}`}
        empty={
          <Empty title={outcome === '' ? 'No platform has sent anything yet' : 'None with this outcome'}>
            {outcome === '' ? 'Say something to the bot in a connected workspace.' : 'Choose every outcome.'}
          </Empty>
        }
      />
    </Panel>
  );
}

/** What is not done yet; nothing is shown when all is. */
function InWork() {
  const { data } = useQuery(waitingQuery);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Panel flush title="In work">
      <Rows label="Conversations in work" rows={data.items} columns={WAITING} keyOf={({ thread }) => thread} />
    </Panel>
  );
}
