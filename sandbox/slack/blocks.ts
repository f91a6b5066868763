import { z } from 'zod';

// docs: Block Kit reference. What is not named there Slack refuses, and with it the whole message.
const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most), emoji: z.boolean().optional() });
const anyText = (most: number) =>
  plain(most).or(
    z.strictObject({
      type: z.literal('mrkdwn'),
      text: z.string().min(1).max(most),
      verbatim: z.boolean().optional(),
    }),
  );
const block = { block_id: z.string().min(1).max(255).optional() };
const action_id = z.string().min(1).max(255);

const option = z.strictObject({ text: plain(75), value: z.string().min(1).max(75) });
const button = z.strictObject({
  type: z.literal('button'),
  action_id,
  text: plain(75),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
const select = z.strictObject({
  type: z.literal('static_select'),
  action_id,
  placeholder: plain(150).optional(),
  options: z.array(option).min(1).max(100),
});
const isTextOrFields = (one: { text?: unknown; fields?: unknown }) =>
  one.text !== undefined || one.fields !== undefined;

const messageBlock = z.discriminatedUnion('type', [
  z.strictObject({ ...block, type: z.literal('header'), text: plain(150) }),
  z
    .strictObject({
      ...block,
      type: z.literal('section'),
      text: anyText(3000).optional(),
      expand: z.boolean().optional(),
      fields: z.array(anyText(2000)).min(1).max(10).optional(),
    })
    .refine(isTextOrFields),
  z.strictObject({
    ...block,
    type: z.literal('image'),
    image_url: z.url({ protocol: /^https?$/ }).max(3000),
    alt_text: z.string().min(1).max(2000),
  }),
  z.strictObject({
    ...block,
    type: z.literal('actions'),
    elements: z
      .array(z.discriminatedUnion('type', [button, select]))
      .min(1)
      .max(25),
  }),
  z.strictObject({ ...block, type: z.literal('divider') }),
]);

const input = z.strictObject({
  ...block,
  type: z.literal('input'),
  label: plain(2000),
  optional: z.boolean().optional(),
  element: z.strictObject({
    type: z.literal('plain_text_input'),
    action_id,
    multiline: z.boolean().optional(),
    initial_value: z.string().max(3000).optional(),
  }),
});

const view = z
  .strictObject({
    type: z.literal('modal'),
    callback_id: z.string().max(255).optional(),
    private_metadata: z.string().max(3000).optional(),
    title: plain(24),
    submit: plain(24).optional(),
    close: plain(24).optional(),
    blocks: z.array(z.discriminatedUnion('type', [...messageBlock.options, input])).max(100),
  })
  .refine(({ submit, blocks }) => submit !== undefined || blocks.every(({ type }) => type !== 'input'));

export type Block = z.output<typeof messageBlock>;
export type View = z.output<typeof view>;
/** What can be clicked, and the block it stands in. */
export type Element = (z.output<typeof button> | z.output<typeof select>) & { readonly block_id: string };

const MOST_BLOCKS = 50;

/** The blocks of a message; a text: Slack's name of the error. Blocks without an id are given one by `nextId`. */
export function readBlocks(given: unknown, nextId: () => string): readonly Block[] | string {
  if (!Array.isArray(given)) return 'invalid_blocks_format';
  const parsed = z.array(messageBlock).max(MOST_BLOCKS).safeParse(given);
  if (!parsed.success || !areUnique(parsed.data.flatMap(({ block_id }) => block_id ?? []))) return 'invalid_blocks';
  const doubled = parsed.data.some(
    (one) => one.type === 'actions' && !areUnique(one.elements.map(({ action_id }) => action_id)),
  );
  return doubled ? 'invalid_blocks' : parsed.data.map((one) => ({ ...one, block_id: one.block_id ?? nextId() }));
}

export function readView(given: unknown): View | undefined {
  const parsed = view.safeParse(given);
  if (!parsed.success || !areUnique(parsed.data.blocks.flatMap(({ block_id }) => block_id ?? []))) return undefined;
  return parsed.data;
}

export function elementsOf(blocks: readonly Block[]): readonly Element[] {
  return blocks.flatMap((one) =>
    one.type === 'actions' ? one.elements.map((element) => ({ ...element, block_id: one.block_id ?? '' })) : [],
  );
}

/** What stands in the blocks to be read, without the controls. */
export function wordsOf(blocks: readonly Block[]): string {
  const words = blocks.flatMap((one): readonly string[] => {
    if (one.type === 'header') return [one.text.text];
    if (one.type === 'image') return [one.alt_text];
    if (one.type !== 'section') return [];
    return [one.text, ...(one.fields ?? [])].flatMap((text) => text?.text ?? []);
  });
  return words.join('\n');
}

const areUnique = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;
