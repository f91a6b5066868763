import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import * as z from 'zod/mini';

const Meanings = z.record(z.string(), z.string());

/** What an emoji means, one a row. */
export function Emojis(props: {
  readonly meanings: readonly (readonly [value: string, label: string])[];
  readonly value: unknown;
  readonly set: (value: Readonly<Record<string, string>>) => void;
}) {
  const [emoji, setEmoji] = useState('');
  const all = Meanings.safeParse(props.value).data ?? {};
  const choices = props.meanings.map(([value, label]) => ({ value, label }));
  const first = choices[0]?.value ?? '';
  return (
    <div className="stack">
      {Object.entries(all).map(([one, meaning]) => (
        <Group key={one} gap="xs" wrap="nowrap">
          <span className="emoji">{one}</span>
          <NativeSelect
            aria-label={`What ${one} means`}
            data={choices}
            value={meaning}
            onChange={({ currentTarget }) => props.set({ ...all, [one]: currentTarget.value })}
          />
          <Button
            variant="subtle"
            size="xs"
            aria-label={`Take ${one} away`}
            onClick={() => props.set(Object.fromEntries(Object.entries(all).filter(([other]) => other !== one)))}
          >
            Take away
          </Button>
        </Group>
      ))}
      <Group gap="xs" align="end">
        <TextInput
          label="Another emoji"
          maxLength={40}
          value={emoji}
          onChange={({ currentTarget }) => setEmoji(currentTarget.value.trim())}
        />
        <Button
          variant="default"
          disabled={emoji === ''}
          onClick={() => {
            props.set({ ...all, [emoji]: first });
            setEmoji('');
          }}
        >
          Add
        </Button>
      </Group>
    </div>
  );
}
