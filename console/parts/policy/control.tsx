import { Button, Group, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import * as z from 'zod/mini';
import { Emojis } from './emojis.tsx';
import type { Kind } from './kinds.ts';
import { ListField } from './list-field.tsx';
import { RateField, RatesField } from './rates.tsx';
import { Recipient } from './recipient.tsx';

type Props<Of extends Kind = Kind> = {
  readonly of: Of;
  readonly label: string;
  readonly value: unknown;
  /** Undefined: it is not set. */
  readonly set: (value: unknown) => void;
};

/** The field that fits a value. What it does not know it shows as empty; the server checks what is sent. */
export function Control({ of, ...rest }: Props) {
  if (of.kind === 'group') return <GroupField of={of} {...rest} />;
  if (of.kind === 'list') return <ListField about={of.of} {...rest} />;
  if (of.kind === 'rate') return <RateField {...rest} />;
  if (of.kind === 'rates') return <RatesField {...rest} />;
  if (of.kind === 'emojis') return <Emojis meanings={of.meanings} {...rest} />;
  if (of.kind === 'recipient') return <Recipient {...rest} />;
  return <Single of={of} {...rest} />;
}

/** Of one value, which the browser has a field for. */
function Single({ of, ...rest }: Props<Kind & { kind: 'switch' | 'select' | 'number' | 'text' | 'time' | 'zone' }>) {
  if (of.kind === 'select') return <Select of={of} {...rest} />;
  if (of.kind === 'number') return <NumberField of={of} {...rest} />;
  if (of.kind !== 'switch') return <Typed of={of} {...rest} />;
  return (
    <Switch
      label={of.on}
      checked={rest.value === true}
      onChange={({ currentTarget }) => rest.set(currentTarget.checked)}
    />
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function Select({ of, label, value, set }: Props<Kind & { kind: 'select' }>) {
  return (
    <NativeSelect
      label={label}
      value={textOf(value)}
      data={of.choices.map(([choice, name]) => ({ value: choice, label: name }))}
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}

function NumberField({ of, label, value, set }: Props<Kind & { kind: 'number' }>) {
  return (
    <NumberInput
      label={label}
      description={of.unit}
      min={of.min}
      max={of.max}
      hideControls
      value={typeof value === 'number' ? value : ''}
      onChange={(given) => set(given === '' ? (of.optional === true ? undefined : of.min) : Number(given))}
    />
  );
}

function Typed({ of, label, value, set }: Props<Kind & { kind: 'text' | 'time' | 'zone' }>) {
  if (of.kind === 'zone')
    return (
      <NativeSelect
        label={label}
        value={textOf(value)}
        data={[...new Set(['UTC', textOf(value), ...Intl.supportedValuesOf('timeZone')])]}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
    );
  return (
    <TextInput
      label={label}
      type={of.kind === 'time' ? 'time' : 'text'}
      value={textOf(value)}
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}

const Parts = z.record(z.string(), z.unknown());

function GroupField({ of, label, value, set }: Props<Kind & { kind: 'group' }>) {
  const parts = Parts.safeParse(value).data;
  const { begin } = of;
  if (parts === undefined && begin !== undefined)
    return (
      <Group gap="sm">
        <span className="quiet">None</span>
        <Button variant="default" size="xs" onClick={() => set(begin())}>
          Set {label.toLowerCase()}
        </Button>
      </Group>
    );
  const isOptional = begin !== undefined;
  return (
    <div className="fields">
      {of.parts.map((part) => (
        <Control
          key={part.name}
          of={part}
          label={part.title}
          value={parts?.[part.name]}
          set={(given) => set({ ...parts, [part.name]: given })}
        />
      ))}
      {/* Null, and not undefined, which would take the wider place's again. */}
      {isOptional && (
        <Button variant="default" size="xs" onClick={() => set(null)}>
          No {label.toLowerCase()}
        </Button>
      )}
    </div>
  );
}
