import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { beginTwoFactor, endTwoFactor, newRecoveryCodes } from '../api/account.ts';
import { verifyTotp } from '../api/auth.ts';
import { saveAs } from '../api/save-as.ts';
import { Copy } from './copy.tsx';
import { Form } from './door.tsx';
import { QrCode } from './qr-code.tsx';
import { Said } from './said.tsx';
import { Status } from './status.tsx';
import { useAct } from './use-act.ts';

/** A second step of the sign-in, by an authenticator; with recovery codes for the day it is lost. */
export function TwoFactor(props: { readonly isOn: boolean }) {
  const [password, setPassword] = useState('');
  const begin = useAct(beginTwoFactor, { changes: [], quiet: true });
  const end = useAct(endTwoFactor, { changes: ['account', 'members'], says: 'The second step is off', quiet: true });
  const renew = useAct(newRecoveryCodes, { changes: [], quiet: true });
  const field = (
    <PasswordInput
      label="Your password"
      autoComplete="current-password"
      required
      value={password}
      onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
    />
  );
  if (renew.data !== undefined) return <Codes codes={renew.data.backupCodes} />;
  if (props.isOn)
    return (
      <div className="narrow">
        <p className="flat spaced">
          <Status tone="ok">On</Status>
        </p>
        <Form onSubmit={() => renew.mutate(password)}>
          {field}
          <Said error={renew.error ?? end.error} />
          <Button type="submit" variant="default" loading={renew.isPending}>
            New recovery codes
          </Button>
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate(password)}>
            Switch it off
          </Button>
        </Form>
      </div>
    );
  if (begin.data !== undefined) return <Enrol uri={begin.data.totpURI} codes={begin.data.backupCodes} />;
  return (
    <div className="narrow">
      <p className="flat spaced">
        <Status tone="warn">Off</Status>
      </p>
      <Form onSubmit={() => begin.mutate(password)}>
        {field}
        <Said error={begin.error} />
        <Button type="submit" variant="default" loading={begin.isPending}>
          Set it up
        </Button>
      </Form>
    </div>
  );
}

/** The key, the codes, and the proof that the authenticator has it. */
export function Enrol(props: { readonly uri: string; readonly codes: readonly string[]; readonly after?: () => void }) {
  const [code, setCode] = useState('');
  const secret = new URL(props.uri).searchParams.get('secret') ?? '';
  const verify = useAct(() => verifyTotp(code.replaceAll(' ', '')), {
    changes: ['account', 'members'],
    says: 'The second step is on',
    quiet: true,
    ...(props.after !== undefined && { after: props.after }),
  });
  return (
    <div className="stack">
      <p className="flat">Scan this with your authenticator, or type the key there.</p>
      <QrCode text={props.uri} label="The key for the authenticator, as a QR code" />
      <p className="note mono wrap">
        {secret} <Copy text={secret} what="the key" />
      </p>
      <Codes codes={props.codes} />
      <div className="narrow">
        <Form onSubmit={() => verify.mutate(undefined)}>
          <TextInput
            label="The six digits that it shows"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            value={code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
          />
          <Said error={verify.error} />
          <Button type="submit" loading={verify.isPending}>
            Switch it on
          </Button>
        </Form>
      </div>
    </div>
  );
}

function Codes(props: { readonly codes: readonly string[] }) {
  const text = props.codes.join('\n');
  return (
    <div className="stack">
      <p className="flat">
        Recovery codes: each counts once, where the authenticator is lost. They are shown now only.
      </p>
      <pre className="json" tabIndex={0} role="region" aria-label="Recovery codes">
        {text}
      </pre>
      <div className="facts">
        <Copy text={text} what="the recovery codes" />
        <Button
          variant="default"
          size="xs"
          onClick={() => saveAs('switchboard-recovery-codes.txt', 'text/plain', `${text}\n`)}
        >
          Save them as a file
        </Button>
      </div>
    </div>
  );
}
