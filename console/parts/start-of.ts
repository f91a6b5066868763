import type { Field } from '../api/installs.ts';

/** What stands in a form, by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

/** What a form begins with: where one of several has to be chosen, the first of them, as the browser shows it. Pure. */
export const startOf = (fields: readonly Field[]): Values =>
  Object.fromEntries(
    fields.flatMap(({ name, required, options }) => (required && options !== null ? [[name, options[0] ?? '']] : [])),
  );
