import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { firstRun } from '../api/auth.ts';
import { enter, tokenInAddress } from '../api/places.ts';
import { Door, Form } from '../parts/door.tsx';
import { Secure } from '../parts/first-run/secure.tsx';
import { NewPassword } from '../parts/new-password.tsx';
import { Said } from '../parts/said.tsx';

/** Behind the link that the server prints: makes the first owner, and secures their account. */
export default function FirstRun() {
  const [token] = useState(tokenInAddress);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [given, setName] = useState<string>();
  const name = given ?? nameIn(email);
  const work = useMutation({ mutationFn: () => firstRun({ token, name, email, password }) });
  if (work.isSuccess) return <Secure password={password} done={() => enter('/get-started')} />;
  return (
    <Door
      title="Welcome to Switchboard"
      about="Make the account of the owner. Four short steps lead to the first answer."
    >
      {token === '' && (
        <p className="note">This link is not whole: copy it from what the server printed when it started.</p>
      )}
      <Form onSubmit={() => work.mutate()}>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <NewPassword value={password} onChange={setPassword} />
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Said error={work.error} />
        <Button type="submit" loading={work.isPending} disabled={token === ''}>
          Make the account
        </Button>
      </Form>
    </Door>
  );
}

/** What people are mostly called, by their address: nobody has to type it twice. Pure. */
const nameIn = (email: string): string =>
  (email.split('@', 1)[0] ?? '')
    .split(/[._+-]+/)
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
