import { NativeSelect, PasswordInput } from '@mantine/core';
import type { Given } from '../api/model-given.ts';

type Key = Given['key'];

/** The key of a model: kept as it is, a new one, or none. Never the one that is kept: nobody is shown it. */
export function ModelKey(props: {
  readonly of: Key;
  /** One is kept. */
  readonly isKept: boolean;
  readonly set: (key: Key) => void;
}) {
  const { of, isKept, set } = props;
  const kinds = [
    ...(isKept ? [{ value: 'kept', label: 'As before' } as const] : []),
    { value: 'new', label: isKept ? 'A new one' : 'This one' } as const,
    { value: 'none', label: 'None: the server asks for none' } as const,
  ];
  return (
    <>
      <NativeSelect
        label="Key"
        data={kinds}
        value={of.is}
        onChange={({ currentTarget }) =>
          set({ is: kinds.find(({ value }) => value === currentTarget.value)?.value ?? 'new', text: '' })
        }
      />
      {of.is === 'new' && (
        <PasswordInput
          label={isKept ? 'The new key' : 'The key'}
          description="Kept sealed, and never shown again."
          autoComplete="off"
          required
          value={of.text}
          onChange={({ currentTarget }) => set({ ...of, text: currentTarget.value.trim() })}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
        />
      )}
    </>
  );
}
