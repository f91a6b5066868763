import { z } from 'zod';
import { contentIn } from './content.ts';
import { Arguments, Common, Limit, ToolName } from './ask-common.ts';
import type { Asked } from './ask-common.ts';
import { Refused } from './said.ts';
import type { Said } from './said.ts';
import { unsealed } from './seals.ts';

const Content = contentIn('openai-responses');
const Item = z.union([
  z
    .object({
      type: z.literal('message').optional(),
      role: z.enum(['system', 'developer', 'user', 'assistant']),
      content: Content,
    })
    .refine(({ role, content }) => role === 'user' || content.images.length === 0, 'only a user may send images'),
  z.object({
    type: z.literal('function_call'),
    call_id: z.string().min(1).max(64),
    name: ToolName,
    arguments: Arguments,
  }),
  z.object({ type: z.literal('function_call_output'), call_id: z.string(), output: z.string() }),
  z.object({
    type: z.literal('reasoning'),
    id: z.string(),
    summary: z.array(z.object({ type: z.literal('summary_text'), text: z.string() })),
    encrypted_content: z.string().nullish(),
  }),
]);
type Item = z.infer<typeof Item>;

const Responses = Common.extend({
  input: z.union([
    z.string().transform((text): Item[] => [{ role: 'user', content: { text, images: [] } }]),
    z.array(Item).min(1),
  ]),
  instructions: z.string().nullish(),
  max_output_tokens: Limit.nullish(),
  include: z.array(z.string()).nullish(),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        name: ToolName,
        description: z.string().nullish(),
        parameters: z.record(z.string(), z.unknown()).nullable(),
        strict: z.boolean().nullable(),
      }),
    )
    .nullish(),
});

/** These do not think, and refuse to seal what they thought. */
const THOUGHTLESS = /^gpt-4|-chat-latest$/;

/** Responses. @throws ZodError or Refused for a body that the real server would refuse with 400. */
export function readResponses(json: unknown): Asked {
  const { input, instructions, tools, include, max_output_tokens: most, ...read } = Responses.parse(json);
  if (include?.includes('reasoning.encrypted_content') && THOUGHTLESS.test(read.model))
    throw new Refused('Encrypted content is not supported with this model.');
  const messages: Said[] = [];
  for (const item of input) add(messages, item, read.model);
  if (input.at(-1)?.type === 'reasoning')
    throw new Refused("Item of type 'reasoning' was provided without its required following item.");
  return {
    ...read,
    messages,
    system: [instructions ?? '', ...input.flatMap(headIn)],
    tools: (tools ?? []).map(({ name, description, parameters }) => ({
      name,
      description: description ?? '',
      parameters: parameters ?? {},
    })),
    maxOutputTokens: most ?? undefined,
    usageWanted: true,
  };
}

const headIn = (item: Item): readonly string[] =>
  'role' in item && (item.role === 'system' || item.role === 'developer') ? [item.content.text] : [];

/** Items of one turn are one message of the assistant. */
function add(messages: Said[], item: Item, model: string): void {
  if ('role' in item) {
    const { text, images } = item.content;
    if (item.role === 'user') messages.push({ role: 'user', text, ...(images.length > 0 && { images }) });
    else if (item.role === 'assistant') grow(messages, { text }, (last) => last.text === '');
  } else if (item.type === 'function_call_output') {
    messages.push({ role: 'tool', call: item.call_id, text: item.output });
  } else if (item.type === 'function_call') {
    const call = { id: item.call_id, name: item.name, arguments: item.arguments };
    grow(messages, { calls: [call] });
  } else grow(messages, { thoughts: [thoughtsIn(item, model)] });
}

function thoughtsIn({ id, encrypted_content: sealed }: Extract<Item, { type: 'reasoning' }>, model: string): string {
  if (!sealed)
    throw new Refused(`Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`);
  const thoughts = unsealed(model, sealed);
  if (thoughts === undefined) throw new Refused('The encrypted content could not be verified.');
  return thoughts;
}

type Assistant = Extract<Said, { role: 'assistant' }>;
const EMPTY: Required<Assistant> = { role: 'assistant', text: '', calls: [], thoughts: [] };

/** Adds to the assistant's last message where it goes on, else begins one. */
function grow(messages: Said[], more: Partial<Assistant>, goesOn: (last: Assistant) => boolean = () => true): void {
  const last = messages.at(-1);
  const open = last?.role === 'assistant' && goesOn(last) ? last : undefined;
  if (open !== undefined) messages.pop();
  messages.push(joined({ ...EMPTY, ...open }, { ...EMPTY, ...more }));
}

function joined(one: Required<Assistant>, other: Required<Assistant>): Assistant {
  const calls = [...one.calls, ...other.calls];
  const thoughts = [...one.thoughts, ...other.thoughts];
  return {
    role: 'assistant',
    text: one.text + other.text,
    ...(calls.length > 0 && { calls }),
    ...(thoughts.length > 0 && { thoughts }),
  };
}
