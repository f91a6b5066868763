import { z } from 'zod';
import { contentIn, PARTS, type Content } from './content.ts';
import { Common, Limit, ToolName } from './ask-common.ts';
import type { Asked } from './ask-common.ts';
import { Refused } from './said.ts';
import type { Call, Said } from './said.ts';
import { unsealed } from './seals.ts';

const Plain = contentIn('anthropic');
const Id = z.string().regex(/^[a-zA-Z0-9_-]+$/, "String should match pattern '^[a-zA-Z0-9_-]+$'");
const Block = z.union([
  z.object({ type: z.literal('tool_use'), id: Id, name: ToolName, input: z.record(z.string(), z.unknown()) }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: Id,
    content: Plain.default({ text: '', images: [] }),
    is_error: z.boolean().default(false),
  }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  PARTS.anthropic
    .refine(({ text }) => text !== '', 'text content blocks must be non-empty')
    .transform(({ text = '', image }) => ({
      type: 'plain' as const,
      content: { text, images: image === undefined ? [] : [image] },
    })),
]);
type Block = z.infer<typeof Block>;

const Message = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.union([
    z
      .string()
      .min(1)
      .transform((text): Block[] => [{ type: 'plain', content: { text, images: [] } }]),
    z.array(Block).min(1),
  ]),
});
type Message = z.infer<typeof Message>;

const Messages = Common.extend({
  messages: z.array(Message).min(1),
  system: Plain.default({ text: '', images: [] }),
  max_tokens: Limit,
  tools: z
    .array(
      z.object({
        name: ToolName,
        description: z.string().default(''),
        input_schema: z.looseObject({ type: z.literal('object') }),
      }),
    )
    .default([]),
});

/** Messages. @throws ZodError or Refused for a body that the real server would refuse with 400. */
export function readAnthropic(json: unknown): Asked {
  const { messages, system, tools, max_tokens: maxOutputTokens, model, stream } = Messages.parse(json);
  checkRoles(messages);
  return {
    model,
    stream,
    messages: messages.flatMap((message) =>
      message.role === 'user' ? userIn(message) : [assistantIn(message, model)],
    ),
    system: [system.text],
    tools: tools.map(({ name, description, input_schema: parameters }) => ({ name, description, parameters })),
    maxOutputTokens,
    usageWanted: true,
  };
}

function checkRoles(messages: readonly Message[]): void {
  if (messages[0]?.role !== 'user') throw new Refused('messages: first message must use the "user" role');
  const twice = messages.find(({ role }, index) => messages[index - 1]?.role === role);
  if (twice !== undefined)
    throw new Refused(
      `messages: roles must alternate between "user" and "assistant", but found multiple "${twice.role}" roles in a row`,
    );
}

/** Answers of tools first: they stand right behind the calls. */
function userIn({ content }: Message): readonly Said[] {
  const said: Said[] = [];
  for (const block of content) {
    if (block.type === 'tool_use' || block.type === 'thinking')
      throw new Refused(`messages: \`${block.type}\` blocks can only be in \`assistant\` messages`);
    if (block.type === 'tool_result') {
      if (said.at(-1)?.role === 'user') throw new Refused('messages: `tool_result` blocks must come before any text');
      const { tool_use_id: call, content: answer, is_error: failed } = block;
      said.push({ role: 'tool', call, text: answer.text, ...(failed && { failed }) });
    } else {
      const last = said.at(-1);
      const before = last?.role === 'user' ? last : undefined;
      if (before !== undefined) said.pop();
      said.push(together(before, block.content));
    }
  }
  return said;
}

function together(before: Extract<Said, { role: 'user' }> | undefined, { text, images }: Content): Said {
  const all = [...(before?.images ?? []), ...images];
  return { role: 'user', text: `${before?.text ?? ''}${text}`, ...(all.length > 0 && { images: all }) };
}

function assistantIn({ content }: Message, model: string): Said {
  const calls: Call[] = [];
  const thoughts: string[] = [];
  let text = '';
  for (const block of content) {
    if (block.type === 'tool_result')
      throw new Refused('messages: `tool_result` blocks can only be in `user` messages');
    if (block.type === 'tool_use')
      calls.push({ id: block.id, name: block.name, arguments: JSON.stringify(block.input) });
    else if (block.type === 'thinking') {
      if (unsealed(model, block.signature) !== block.thinking)
        throw new Refused('messages: Invalid `signature` in `thinking` block');
      thoughts.push(block.thinking);
    } else text += block.content.text;
  }
  return {
    role: 'assistant',
    text,
    ...(calls.length > 0 && { calls }),
    ...(thoughts.length > 0 && { thoughts }),
  };
}
