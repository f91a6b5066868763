import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { accountQuery, changePassword, rename } from '../api/account.ts';
import { meQuery } from '../api/queries.ts';
import { Form } from '../parts/door.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { NewPassword } from '../parts/new-password.tsx';
import { Page, Panel } from '../parts/page.tsx';
import { Passkeys } from '../parts/passkeys.tsx';
import { Said } from '../parts/said.tsx';
import { Sessions } from '../parts/sessions.tsx';
import { TwoFactor } from '../parts/two-factor.tsx';
import { useAct } from '../parts/use-act.ts';

/** What concerns only you: how you sign in, and where you are signed in. */
export default function Account() {
  const { data: me } = useSuspenseQuery(meQuery);
  const account = useQuery(accountQuery);
  return (
    <Page title="Your account" about="How you sign in, and where you are signed in.">
      <Loaded query={account}>
        {(session) =>
          session === null ? (
            <p className="note">Your organization’s provider keeps your account.</p>
          ) : (
            <>
              <Panel title="Name">
                <Name name={session.user.name} email={session.user.email} />
              </Panel>
              <Panel title="Two factors">
                <TwoFactor isOn={session.user.twoFactorEnabled === true} />
              </Panel>
              <Panel title="Passkeys">
                <Passkeys />
              </Panel>
              <Panel title="Password">
                <Password />
              </Panel>
              <Sessions key={me.id} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Name(props: { readonly name: string; readonly email: string }) {
  const [name, setName] = useState(props.name);
  const save = useAct(() => rename(name), { changes: ['account', 'me'], says: 'That is your name now', quiet: true });
  return (
    <div className="narrow">
      <Form onSubmit={() => save.mutate(undefined)}>
        <TextInput
          label="Name"
          description={props.email}
          required
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Said error={save.error} />
        <Button type="submit" variant="default" loading={save.isPending} disabled={name === props.name}>
          Save
        </Button>
      </Form>
    </div>
  );
}

function Password() {
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  const save = useAct(() => changePassword(now, next), {
    changes: ['sessions'],
    says: 'It is changed, and your other sessions have ended',
    quiet: true,
    after: () => {
      setNow('');
      setNext('');
    },
  });
  return (
    <div className="narrow">
      <Form onSubmit={() => save.mutate(undefined)}>
        <PasswordInput
          label="Password now"
          autoComplete="current-password"
          required
          value={now}
          onChange={({ currentTarget }) => setNow(currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <NewPassword value={next} onChange={setNext} />
        <Said error={save.error} />
        <Button type="submit" variant="default" loading={save.isPending}>
          Change
        </Button>
      </Form>
    </div>
  );
}
