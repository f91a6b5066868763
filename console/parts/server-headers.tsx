import { Button, Group, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import type { Given, Header } from '../api/mcp-given.ts';

type Headers = Given['headers'];

/** What a server is sent to know us by: as it is kept, new, or nothing. Never what is kept: nobody is shown it. */
export function ServerHeaders(props: {
  readonly of: Headers;
  /** Names of those that are kept. */
  readonly kept: readonly string[];
  readonly set: (headers: Headers) => void;
}) {
  const { of, kept, set } = props;
  const kinds = [
    ...(kept.length > 0 ? [{ value: 'kept', label: `As before: ${kept.join(', ')}` } as const] : []),
    { value: 'new', label: kept.length > 0 ? 'New ones' : 'These' } as const,
    { value: 'none', label: 'None: the server asks for none' } as const,
  ];
  const change = (at: number, some: Partial<Header>): void =>
    set({ ...of, rows: of.rows.map((row, index) => (index === at ? { ...row, ...some } : row)) });
  return (
    <>
      <NativeSelect
        label="Headers"
        description="Sent with every request; a key is in Authorization, as “Bearer …”. Kept sealed, and never shown again."
        data={kinds}
        value={of.is}
        onChange={({ currentTarget }) =>
          set({ ...of, is: kinds.find(({ value }) => value === currentTarget.value)?.value ?? 'new' })
        }
      />
      {of.is === 'new' && (
        <>
          {of.rows.map((row, index) => (
            <Row key={index} at={index + 1} of={row} set={(some) => change(index, some)} />
          ))}
          <Group>
            <Button
              variant="default"
              size="xs"
              onClick={() => set({ ...of, rows: [...of.rows, { name: '', value: '' }] })}
            >
              Another header
            </Button>
          </Group>
        </>
      )}
    </>
  );
}

function Row(props: { readonly at: number; readonly of: Header; readonly set: (some: Partial<Header>) => void }) {
  const { at, of, set } = props;
  return (
    <div className="fields">
      <TextInput
        label={at === 1 ? 'Header' : `Header ${at}`}
        autoComplete="off"
        value={of.name}
        onChange={({ currentTarget }) => set({ name: currentTarget.value.trim() })}
      />
      <PasswordInput
        label={at === 1 ? 'Its value' : `Value of header ${at}`}
        autoComplete="off"
        value={of.value}
        onChange={({ currentTarget }) => set({ value: currentTarget.value.trim() })}
        visibilityToggleButtonProps={{ 'aria-label': at === 1 ? 'Show its value' : `Show the value of header ${at}` }}
      />
    </div>
  );
}
