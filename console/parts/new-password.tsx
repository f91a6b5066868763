import { PasswordInput } from '@mantine/core';

/** As the server has it. */
export const LEAST_PASSWORD = 12;

/** The field of a password that is chosen now. */
export function NewPassword(props: { readonly value: string; readonly onChange: (value: string) => void }) {
  return (
    <PasswordInput
      label="New password"
      description={`At least ${LEAST_PASSWORD} characters; a sentence is fine.`}
      autoComplete="new-password"
      required
      minLength={LEAST_PASSWORD}
      value={props.value}
      onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
    />
  );
}
