/**
 * A schema of an older dialect in the words of 2020-12, which is what calls are checked by; most servers write draft 7, and
 * differ in how tuples are said. Pure.
 */
export function asDraft2020(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = schema;
  return object(rest);
}

/** What stands below these is no schema. */
const VALUES = new Set(['const', 'default', 'enum', 'examples']);

function object(schema: object): Record<string, unknown> {
  const entries = Object.entries(schema).map(([name, value]) => [name, VALUES.has(name) ? value : translated(value)]);
  const whole: Record<string, unknown> = Object.fromEntries(entries);
  const { items, additionalItems, ...rest } = whole;
  if (!Array.isArray(items)) return whole;
  return { ...rest, prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) };
}

function translated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translated);
  return typeof value === 'object' && value !== null ? object(value) : value;
}
