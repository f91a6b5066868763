import { NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { Field } from '../api/installs.ts';
import type { Values } from './start-of.ts';

/** What a way to connect asks for. A secret of several lines (a key) may be pasted. */
export function Fields(props: {
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}) {
  return props.fields.map((field) => {
    const { name, label, help, required, secret, options } = field;
    const common = {
      key: name,
      label,
      description: help,
      required,
      value: props.values[name] ?? '',
      onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }): void =>
        props.onChange({ ...props.values, [name]: currentTarget.value }),
    };
    const { key, ...rest } = common;
    if (options !== null) return <NativeSelect key={key} {...rest} data={required ? options : ['', ...options]} />;
    if (secret && /private.?key|pem/i.test(name))
      return <Textarea key={key} {...rest} rows={4} spellCheck={false} autoComplete="off" />;
    if (secret)
      return (
        <PasswordInput
          key={key}
          {...rest}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': `Show: ${label}` }}
        />
      );
    return <TextInput key={key} {...rest} autoComplete="off" />;
  });
}
