import { z } from 'zod';

/** As far as descriptions of requests use it (JSON Schema 2020-12). */
const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  format: z.string().optional(),
  minLength: z.number().optional(),
  minimum: z.number().optional(),
  minItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

type Shape = z.infer<typeof Schema>;

/** The smallest value that fits a schema. @param id stands where one is wanted. */
export function exampleOf(given: unknown, id: string): unknown {
  const schema = Schema.parse(given);
  const choice = (schema.anyOf ?? schema.oneOf)?.at(-1);
  if (choice !== undefined) return exampleOf(choice, id);
  const [named] = [...(schema.enum ?? []), schema.const, schema.default].filter((value) => value !== undefined);
  if (named !== undefined) return named;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  return (TYPES[type ?? ''] ?? textOf)(schema, id);
}

const numberOf = ({ minimum }: Shape): number => minimum ?? 1;

const TYPES: Readonly<Record<string, (schema: Shape, id: string) => unknown>> = {
  object: ({ required = [], properties }, id) =>
    Object.fromEntries(required.map((name) => [name, exampleOf(properties?.[name] ?? {}, id)])),
  array: ({ minItems = 0, items = {} }, id) => Array.from({ length: minItems }, () => exampleOf(items, id)),
  integer: numberOf,
  number: numberOf,
  boolean: () => true,
};

const FORMATS: Readonly<Record<string, string>> = {
  date: '2027-01-31',
  'date-time': '2027-01-31T00:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com',
};

function textOf({ format = '', minLength = 1 }: Shape, id: string): string {
  if (format === 'uuid') return id;
  return FORMATS[format] ?? 'a'.repeat(minLength);
}
