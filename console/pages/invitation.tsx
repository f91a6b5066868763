import { Anchor, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { acceptInvitation, lookAtInvitation } from '../api/auth.ts';
import { enter, tokenInAddress } from '../api/places.ts';
import { Door, Form } from '../parts/door.tsx';
import { NewPassword } from '../parts/new-password.tsx';
import { Said } from '../parts/said.tsx';

/** Behind the link of an invitation. */
export default function Invitation() {
  const [token] = useState(tokenInAddress);
  const found = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => lookAtInvitation(token),
    enabled: token !== '',
    retry: false,
  });
  if (token === '' || found.isError)
    return (
      <Door title="This invitation does not count">
        <p className="note">It was used, taken back, or is over, or the link is not whole: ask for a new one.</p>
      </Door>
    );
  if (found.data === undefined) return <Door title="An invitation">{null}</Door>;
  const { organization, email, role, isKnown } = found.data;
  return (
    <Door title={`Join ${organization}`} about={`As ${role}, with the address ${email}.`}>
      {isKnown ? <Known token={token} /> : <New token={token} />}
    </Door>
  );
}

function New(props: { readonly token: string }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const work = useMutation({
    mutationFn: () => acceptInvitation(props.token, { name, password }),
    onSuccess: () => enter('/'),
  });
  return (
    <Form onSubmit={() => work.mutate()}>
      <TextInput
        label="Your name"
        autoComplete="name"
        required
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <NewPassword value={password} onChange={setPassword} />
      <Said error={work.error} />
      <Button type="submit" loading={work.isPending}>
        Join
      </Button>
    </Form>
  );
}

/** The address has an account: whoever is signed in with it joins. */
function Known(props: { readonly token: string }) {
  const work = useMutation({ mutationFn: () => acceptInvitation(props.token, {}), onSuccess: () => enter('/') });
  return (
    <Form onSubmit={() => work.mutate()}>
      <p className="quiet">You have an account already: join with it.</p>
      <Said error={work.error} />
      <Button type="submit" loading={work.isPending}>
        Join
      </Button>
      <Anchor href={`/sign-in?to=${encodeURIComponent(`/invitation#${props.token}`)}`} size="sm">
        Sign in first
      </Anchor>
    </Form>
  );
}
