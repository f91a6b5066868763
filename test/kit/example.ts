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

/** The smallest value that fits a schema. @param id stands where one is wanted. */
export function exampleOf(given: unknown, id: string): unknown {
  const schema = Schema.parse(given);
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return exampleOf((schema.anyOf ?? schema.oneOf)?.at(-1), id);
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object')
    return Object.fromEntries(
      (schema.required ?? []).map((name) => [name, exampleOf(schema.properties?.[name] ?? {}, id)]),
    );
  if (type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(schema.items ?? {}, id));
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  return textOf(schema, id);
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2027-01-31',
  'date-time': '2027-01-31T00:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com',
};

function textOf({ format = '', minLength = 1 }: z.infer<typeof Schema>, id: string): string {
  if (format === 'uuid') return id;
  return FORMATS[format] ?? 'a'.repeat(minLength);
}
