import { z } from 'zod';
import { contentIn } from './content.ts';
import { Arguments, Common, Limit, ToolName } from './ask-common.ts';
import type { Asked } from './ask-common.ts';
import type { Said } from './said.ts';

const Content = contentIn('openai-chat');
const Words = Content.refine(({ images }) => images.length === 0, 'only a user may send images');
const Call = z
  .object({
    id: z.string().min(1).max(40),
    type: z.literal('function'),
    function: z.object({ name: ToolName, arguments: Arguments }),
  })
  .transform(({ id, function: { name, arguments: json } }) => ({ id, name, arguments: json }));

const Message = z.union([
  z.object({ role: z.enum(['system', 'developer']), content: Words }),
  z.object({ role: z.literal('user'), content: Content }),
  z
    .object({ role: z.literal('assistant'), content: Words.nullish(), tool_calls: z.array(Call).min(1).optional() })
    .refine(
      ({ content, tool_calls: calls }) => (typeof content === 'object' && content !== null) || calls !== undefined,
      "'content' is required unless 'tool_calls' is specified",
    ),
  z.object({ role: z.literal('tool'), tool_call_id: z.string().max(40), content: Words }),
]);
type Message = z.infer<typeof Message>;

const Chat = Common.extend({
  messages: z.array(Message).min(1),
  max_tokens: Limit.optional(),
  max_completion_tokens: Limit.optional(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        function: z.object({
          name: ToolName,
          description: z.string().default(''),
          parameters: z.record(z.string(), z.unknown()).default({}),
        }),
      }),
    )
    .min(1)
    .optional(),
});

/** Chat Completions. @throws ZodError for a body that the real server would refuse with 400. */
export function readChat(json: unknown): Asked {
  const { model, stream, messages, tools = [], ...read } = Chat.parse(json);
  return {
    model,
    stream,
    messages: messages.flatMap(saidIn),
    system: messages.flatMap((message) =>
      message.role === 'system' || message.role === 'developer' ? [message.content.text] : [],
    ),
    tools: tools.map((tool) => tool.function),
    maxOutputTokens: read.max_completion_tokens ?? read.max_tokens,
    usageWanted: read.stream_options?.include_usage ?? false,
  };
}

function saidIn(message: Message): readonly Said[] {
  if (message.role === 'user') {
    const { text, images } = message.content;
    return [{ role: 'user', text, ...(images.length > 0 && { images }) }];
  }
  if (message.role === 'assistant') {
    const { content, tool_calls: calls } = message;
    return [{ role: 'assistant', text: content?.text ?? '', ...(calls && { calls }) }];
  }
  return message.role === 'tool' ? [{ role: 'tool', call: message.tool_call_id, text: message.content.text }] : [];
}
