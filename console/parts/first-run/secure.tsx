import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { beginTwoFactor } from '../../api/account.ts';
import { addPasskey, hasPasskeys } from '../../api/passkey.ts';
import { Door } from '../door.tsx';
import { Said } from '../said.tsx';
import { Enrol } from '../two-factor.tsx';

/** Passkeys belong to a name: browsers make none for an address of numbers (docs: WebAuthn, "relying party identifier"). */
const isNamed = (): boolean => !/^(\d+\.){3}\d+$|^\[/.test(location.hostname);

/** A passkey or an authenticator, right after the account was made: the password is not asked for again. */
export function Secure(props: { readonly password: string; readonly done: () => void }) {
  const passkey = useMutation({ mutationFn: () => addPasskey('First device'), onSuccess: props.done });
  const begin = useMutation({ mutationFn: () => beginTwoFactor(props.password) });
  if (begin.data !== undefined)
    return (
      <Door title="Secure your account">
        <Enrol uri={begin.data.totpURI} codes={begin.data.backupCodes} after={props.done} />
      </Door>
    );
  return (
    <Door
      title="Secure your account"
      about="Whoever is in here reads every conversation: a password alone is little for that."
    >
      <div className="stack">
        {hasPasskeys() && isNamed() && (
          <button type="button" className="choice" disabled={passkey.isPending} onClick={() => passkey.mutate()}>
            <strong>Make a passkey</strong>
            <span className="quiet">This device signs you in from now on: nothing to type, nothing to phish.</span>
          </button>
        )}
        <button type="button" className="choice" disabled={begin.isPending} onClick={() => begin.mutate()}>
          <strong>Use an authenticator app</strong>
          <span className="quiet">Six digits beside the password, with recovery codes for the day it is lost.</span>
        </button>
        <Said error={passkey.error ?? begin.error} />
        <Button variant="subtle" size="xs" onClick={props.done}>
          Later
        </Button>
      </div>
    </Door>
  );
}
