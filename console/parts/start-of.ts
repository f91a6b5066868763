/** What stands in a form, by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

/** As much of a field as it takes to fill it in. */
type Fillable = { readonly name: string; readonly required: boolean; readonly options: readonly string[] | null };

/** What a form begins with: where one of several has to be chosen, the first of them, as the browser shows it. Pure. */
export const startOf = (fields: readonly Fillable[]): Values =>
  Object.fromEntries(
    fields.flatMap(({ name, required, options }) => (required && options !== null ? [[name, options[0] ?? '']] : [])),
  );
