import { useQuery } from '@tanstack/react-query';
import { api, done } from '../api/client.ts';
import { invitationsQuery, type Invitation } from '../api/people.ts';
import { Confirm } from './confirm.tsx';
import { Empty } from './empty.tsx';
import { Rows, type Column } from './list.tsx';
import { Loaded } from './loaded.tsx';
import { Panel } from './page.tsx';
import { Status } from './status.tsx';
import { When } from './time.tsx';
import { useAct } from './use-act.ts';

const STATES = {
  open: ['warn', 'Open'],
  accepted: ['ok', 'Accepted'],
  revoked: ['idle', 'Taken back'],
  expired: ['idle', 'Over'],
} as const;

const COLUMNS: readonly Column<Invitation>[] = [
  { title: 'E-mail', cell: ({ email }) => email },
  { title: 'Role', cell: ({ role }) => role },
  { title: 'State', cell: ({ state }) => <Status tone={STATES[state][0]}>{STATES[state][1]}</Status> },
  { title: 'By', cell: ({ invitedBy }) => invitedBy },
  { title: 'Ends', cell: ({ expiresAt }) => <When at={expiresAt} /> },
  { title: 'Do', cell: (invitation) => (invitation.state === 'open' ? <Revoke of={invitation} /> : '') },
];

/** Who was asked in. */
export function Invitations() {
  const query = useQuery(invitationsQuery);
  return (
    <Panel flush title="Invitations">
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nobody was asked in">Invite the people who run this with you.</Empty>
          ) : (
            <Rows label="Invitations" rows={items} columns={COLUMNS} keyOf={({ id }) => id} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Revoke({ of }: { readonly of: Invitation }) {
  const revoke = useAct(() => done(api.invitations[':id'].$delete({ param: { id: of.id } })), {
    changes: ['invitations'],
    says: 'It does not count any more',
  });
  return (
    <Confirm
      act="Take back"
      title={`Take the invitation of ${of.email} back?`}
      busy={revoke.isPending}
      onConfirm={(close) => revoke.mutate(undefined, { onSuccess: close })}
    >
      Its link does not count any more.
    </Confirm>
  );
}
