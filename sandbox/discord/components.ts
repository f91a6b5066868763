import { z } from 'zod';

// What Discord takes in messages and forms beside words: docs, "Embed Limits" and "Component Reference".

/** In code points, as Discord counts. */
export const lengthOf = (value: string): number => value.match(/[\s\S]/gu)?.length ?? 0;

/** A text of so many code points. */
export const text = (most: number, least = 0) =>
  z
    .string()
    .refine((value) => lengthOf(value) <= most, problem('BASE_TYPE_MAX_LENGTH', `Must be ${most} or fewer in length.`))
    .refine((value) => lengthOf(value.trim()) >= least, problem('BASE_TYPE_REQUIRED', 'This field is required'));

function problem(code: string, error: string): { error: string; params: { code: string } } {
  return { error, params: { code } };
}

const number = z.int().min(0).max(2_147_483_647).optional();

const button = z
  .object({
    type: z.literal(2),
    id: number,
    style: z.int().min(1).max(5),
    label: text(80, 1),
    custom_id: text(100, 1).optional(),
    url: text(512, 1).optional(),
    disabled: z.boolean().optional(),
  })
  .refine(
    ({ style, custom_id, url }) => (style === 5 ? url !== undefined : custom_id !== undefined),
    problem('BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id or url is required'),
  );

const choice = z.object({
  type: z.literal(3),
  id: number,
  custom_id: text(100, 1),
  placeholder: text(150).optional(),
  options: z
    .array(z.object({ label: text(100, 1), value: text(100, 1), description: text(100).optional() }))
    .min(1)
    .max(25)
    .refine(
      (options) => new Set(options.map(({ value }) => value)).size === options.length,
      problem('SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used'),
    ),
  min_values: z.int().min(0).max(25).optional(),
  max_values: z.int().min(1).max(25).optional(),
});

const row = z
  .object({
    type: z.literal(1),
    id: number,
    components: z
      .array(z.discriminatedUnion('type', [button, choice]))
      .min(1)
      .max(5),
  })
  .refine(
    ({ components }) => components.length === 1 || components.every(({ type }) => type === 2),
    problem('COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'The specified component exceeds the maximum width'),
  );

/** Components of the first kind: rows. */
export const rows = z
  .array(row)
  .max(5)
  .refine(
    (all) => hasNoDoubles(all.flatMap(({ components }) => components.map(({ custom_id }) => custom_id))),
    problem('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated'),
  )
  .refine(
    (all) => hasNoDoubles(all.flatMap(({ components }) => components.map(({ id }) => id))),
    problem('COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated'),
  );

function hasNoDoubles(values: readonly (string | number | undefined)[]): boolean {
  const given = values.filter((value) => value !== undefined);
  return new Set(given).size === given.length;
}

const embed = z
  .object({
    title: text(256).optional(),
    description: text(4096).optional(),
    url: z.url().optional(),
    color: z.int().optional(),
    fields: z
      .array(z.object({ name: text(256, 1), value: text(1024, 1), inline: z.boolean().optional() }))
      .max(25)
      .optional(),
    image: z.object({ url: z.url({ protocol: /^(https?|attachment)$/ }) }).optional(),
    footer: z.object({ text: text(2048, 1) }).optional(),
  })
  .refine(
    ({ title, description, fields = [], image, footer }) =>
      Boolean(title) || Boolean(description) || fields.length > 0 || image !== undefined || footer !== undefined,
    problem('BASE_TYPE_REQUIRED', 'This field is required'),
  )
  .transform((given) => ({ type: 'rich', ...given }));

export const embeds = z
  .array(embed)
  .max(10)
  .refine(
    (all) => all.flatMap(wordsOf).reduce((sum, words) => sum + lengthOf(words), 0) <= 6_000,
    problem('MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000'),
  );

export type Embed = z.output<typeof embed>;
export type Row = z.output<typeof row>;
export type Button = z.output<typeof button>;
export type Choice = z.output<typeof choice>;

/** All words of an embed, in the order in which they are shown. */
export function wordsOf({ title, description, fields = [], footer }: Embed): readonly string[] {
  const all = [title, description, ...fields.flatMap(({ name, value }) => [name, value]), footer?.text];
  return all.filter((words) => words !== undefined);
}

const input = z.object({
  type: z.literal(4),
  custom_id: text(100, 1),
  style: z.int().min(1).max(2),
  label: text(45).optional(),
  required: z.boolean().default(true),
  value: text(4000).optional(),
  placeholder: text(100).optional(),
  min_length: z.int().min(0).max(4000).optional(),
  max_length: z.int().min(1).max(4000).default(4000),
});
const labelled = z
  .object({ type: z.literal(18), label: text(45, 1), description: text(100).optional(), component: input })
  .transform(({ label, component }) => ({ ...component, label }));
/** The older form, which Discord takes still. */
const inRow = z
  .object({ type: z.literal(1), components: z.tuple([input.extend({ label: text(45, 1) })]) })
  .transform(({ components: [only] }) => only);

/** A form (docs: "Modal"), as the inputs that it asks for. */
export const modal = z.object({
  custom_id: text(100, 1),
  title: text(45, 1),
  components: z
    .array(z.union([labelled, inRow]))
    .min(1)
    .max(5)
    .refine(
      (all) => hasNoDoubles(all.map(({ custom_id }) => custom_id)),
      problem('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated'),
    ),
});
export type Modal = z.output<typeof modal>;
