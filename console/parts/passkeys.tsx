import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { passkeysQuery, removePasskey, type Passkey } from '../api/account.ts';
import { addPasskey, hasPasskeys } from '../api/passkey.ts';
import { Confirm } from './confirm.tsx';
import { Form } from './door.tsx';
import { Rows, type Column } from './list.tsx';
import { Loaded } from './loaded.tsx';
import { Said } from './said.tsx';
import { When } from './time.tsx';
import { useAct } from './use-act.ts';

const COLUMNS: readonly Column<Passkey>[] = [
  { title: 'Passkey', cell: ({ name }) => name ?? 'without a name' },
  { title: 'Since', cell: ({ createdAt }) => (typeof createdAt === 'string' ? <When at={createdAt} /> : '') },
  { title: 'Do', cell: (passkey) => <Remove of={passkey} /> },
];

/** Keys of this person's devices, in place of the password. */
export function Passkeys() {
  const query = useQuery(passkeysQuery);
  const [name, setName] = useState('');
  const add = useAct(() => addPasskey(name), {
    changes: ['passkeys'],
    says: 'Sign in with it from now on',
    quiet: true,
    after: () => setName(''),
  });
  return (
    <div className="stack">
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <p className="quiet flat">None yet: one is quicker than a password, and cannot be phished.</p>
          ) : (
            <Rows label="Passkeys" rows={items} columns={COLUMNS} keyOf={({ id }) => id} />
          )
        }
      </Loaded>
      {hasPasskeys() && (
        <div className="narrow">
          <Form onSubmit={() => add.mutate(undefined)}>
            <TextInput
              label="Name of this device"
              required
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
            <Said error={add.error} />
            <Button type="submit" variant="default" loading={add.isPending}>
              Add a passkey
            </Button>
          </Form>
        </div>
      )}
    </div>
  );
}

function Remove({ of }: { readonly of: Passkey }) {
  const remove = useAct(() => removePasskey(of.id), { changes: ['passkeys'], says: 'It is gone' });
  return (
    <Confirm
      act="Remove"
      title="Remove this passkey?"
      busy={remove.isPending}
      onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
    >
      It no longer signs you in.
    </Confirm>
  );
}
