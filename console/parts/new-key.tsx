import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { roleOf, rolesUpTo, type Role } from '../api/roles.ts';
import { Form } from './door.tsx';
import { Once } from './once.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

const AREAS = [
  'agents',
  'approvals',
  'audit',
  'budgets',
  'chat',
  'conversations',
  'deliveries',
  'installs',
  'members',
  'models',
  'policies',
  'system',
  'tools',
  'usage',
] as const;
const SCOPES = AREAS.flatMap((area) => [`${area}:read`, `${area}:write`] as const);
type Scope = (typeof SCOPES)[number];

/** Makes a key; shows it once. */
export function NewKey(props: { readonly mine: Role }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState<number | string>(90);
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const make = useAct(
    () =>
      read(
        api.keys.$post({
          json: {
            name,
            role,
            ...(scopes.length > 0 && { scopes: [...scopes] }),
            ...(typeof days === 'number' && { days }),
          },
        }),
      ),
    { changes: ['keys'], quiet: true },
  );
  if (make.data !== undefined)
    return <Once text={make.data.key} what="the key" about="Send it as: Authorization: Bearer KEY." />;
  return (
    <Form onSubmit={() => make.mutate(undefined)}>
      <TextInput label="Name" required value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
      <NativeSelect
        label="Role"
        value={role}
        data={[...rolesUpTo(props.mine)]}
        onChange={({ currentTarget }) => setRole(roleOf(currentTarget.value))}
      />
      <NumberInput
        label="Days"
        description="Empty: it does not end by itself."
        min={1}
        max={3650}
        hideControls
        value={days}
        onChange={setDays}
      />
      <fieldset className="scopes">
        <legend>Only these scopes (none chosen: all that the role may)</legend>
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={scope}
            checked={scopes.includes(scope)}
            onChange={({ currentTarget }) =>
              setScopes(currentTarget.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
            }
          />
        ))}
      </fieldset>
      <Said error={make.error} />
      <Button type="submit" loading={make.isPending}>
        Make the key
      </Button>
    </Form>
  );
}
