import { Anchor, Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { requestReset } from '../api/auth.ts';
import { Door, Form } from '../parts/door.tsx';
import { Said } from '../parts/said.tsx';

/** Asks for a link by mail. Says the same whether or not there is such an account. */
export default function ForgotPassword() {
  const [email, setEmail] = useState('');
  const work = useMutation({ mutationFn: () => requestReset(email) });
  const back = (
    <Anchor component={Link} to="/sign-in" size="sm">
      Back to the sign-in
    </Anchor>
  );
  if (work.isSuccess)
    return (
      <Door
        title="Look into your mail"
        about="If there is an account of this address, a link is on its way; it counts for an hour. On a hub without a mail server, the link is in the server’s log."
      >
        {back}
      </Door>
    );
  return (
    <Door title="A new password" about="You get a link by mail.">
      <Form onSubmit={() => work.mutate()}>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <Said error={work.error} />
        <Button type="submit" loading={work.isPending}>
          Send the link
        </Button>
        {back}
      </Form>
    </Door>
  );
}
