import { Anchor, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { resetPassword } from '../api/auth.ts';
import { tokenInAddress } from '../api/places.ts';
import { Door, Form } from '../parts/door.tsx';
import { NewPassword } from '../parts/new-password.tsx';
import { Said } from '../parts/said.tsx';

/** Behind the link of the mail. */
export default function ResetPassword() {
  const [token] = useState(tokenInAddress);
  const [password, setPassword] = useState('');
  const work = useMutation({ mutationFn: () => resetPassword(token, password) });
  if (work.isSuccess)
    return (
      <Door title="That is your password now" about="All other sessions of yours have ended.">
        <Button component={Link} to="/sign-in">
          Sign in
        </Button>
      </Door>
    );
  return (
    <Door title="Choose a password">
      {token === '' && <p className="note">This link is not whole: open it from the mail again.</p>}
      <Form onSubmit={() => work.mutate()}>
        <NewPassword value={password} onChange={setPassword} />
        <Said error={work.error} />
        <Button type="submit" loading={work.isPending} disabled={token === ''}>
          Set the password
        </Button>
        <Anchor component={Link} to="/forgot-password" size="sm">
          Ask for a new link
        </Anchor>
      </Form>
    </Door>
  );
}
