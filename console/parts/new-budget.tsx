import { Button, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { appsQuery } from '../api/installs.ts';
import { Form } from './door.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

const SCOPES = ['organization', 'install', 'channel', 'person'] as const;
const SPANS = ['day', 'month', 'total'] as const;

/** Sets what may be spent, for whom, in which time. */
export function NewBudget(props: { readonly close: () => void }) {
  const apps = useQuery(appsQuery);
  const [scope, setScope] = useState<(typeof SCOPES)[number]>('organization');
  const [every, setEvery] = useState<(typeof SPANS)[number]>('month');
  const [amount, setAmount] = useState<number | string>(50);
  const [app, setApp] = useState('');
  const [ids, setIds] = useState({ install: '', channel: '', person: '' });
  const chosen = app === '' ? apps.data?.items[0]?.id : app;
  const add = useAct(
    () => {
      const { install, channel, person } = ids;
      const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const place = scope === 'organization' || chosen === undefined ? {} : { app: chosen, install };
      const narrower = { ...(scope === 'channel' && { channel }), ...(scope === 'person' && { person }) };
      return read(
        api.budgets.$post({ json: { scope, every, timeZone, dollars: Number(amount), ...place, ...narrower } }),
      );
    },
    { changes: ['budgets'], says: 'It counts from now on', quiet: true, after: props.close },
  );
  return (
    <Form onSubmit={() => add.mutate(undefined)}>
      <NativeSelect
        label="For"
        data={[...SCOPES]}
        value={scope}
        onChange={({ currentTarget }) => setScope(SCOPES.find((one) => one === currentTarget.value) ?? 'organization')}
      />
      {scope !== 'organization' && (
        <NativeSelect
          label="App"
          data={(apps.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          value={chosen ?? ''}
          onChange={({ currentTarget }) => setApp(currentTarget.value)}
        />
      )}
      {scope !== 'organization' && (
        <Id name="Install" value={ids.install} set={(install) => setIds({ ...ids, install })} />
      )}
      {scope === 'channel' && <Id name="Channel" value={ids.channel} set={(channel) => setIds({ ...ids, channel })} />}
      {scope === 'person' && <Id name="Person" value={ids.person} set={(person) => setIds({ ...ids, person })} />}
      <NumberInput label="US dollars" required min={0.01} hideControls value={amount} onChange={setAmount} />
      <NativeSelect
        label="Every"
        data={[...SPANS]}
        value={every}
        onChange={({ currentTarget }) => setEvery(SPANS.find((one) => one === currentTarget.value) ?? 'month')}
      />
      <Said error={add.error} />
      <Button type="submit" loading={add.isPending}>
        Set it
      </Button>
    </Form>
  );
}

function Id(props: { readonly name: string; readonly value: string; readonly set: (value: string) => void }) {
  return (
    <TextInput
      label={props.name}
      description="The platform’s id"
      required
      value={props.value}
      onChange={({ currentTarget }) => props.set(currentTarget.value.trim())}
    />
  );
}
