import { useQuery } from '@tanstack/react-query';
import { api, done } from '../api/client.ts';
import { keysQuery, type Key } from '../api/people.ts';
import type { Role } from '../api/roles.ts';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Empty } from './empty.tsx';
import { Rows, type Column } from './list.tsx';
import { Loaded } from './loaded.tsx';
import { NewKey } from './new-key.tsx';
import { Panel } from './page.tsx';
import { When } from './time.tsx';
import { useAct } from './use-act.ts';

const COLUMNS: readonly Column<Key>[] = [
  {
    title: 'Key',
    cell: ({ name, start }) => (
      <>
        {name} <span className="quiet mono">{start}…</span>
      </>
    ),
  },
  {
    title: 'May',
    cell: ({ role, scopes }) => (scopes === null ? `all of ${role}` : `${role}: ${scopes.join(', ')}`),
  },
  { title: 'By', cell: ({ createdBy }) => createdBy },
  { title: 'Used', cell: ({ usedAt }) => (usedAt === null ? 'never' : <When at={usedAt} />) },
  { title: 'Ends', cell: ({ expiresAt }) => (expiresAt === null ? 'not by itself' : <When at={expiresAt} />) },
  { title: 'Do', cell: (key) => <Revoke of={key} /> },
];

/** What programs sign in by. */
export function Keys(props: { readonly mine: Role }) {
  const query = useQuery(keysQuery);
  return (
    <Panel
      flush
      title="API keys"
      actions={
        <Dialog button="New key…" title="A key for a program">
          {() => <NewKey mine={props.mine} />}
        </Dialog>
      }
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="There are no keys">Programs and the command line sign in by one.</Empty>
          ) : (
            <Rows label="API keys" rows={items} columns={COLUMNS} keyOf={({ id }) => id} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Revoke({ of }: { readonly of: Key }) {
  const revoke = useAct(() => done(api.keys[':id'].$delete({ param: { id: of.id } })), {
    changes: ['keys'],
    says: 'The key has ended',
  });
  return (
    <Confirm
      act="End"
      title={`End the key ${of.name}?`}
      busy={revoke.isPending}
      onConfirm={(close) => revoke.mutate(undefined, { onSuccess: close })}
    >
      Whatever uses it is refused from now on.
    </Confirm>
  );
}
