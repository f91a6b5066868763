import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, done, read } from '../api/client.ts';
import { sessionsQuery, type Session } from '../api/people.ts';
import { Rows, type Column } from './list.tsx';
import { Loaded } from './loaded.tsx';
import { Panel } from './page.tsx';
import { Status } from './status.tsx';
import { When } from './time.tsx';
import { useAct } from './use-act.ts';

const COLUMNS: readonly Column<Session>[] = [
  {
    title: 'Where',
    cell: ({ agent, address }) => (
      <>
        {agent === '' ? 'A program' : agent}
        <div className="quiet mono">{address}</div>
      </>
    ),
  },
  { title: 'Used', cell: ({ usedAt }) => <When at={usedAt} /> },
  { title: 'Since', cell: ({ createdAt }) => <When at={createdAt} /> },
  {
    title: 'Do',
    cell: (session) => (session.current ? <Status tone="ok">This one</Status> : <End of={session} />),
  },
];

/** Where you are signed in. */
export function Sessions() {
  const query = useQuery(sessionsQuery);
  const end = useAct(() => read(api.sessions.$delete()), {
    changes: ['sessions'],
    says: 'You are signed in here alone',
  });
  return (
    <Panel
      flush
      title="Sessions"
      actions={
        <Button variant="default" size="xs" loading={end.isPending} onClick={() => end.mutate(undefined)}>
          Sign out everywhere else
        </Button>
      }
    >
      <Loaded query={query}>
        {({ items }) => <Rows label="Sessions" rows={items} columns={COLUMNS} keyOf={({ id }) => id} />}
      </Loaded>
    </Panel>
  );
}

function End({ of }: { readonly of: Session }) {
  const end = useAct(() => done(api.sessions[':id'].$delete({ param: { id: of.id } })), {
    changes: ['sessions'],
    says: 'You are signed out there',
  });
  return (
    <Button variant="default" size="xs" loading={end.isPending} onClick={() => end.mutate(undefined)}>
      Sign out
    </Button>
  );
}
