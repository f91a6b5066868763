import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { firstRun } from '../api/auth.ts';
import { enter, tokenInAddress } from '../api/places.ts';
import { Door, Form } from '../parts/door.tsx';
import { NewPassword } from '../parts/new-password.tsx';
import { Said } from '../parts/said.tsx';

/** Behind the link that the server prints: makes the first owner. */
export default function FirstRun() {
  const [token] = useState(tokenInAddress);
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const work = useMutation({
    mutationFn: () => firstRun({ token, name, email, password }),
    onSuccess: () => enter('/'),
  });
  return (
    <Door title="Welcome to Switchboard" about="Make the account of the owner. Everything else can wait.">
      {token === '' && (
        <p className="note">This link is not whole: copy it from what the server printed when it started.</p>
      )}
      <Form onSubmit={() => work.mutate()}>
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <NewPassword value={password} onChange={setPassword} />
        <Said error={work.error} />
        <Button type="submit" loading={work.isPending} disabled={token === ''}>
          Make the account
        </Button>
      </Form>
    </Door>
  );
}
