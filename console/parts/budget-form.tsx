import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, read } from '../api/client.ts';
import { EVERYWHERE, type Place } from '../api/policies.ts';
import type { Budget } from '../api/usage.ts';
import { Form } from './door.tsx';
import { PlacePicker } from './place-picker.tsx';
import { Said } from './said.tsx';
import { useAct } from './use-act.ts';

const SCOPES = [
  { value: 'organization', label: 'The organization' },
  { value: 'install', label: 'A workspace' },
  { value: 'channel', label: 'A channel' },
  { value: 'person', label: 'A person' },
] as const;
const SPANS = [
  { value: 'day', label: 'Day' },
  { value: 'month', label: 'Month' },
  { value: 'total', label: 'Altogether' },
] as const;

type Given = {
  readonly scope: Budget['scope'];
  readonly place: Place;
  readonly person: string;
  readonly every: Budget['every'];
  readonly timeZone: string;
  readonly dollars: number;
  /** Undefined: nobody is told. */
  readonly alert: Place | undefined;
};
type Props = { readonly of: Given; readonly set: (some: Partial<Given>) => void };

/** What is sent; what a budget is for is told again, and stays. Pure. */
function bodyOf({ scope, place, person, every, timeZone, dollars, alert }: Given) {
  const { app, install, channel } = place;
  return {
    scope,
    every,
    timeZone,
    dollars,
    ...(scope !== 'organization' && app !== '' && { app }),
    ...(scope !== 'organization' && install !== '' && { install }),
    ...(scope !== 'organization' && channel !== '' && { channel }),
    ...(scope === 'person' && { person }),
    ...(alert !== undefined && { alert }),
  };
}

function begin(of: Budget | undefined): Given {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (of === undefined)
    return {
      scope: 'organization',
      place: EVERYWHERE,
      person: '',
      every: 'month',
      timeZone,
      dollars: 50,
      alert: undefined,
    };
  const { scope, install, channel, person, every, dollars, alert } = of;
  const place = { app: of.app ?? '', install, channel };
  return { scope, place, person, every, timeZone: of.timeZone, dollars, alert: alert ?? undefined };
}

/** Sets what may be spent, for whom, in which time, and who is told; of one that there is the amount, the zone and the alert. */
export function BudgetForm({ of, close }: { readonly of?: Budget; readonly close: () => void }) {
  const [given, setGiven] = useState<Given>(() => begin(of));
  const set = (some: Partial<Given>): void => setGiven((before) => ({ ...before, ...some }));
  const save = useAct(
    () => {
      const json = bodyOf(given);
      return read(
        of === undefined ? api.budgets.$post({ json }) : api.budgets[':id'].$put({ param: { id: of.id }, json }),
      );
    },
    { changes: ['budgets'], says: 'It counts from now on', quiet: true, after: close },
  );
  return (
    <Form onSubmit={() => save.mutate(undefined)}>
      {of === undefined && <For of={given} set={set} />}
      <NumberInput
        label="US dollars"
        required
        min={0}
        max={1_000_000}
        hideControls
        value={given.dollars}
        onChange={(dollars) => set({ dollars: Number(dollars) })}
      />
      <NativeSelect
        label="Time zone"
        description="In which a day or a month begins"
        value={given.timeZone}
        data={[...new Set(['UTC', given.timeZone, ...Intl.supportedValuesOf('timeZone')])]}
        onChange={({ currentTarget }) => set({ timeZone: currentTarget.value })}
      />
      <Alert of={given} set={set} />
      <Said error={save.error} />
      <Button type="submit" loading={save.isPending}>
        {of === undefined ? 'Set it' : 'Change it'}
      </Button>
    </Form>
  );
}

function For({ of, set }: Props) {
  return (
    <>
      <NativeSelect
        label="For"
        data={SCOPES.map((one) => ({ ...one }))}
        value={of.scope}
        onChange={({ currentTarget }) => {
          const scope = SCOPES.find(({ value }) => value === currentTarget.value)?.value ?? 'organization';
          set({ scope, place: EVERYWHERE, person: scope === 'person' ? '*' : '' });
        }}
      />
      {of.scope !== 'organization' && (
        <PlacePicker
          place={of.place}
          set={(place) => set({ place })}
          upTo={of.scope === 'channel' ? 'channel' : 'install'}
          required={of.scope !== 'person'}
        />
      )}
      {of.scope === 'person' && (
        <TextInput
          label="Person"
          description="The platform’s id; * for each person by themselves"
          required
          value={of.person}
          onChange={({ currentTarget }) => set({ person: currentTarget.value.trim() })}
        />
      )}
      <NativeSelect
        label="Every"
        data={SPANS.map((one) => ({ ...one }))}
        value={of.every}
        onChange={({ currentTarget }) =>
          set({ every: SPANS.find(({ value }) => value === currentTarget.value)?.value ?? 'month' })
        }
      />
    </>
  );
}

/** A channel that is told at 50, 80 and 100 %. */
function Alert({ of, set }: Props) {
  return (
    <fieldset className="part stack">
      <Checkbox
        label="Tell a channel at 50, 80 and 100 %"
        checked={of.alert !== undefined}
        onChange={({ currentTarget }) => set({ alert: currentTarget.checked ? EVERYWHERE : undefined })}
      />
      {of.alert !== undefined && <PlacePicker place={of.alert} set={(alert) => set({ alert })} required />}
    </fieldset>
  );
}
