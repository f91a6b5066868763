import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { roleOf, rolesUpTo, type Role } from '../api/roles.ts';
import { Form } from './door.tsx';
import { Once } from './once.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

const MAIL = {
  sent: 'It is on its way by mail as well.',
  shown: 'The link is in the server’s log as well.',
  none: 'No mail server is set: hand it over yourself.',
} as const;

/** Asks somebody in; shows the link once. */
export function Invite(props: { readonly mine: Role }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const invite = useAct(() => read(api.invitations.$post({ json: { email, role } })), {
    changes: ['invitations'],
    quiet: true,
  });
  if (invite.data !== undefined)
    return (
      <Once text={invite.data.link} what="the link" about={`It counts for seven days. ${MAIL[invite.data.mail]}`} />
    );
  return (
    <Form onSubmit={() => invite.mutate(undefined)}>
      <TextInput
        label="E-mail"
        type="email"
        required
        value={email}
        onChange={({ currentTarget }) => setEmail(currentTarget.value)}
      />
      <NativeSelect
        label="Role"
        value={role}
        data={[...rolesUpTo(props.mine)]}
        onChange={({ currentTarget }) => setRole(roleOf(currentTarget.value))}
      />
      <Said error={invite.error} />
      <Button type="submit" loading={invite.isPending}>
        Invite
      </Button>
    </Form>
  );
}
