import type OpenAI from 'openai';
import { z } from 'zod';
import { noteOrder } from './carried.ts';
import type { Order } from './carried.ts';
import type { Step } from './deadlines.ts';
import { failed, failedBy } from './errors.ts';
import { eventStream } from './event-stream.ts';
import type { OpenAiSettings } from './openai-chat.ts';
import type { ModelRequest, Provider } from './provider.ts';
import { providerOf } from './provider-of.ts';
import { Reasoning, responsesBody } from './responses-body.ts';
import { collectCalls } from './tool-calls.ts';
import type { CallCollector } from './tool-calls.ts';
import { responsesUsage } from './usage.ts';
import { wholeOf } from './whole.ts';

const Ending = z.object({
  response: z.object({
    usage: z.unknown().optional(),
    incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
    error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  }),
});
const Typed = z.object({ type: z.string() });
const Delta = z.object({ delta: z.string() });
const ItemDone = z.object({ item: z.unknown() });
const FunctionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string().nullish(),
  name: z.string(),
  arguments: z.string().nullish(),
});

/** What one answer has said so far. */
type Heard = { refusal: string; called: number; readonly calls: CallCollector; readonly order: Order };

type By = { readonly provider: string; readonly secret: string | undefined; readonly unsealing: Set<string> };

/** OpenAI's Responses. Nothing is stored there: the history is ours, and thoughts come sealed for the next request. */
export function openAiResponses({ client, ...server }: OpenAiSettings): Provider {
  const by: By = { provider: server.name, secret: server.secret, unsealing: new Set() };
  return providerOf(server, (request, signal) => read(client, request, by, signal));
}

async function* read(client: OpenAI, request: ModelRequest, by: By, signal: AbortSignal): AsyncGenerator<Step> {
  const heard: Heard = { refusal: '', called: 0, calls: collectCalls(), order: noteOrder() };
  for await (const raw of await opened(client, request, by, signal)) {
    const { type } = Typed.parse(raw);
    if (type === 'response.output_text.delta') yield { kind: 'text', text: Delta.parse(raw).delta };
    else if (type === 'response.refusal.delta') heard.refusal += Delta.parse(raw).delta;
    else if (type === 'response.function_call_arguments.delta') {
      yield { kind: 'beat', size: Delta.parse(raw).delta.length };
    } else if (type.startsWith('response.reasoning')) yield { kind: 'beat' };
    else if (type === 'response.output_item.done') hear(ItemDone.parse(raw).item, heard);
    else if (/^response\.(completed|incomplete|failed)$/.test(type)) {
      yield* endOf(type, raw, heard, { secret: by.secret, provider: by.provider, model: request.model });
    } else if (type === 'error') yield failedBy(asError(raw), by.secret);
  }
}

/** A model that does not think refuses to seal its thoughts, with status 400 and before it begins; it is not asked again. */
async function opened(
  client: OpenAI,
  request: ModelRequest,
  { provider, unsealing }: By,
  signal: AbortSignal,
): Promise<AsyncIterable<unknown>> {
  const create = (sealed: boolean) =>
    eventStream(client.responses.create(responsesBody(request, provider, sealed), { signal }).withResponse());
  if (unsealing.has(request.model)) return create(false);
  try {
    return await create(true);
  } catch (thrown) {
    if (!(thrown instanceof Error && /encrypted content is not supported/i.test(thrown.message))) throw thrown;
    unsealing.add(request.model);
    return create(false);
  }
}

function hear(item: unknown, heard: Heard): void {
  const { calls, order } = heard;
  const call = FunctionCall.safeParse(item).data;
  const thoughts = Reasoning.safeParse(item).data;
  if (call !== undefined) {
    const { call_id: id, name, arguments: json } = call;
    calls.add({ index: heard.called, id: id ?? '', name, arguments: json ?? '' });
    heard.called += 1;
    if (id) order.place({ place: 'call', id });
  } else if (thoughts !== undefined) order.seal(thoughts);
  else if (Typed.safeParse(item).data?.type === 'message') order.place({ place: 'text' });
}

function* endOf(
  type: string,
  raw: unknown,
  heard: Heard,
  by: { secret: string | undefined; provider: string; model: string },
): Generator<Step> {
  const { usage: body, incomplete_details: incomplete, error } = Ending.parse(raw).response;
  const usage = responsesUsage(body);
  if (usage !== undefined) yield { kind: 'usage', usage };
  if (type === 'response.failed') yield failedBy(asError({ error }), by.secret);
  else if (heard.refusal !== '') yield failed('policy', `the model declined: ${heard.refusal.slice(0, 300)}`);
  else if (incomplete?.reason === 'content_filter')
    yield failed('policy', 'the provider’s content filter stopped the answer');
  else {
    const { calls, order } = heard;
    const reason = type === 'response.completed' ? 'stop' : 'length';
    yield* wholeOf({ calls: calls.take(), carried: order.carried(by) }, { kind: 'done', reason });
  }
}

/** An error within a stream, in the form in which the SDK throws one. */
const asError = (error: unknown): unknown => ({ message: 'the server gave up in mid-answer', error });
