/** Something that stands in a text as `${NAME}`. */
const VARIABLE = /\$\{([A-Za-z_]\w*)\}/g;

/** Fills in variables of the environment, and remembers what was filled in. */
export type Variables = {
  /** Every text in a value. A variable that is not set stays as it is written. */
  readonly fill: (value: unknown) => unknown;
  /** A text. */
  readonly fillText: (text: string) => string;
  /** What must not be written anywhere. */
  readonly secrets: readonly string[];
  /** Names that are not set. */
  readonly missing: readonly string[];
};

export function openVariables(environment: Readonly<Record<string, string | undefined>>): Variables {
  const secrets: string[] = [];
  const missing: string[] = [];
  const fillText = (text: string): string =>
    text.replace(VARIABLE, (whole, name: string) => {
      const found = environment[name];
      (found === undefined ? missing : secrets).push(found ?? name);
      return found ?? whole;
    });
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return fillText(value);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one)]));
  };
  return { fill, fillText, secrets, missing };
}
