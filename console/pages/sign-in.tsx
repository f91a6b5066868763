import { Anchor, Button, Divider, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { offers, signIn, signInSocial, signInSso } from '../api/auth.ts';
import { hasPasskeys, signInWithPasskey } from '../api/passkey.ts';
import { enter, whereTo } from '../api/places.ts';
import { Door, Form } from '../parts/door.tsx';
import { Said } from '../parts/said.tsx';
import { SecondFactor } from '../parts/second-factor.tsx';

/** By password (and its second factor), passkey, or a provider. */
export default function SignIn() {
  const [isHalf, setHalf] = useState(false);
  const to = whereTo(location.search);
  if (isHalf) return <SecondFactor done={() => enter(to)} />;
  return (
    <Door title="Sign in">
      <ByPassword to={to} half={() => setHalf(true)} />
      <Others to={to} />
    </Door>
  );
}

function ByPassword(props: { readonly to: string; readonly half: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const came = new URLSearchParams(location.search);
  const work = useMutation({
    mutationFn: () => signIn(email, password),
    onSuccess: ({ twoFactorRedirect }) => (twoFactorRedirect === true ? props.half() : enter(props.to)),
  });
  const sso = useMutation({
    mutationFn: () => signInSso(email, props.to),
    onSuccess: ({ url }) => location.assign(url),
  });
  const refused = came.has('error') ? new Error(came.get('reason') ?? 'The provider did not sign you in.') : null;
  return (
    <Form onSubmit={() => work.mutate()}>
      <TextInput
        label="E-mail"
        type="email"
        autoComplete="username webauthn"
        required
        value={email}
        onChange={({ currentTarget }) => setEmail(currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        required
        value={password}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
      />
      <Said error={work.error ?? sso.error ?? refused} />
      <Button type="submit" loading={work.isPending}>
        Sign in
      </Button>
      <Button variant="default" loading={sso.isPending} disabled={!email.includes('@')} onClick={() => sso.mutate()}>
        With your organization’s sign-in
      </Button>
      <Anchor component={Link} to="/forgot-password" size="sm">
        Forgot the password?
      </Anchor>
    </Form>
  );
}

function Others(props: { readonly to: string }) {
  const offered = useQuery({ queryKey: ['offers'], queryFn: offers });
  const passkey = useMutation({ mutationFn: signInWithPasskey, onSuccess: () => enter(props.to) });
  const social = useMutation({
    mutationFn: (provider: string) => signInSocial(provider, props.to),
    onSuccess: ({ url }) => location.assign(url),
  });
  const providers = offered.data?.social ?? [];
  return (
    <div className="stack">
      {offered.data?.firstRun === true && (
        <p className="note">Nobody has an account yet: open the link that the server printed when it started.</p>
      )}
      {(hasPasskeys() || providers.length > 0) && <Divider label="or" />}
      {hasPasskeys() && (
        <Button variant="default" loading={passkey.isPending} onClick={() => passkey.mutate()}>
          With a passkey
        </Button>
      )}
      {providers.map((provider) => (
        <Button key={provider} variant="default" onClick={() => social.mutate(provider)}>
          With {provider.charAt(0).toUpperCase() + provider.slice(1)}
        </Button>
      ))}
      <Said error={passkey.error ?? social.error} />
    </div>
  );
}
