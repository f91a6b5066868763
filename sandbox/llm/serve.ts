import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf } from '../kit/body.ts';
import type { Ledger } from '../kit/ledger.ts';
import { answerTo } from './answer.ts';
import type { Script } from './answer.ts';
import { readAsk } from './ask.ts';
import type { Ask, Protocol } from './ask.ts';
import { embeddingAnswer, readEmbeddingAsk, type EmbeddingAsk } from './embeddings.ts';
import type { LlmFault, LlmFaults } from './faults.ts';
import { modelList } from './models.ts';
import { formOf, recordingIn, type Recording } from './recordings.ts';
import { streamAnswer } from './stream.ts';
import type { Pace } from './stream.ts';
import { errorBody, openWire } from './wire.ts';
import type { Trouble } from './wire.ts';

/** What a stand-in keeps. */
export type World = {
  readonly apiKey: string;
  readonly ledger: Ledger;
  readonly faults: LlmFaults;
  readonly asks: Ask[];
  readonly recordings: Recording[];
  readonly embeddingAsks: EmbeddingAsk[];
  /** Words that mean the same as another one. */
  meanings: ReadonlyMap<string, string>;
  /** What is said in every recording. */
  spoken: string;
  readonly pace: Pace;
  script: Script | undefined;
  open: number;
};

const PATHS: Readonly<Record<string, Protocol>> = {
  '/v1/chat/completions': 'openai-chat',
  '/v1/responses': 'openai-responses',
  '/v1/messages': 'anthropic',
};
/** What servers do beside answering. */
const BESIDE: Readonly<Record<string, typeof serve>> = {
  'POST /v1/audio/transcriptions': transcribe,
  'POST /v1/embeddings': embed,
  'GET /v1/models': list,
  'GET /v1/models?limit=1000': list,
};
/** As Anthropic's: 32 MB. */
const LARGEST_BODY = 32_000_000;
const ASKS_KEPT = 10_000;

type Refusal = Trouble & { readonly message?: string; readonly retryAfter?: string | undefined };

/** Answers one request as the real server would, or as the next fault says. */
export async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const protocol = PATHS[new URL(request.url ?? '/', 'http://127.0.0.1').pathname];
  const beside = BESIDE[[request.method, request.url].join(' ')];
  if (beside !== undefined) return beside(world, request, response);
  const body = await bodyOf(request, LARGEST_BODY);
  if (protocol === undefined || request.method !== 'POST' || body === undefined) {
    const status = body === undefined ? 413 : 404;
    world.ledger.write({ call: 'unknown', performed: false, status, about: request.url ?? '' });
    return sendJson(response, status, errorBody('openai-chat', { status, kind: 'invalid' }));
  }
  if (!authorized(world, protocol, request)) return refuse(world, protocol, response, { status: 401, kind: 'auth' });
  const ask = understood(protocol, body);
  if (typeof ask === 'string') {
    return refuse(world, protocol, response, { status: 400, kind: 'invalid', message: ask });
  }
  world.asks.push(ask);
  if (world.asks.length > ASKS_KEPT) world.asks.shift();
  await meet(world, ask, response, world.faults.next());
}

/** Answers a request that is in order, unless a fault is in its way. */
async function meet(world: World, ask: Ask, response: ServerResponse, fault: LlmFault | undefined): Promise<void> {
  if (fault?.kind === 'late') await sleep(fault.delayMs ?? 1000);
  const trouble = troubleOf(fault);
  if (trouble !== undefined) return refuse(world, ask.protocol, response, trouble);
  if (fault === undefined || !unanswered(world, ask, response, fault)) await answer(world, ask, response, fault);
}

function refuse(
  { ledger }: World,
  protocol: Protocol | 'transcription' | 'embeddings',
  response: ServerResponse,
  trouble: Refusal,
): void {
  ledger.write({ call: protocol, performed: false, status: trouble.status, about: trouble.kind });
  const headers: Record<string, string> = trouble.retryAfter === undefined ? {} : { 'retry-after': trouble.retryAfter };
  const form = protocol === 'transcription' || protocol === 'embeddings' ? 'openai-chat' : protocol;
  sendJson(response, trouble.status, errorBody(form, trouble, trouble.message), headers);
}

/** Whether nothing of an answer is sent: something stands between the two, or the connection breaks. */
function unanswered({ ledger }: World, ask: Ask, response: ServerResponse, { kind }: LlmFault): boolean {
  if (kind !== 'reset-at-once' && kind !== 'html') return false;
  ledger.write({ call: ask.protocol, performed: false, status: kind === 'html' ? 200 : 0, about: kind });
  if (kind === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Please sign in to the network.</body></html>');
  } else {
    response.socket?.resetAndDestroy();
  }
  return true;
}

