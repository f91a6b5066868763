import { NativeSelect, NumberInput } from '@mantine/core';
import type { PriceGiven, Rates } from '../api/model-given.ts';

const KINDS = [
  { value: 'catalogue', label: 'As the catalogue of list prices has it' },
  { value: 'free', label: 'Free: a call costs nothing' },
  { value: 'rates', label: 'Per million tokens…' },
] as const;

const RATES = [
  ['input', 'In'],
  ['cachedInput', 'In, from the cache'],
  ['cacheWrite', 'Into the cache'],
  ['output', 'Out'],
] as const satisfies readonly (readonly [keyof Rates, string])[];

/** What a model costs. */
export function ModelPrice(props: { readonly of: PriceGiven; readonly set: (price: PriceGiven) => void }) {
  const { of, set } = props;
  return (
    <>
      <NativeSelect
        label="Price"
        description="A model of which nobody knows the price is not asked where a budget counts."
        data={KINDS.map((one) => ({ ...one }))}
        value={of.is}
        onChange={({ currentTarget }) =>
          set({ ...of, is: KINDS.find(({ value }) => value === currentTarget.value)?.value ?? 'catalogue' })
        }
      />
      {of.is === 'rates' && (
        <div className="fields">
          {RATES.map(([rate, label]) => (
            <NumberInput
              key={rate}
              label={label}
              description="US dollars"
              min={0}
              decimalScale={6}
              hideControls
              value={of.rates[rate]}
              onChange={(value) => set({ ...of, rates: { ...of.rates, [rate]: Number(value) } })}
            />
          ))}
        </div>
      )}
    </>
  );
}
