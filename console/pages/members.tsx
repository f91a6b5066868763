import { NativeSelect } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { api, done } from '../api/client.ts';
import { membersQuery, type Member } from '../api/people.ts';
import { meQuery } from '../api/queries.ts';
import { isAtLeast, roleOf, rolesUpTo, type Role } from '../api/roles.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Invitations } from '../parts/invitations.tsx';
import { Invite } from '../parts/invite.tsx';
import { Keys } from '../parts/keys.tsx';
import { Rows, type Column } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { Providers } from '../parts/providers.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/time.tsx';
import { useAct } from '../parts/use-act.ts';

/** Who may come in, as what, and by which keys. */
export default function Members() {
  const { data: me } = useSuspenseQuery(meQuery);
  const members = useQuery(membersQuery);
  const maySteer = isAtLeast(me.role, 'admin');
  const columns: readonly Column<Member>[] = [
    {
      title: 'Name',
      cell: ({ name, email }) => (
        <>
          {name}
          <div className="quiet">{email}</div>
        </>
      ),
    },
    { title: 'Role', cell: (member) => <RoleOf member={member} mine={me.role} mayChange={maySteer} /> },
    {
      title: 'Two factors',
      cell: ({ twoFactor }) => <Status tone={twoFactor ? 'ok' : 'warn'}>{twoFactor ? 'Yes' : 'Not yet'}</Status>,
    },
    { title: 'Since', cell: ({ since }) => <When at={since} /> },
    ...(maySteer ? [{ title: 'Do', cell: (member: Member) => <Remove member={member} /> }] : []),
  ];
  return (
    <Page
      title="Members & keys"
      about="Viewers see how it goes, analysts read conversations, operators start and stop, admins connect and steer, owners decide who is in."
      actions={
        maySteer && (
          <Dialog button="Invite…" title="Ask somebody in" primary>
            {() => <Invite mine={me.role} />}
          </Dialog>
        )
      }
    >
      <Panel flush title="Members">
        <Loaded query={members}>
          {({ items }) => <Rows label="Members" rows={items} columns={columns} keyOf={({ id }) => id} />}
        </Loaded>
      </Panel>
      {maySteer && <Invitations />}
      {maySteer && <Keys mine={me.role} />}
      {maySteer && <Providers mine={me.role} />}
    </Page>
  );
}

function RoleOf(props: { readonly member: Member; readonly mine: Role; readonly mayChange: boolean }) {
  const { member, mine } = props;
  const set = useAct((role: Role) => done(api.members[':id'].$patch({ param: { id: member.id }, json: { role } })), {
    changes: ['members'],
    says: `${member.name} has another role now`,
  });
  if (!props.mayChange || !isAtLeast(mine, member.role)) return member.role;
  return (
    <NativeSelect
      size="xs"
      aria-label={`Role of ${member.name}`}
      value={member.role}
      data={[...rolesUpTo(mine)]}
      onChange={({ currentTarget }) => set.mutate(roleOf(currentTarget.value))}
    />
  );
}

function Remove({ member }: { readonly member: Member }) {
  const remove = useAct(() => done(api.members[':id'].$delete({ param: { id: member.id } })), {
    changes: ['members', 'keys'],
    says: `${member.name} is out`,
  });
  return (
    <Confirm
      act="Remove"
      title={`Take ${member.name} out?`}
      busy={remove.isPending}
      onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
    >
      The keys that they made end as well, at once.
    </Confirm>
  );
}
