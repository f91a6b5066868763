import { Button, Group, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import * as z from 'zod/mini';

const Rate = z.object({ most: z.number(), perMinutes: z.number(), burst: z.optional(z.number()) });
type Rate = z.infer<typeof Rate>;
const BEGIN: Rate = { most: 20, perMinutes: 60 };

type Props = { readonly label: string; readonly value: unknown; readonly set: (value: unknown) => void };

/** So many in so many minutes; or no limit. */
export function RateField({ label, value, set }: Props) {
  const rate = Rate.safeParse(value).data;
  return (
    <fieldset className="part">
      <legend>{label}</legend>
      {rate === undefined ? (
        <Button variant="default" size="xs" onClick={() => set(BEGIN)}>
          Limit {label.toLowerCase()}
        </Button>
      ) : (
        <>
          <RateNumbers of={label} rate={rate} set={set} />
          <Button variant="subtle" size="xs" onClick={() => set(undefined)}>
            No limit
          </Button>
        </>
      )}
    </fieldset>
  );
}

function RateNumbers(props: { readonly of: string; readonly rate: Rate; readonly set: (rate: Rate) => void }) {
  const { of, rate, set } = props;
  const { burst: _burst, ...without } = rate;
  return (
    <div className="fields">
      <NumberInput
        label="Answers"
        aria-label={`Answers, ${of}`}
        min={1}
        hideControls
        value={rate.most}
        onChange={(given) => set({ ...rate, most: Number(given) })}
      />
      <NumberInput
        label="In minutes"
        aria-label={`In minutes, ${of}`}
        min={0}
        hideControls
        value={rate.perMinutes}
        onChange={(given) => set({ ...rate, perMinutes: Number(given) })}
      />
      <NumberInput
        label="At once"
        aria-label={`At once, ${of}`}
        placeholder="all of them"
        min={1}
        hideControls
        value={rate.burst ?? ''}
        onChange={(given) => set(given === '' ? without : { ...rate, burst: Number(given) })}
      />
    </div>
  );
}

const Rates = z.record(z.string(), Rate);

/** A limit for certain people, by the platform's ids. */
export function RatesField({ label, value, set }: Props) {
  const [person, setPerson] = useState('');
  const rates = Rates.safeParse(value).data ?? {};
  const without = (id: string) => Object.fromEntries(Object.entries(rates).filter(([other]) => other !== id));
  return (
    <fieldset className="part">
      <legend>{label}</legend>
      {Object.entries(rates).map(([id, rate]) => (
        <div key={id} className="stack">
          <span className="mono">{id}</span>
          <RateNumbers of={id} rate={rate} set={(given) => set({ ...rates, [id]: given })} />
          <Button variant="subtle" size="xs" onClick={() => set(without(id))}>
            As everybody
          </Button>
        </div>
      ))}
      <Group gap="xs" align="end">
        <TextInput
          label="Person"
          placeholder="the platform’s id"
          value={person}
          onChange={({ currentTarget }) => setPerson(currentTarget.value.trim())}
        />
        <Button
          variant="default"
          disabled={person === ''}
          onClick={() => {
            set({ ...rates, [person]: BEGIN });
            setPerson('');
          }}
        >
          Add
        </Button>
      </Group>
    </fieldset>
  );
}