async function answer(world: World, ask: Ask, response: ServerResponse, fault: LlmFault | undefined): Promise<void> {
  world.ledger.write({ call: ask.protocol, performed: true, status: 200, about: ask.model });
  const usual = answerTo(ask, world.script);
  const filtered = fault?.kind === 'policy' ? ({ ...usual, finish: 'filter' } as const) : usual;
  const given = fault?.kind === 'empty' ? { ...filtered, text: '', calls: [] } : filtered;
  const wire = openWire(ask, given, randomUUID().replaceAll('-', '').slice(0, 24));
  if (!ask.stream) return sendJson(response, 200, wire.whole());
  const { breaksAfter: afterTokens } = given;
  const breaks: LlmFault | undefined = afterTokens === undefined ? undefined : { kind: 'reset', afterTokens };
  await streamAnswer(response, { wire, answer: given }, fault ?? breaks, world.pace);
}

function troubleOf(fault: LlmFault | undefined): Refusal | undefined {
  if (fault?.kind === 'auth') return { status: 401, kind: 'auth' };
  if (fault?.kind === 'context') return { status: 400, kind: 'context' };
  if (fault?.kind !== 'status') return undefined;
  const { status = 500, retryAfter } = fault;
  return { status, kind: KINDS[status] ?? (status >= 500 ? 'server' : 'invalid'), retryAfter };
}

const KINDS: Readonly<Record<number, Trouble['kind']>> = { 429: 'rate', 529: 'overloaded', 401: 'auth', 403: 'auth' };

/** Writes down what is said in a recording, as the script of recordings has it. */
async function transcribe(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await formOf(request);
  const fault = world.faults.next();
  if (!authorized(world, 'openai-chat', request))
    return refuse(world, 'transcription', response, { status: 401, kind: 'auth' });
  if (fault?.kind === 'late') await sleep(fault.delayMs ?? 1000);
  const trouble = troubleOf(fault);
  if (trouble !== undefined) return refuse(world, 'transcription', response, trouble);
  const recording = form && recordingIn(form);
  if (recording === undefined) return refuse(world, 'transcription', response, { status: 400, kind: 'invalid' });
  world.recordings.push(recording);
  world.ledger.write({ call: 'transcription', performed: true, status: 200, about: recording.model });
  sendJson(response, 200, { text: world.spoken, usage: { type: 'tokens', input_tokens: 14, output_tokens: 45 } });
}

/** Sends the vectors of texts. */
async function embed(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request, LARGEST_BODY);
  if (!authorized(world, 'openai-chat', request))
    return refuse(world, 'embeddings', response, { status: 401, kind: 'auth' });
  const fault = world.faults.next();
  if (fault?.kind === 'late') await sleep(fault.delayMs ?? 1000);
  const trouble = troubleOf(fault);
  if (trouble !== undefined) return refuse(world, 'embeddings', response, trouble);
  let ask: ReturnType<typeof readEmbeddingAsk>;
  try {
    ask = readEmbeddingAsk(body ?? '');
  } catch {
    return refuse(world, 'embeddings', response, { status: 400, kind: 'invalid' });
  }
  world.embeddingAsks.push(ask);
  world.ledger.write({ call: 'embeddings', performed: true, status: 200, about: ask.model });
  sendJson(response, 200, embeddingAnswer(ask, world.meanings));
}

/** Says which models there are. */
function list(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers } = request;
  const protocol = headers['anthropic-version'] === undefined ? 'openai-chat' : 'anthropic';
  const may = authorized(world, protocol, request);
  world.ledger.write({ call: 'models', performed: may, status: may ? 200 : 401, about: protocol });
  sendJson(response, may ? 200 : 401, may ? modelList(headers) : errorBody(protocol, { status: 401, kind: 'auth' }));
  return Promise.resolve();
}

/** OpenAI takes a bearer token. So does Anthropic since its version 2026-10-21; `x-api-key` is the older way. */
function authorized({ apiKey }: World, protocol: Protocol, { headers }: IncomingMessage): boolean {
  const bearer = headers.authorization === `Bearer ${apiKey}`;
  if (protocol !== 'anthropic') return bearer;
  return (bearer || headers['x-api-key'] === apiKey) && headers['anthropic-version'] !== undefined;
}

/** The request, or what is wrong with it. */
function understood(protocol: Protocol, body: string): Ask | string {
  try {
    const json: unknown = JSON.parse(body);
    return readAsk(protocol, json);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'unreadable';
  }
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_standin', ...headers });
  response.end(JSON.stringify(body));
}
