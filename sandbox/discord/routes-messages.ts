import { z } from 'zod';
import type { Answer, Bucket, Request, Route } from './route.ts';
import { done, invalidForm, refusal, unknownChannel, unknownMessage } from './route.ts';
import { messageJson } from './shapes.ts';
import type { Speech } from './speech.ts';
import type { Channel, Message, World } from './world.ts';
import { mentionsIn } from './world.ts';

/** Docs: "up to 2000 characters", counted in code points. */
const MOST_CHARACTERS = 2000;
const MOST_NONCE = 25;

/** Five in five seconds per channel: what the headers of these routes say. */
const bucket = (name: string): Bucket => ({ name, calls: 5, perMs: 5_000 });

const allowed = z.object({ parse: z.array(z.string()).optional(), replied_user: z.boolean().optional() });

export const creation = z.object({
  content: z.string().default(''),
  nonce: z.union([z.string(), z.number()]).optional(),
  enforce_nonce: z.boolean().default(false),
  allowed_mentions: allowed.optional(),
  flags: z.int().default(0),
  message_reference: z.object({ message_id: z.string(), fail_if_not_exists: z.boolean().default(true) }).optional(),
});
const change = z.object({
  content: z.string().optional(),
  allowed_mentions: allowed.optional(),
  flags: z.int().optional(),
});

type InChannel = (use: (channel: Channel, request: Request) => Answer) => Route['handle'];
type OnMessage = (use: (message: Message, request: Request) => Answer) => Route['handle'];

/** Messages of channels: write, read, change, take away; and what hangs on them. */
export function messageRoutes(world: World, speech: Speech, nonces: Nonces): readonly Route[] {
  const inChannel: InChannel = (use) => (request) => withChannel(world, request, (channel) => use(channel, request));
  const onMessage: OnMessage = (use) =>
    inChannel((channel, request) => {
      const message = world.messages.get(request.params['m'] ?? '');
      return message?.channel === channel ? use(message, request) : unknownMessage();
    });
  return [
    {
      method: 'POST',
      pattern: MESSAGES,
      bucket: bucket('create'),
      handle: inChannel((channel, request) => create(world, speech, { channel, request, nonces })),
    },
    { method: 'GET', pattern: MESSAGES, handle: inChannel((channel, request) => list(world, channel, request)) },
    {
      method: 'POST',
      pattern: '/channels/:c/typing',
      bucket: bucket('typing'),
      handle: inChannel((channel) => ({ status: 204, about: channel.id })),
    },
    ...oneMessageRoutes(world, speech, onMessage),
  ];
}

const MESSAGES = '/channels/:c/messages';

function oneMessageRoutes(world: World, speech: Speech, onMessage: OnMessage): readonly Route[] {
  const pattern = `${MESSAGES}/:m`;
  return [
    { method: 'GET', pattern, handle: onMessage((message) => done(message, messageJson(world, message))) },
    {
      method: 'PATCH',
      pattern,
      bucket: bucket('edit'),
      handle: onMessage((message, request) => {
        if (message.author !== world.bot) return refusal(403, 50_005, 'Cannot edit a message authored by another user');
        return edit(world, speech, message, request.body);
      }),
    },
    {
      method: 'DELETE',
      pattern,
      bucket: bucket('delete'),
      handle: onMessage((message) => {
        if (message.author !== world.bot) return refusal(403, 50_013, 'Missing Permissions');
        speech.remove(message);
        return { status: 204, about: message.id };
      }),
    },
    {
      method: 'PUT',
      pattern: `${pattern}/reactions/:emoji/@me`,
      handle: onMessage((message, { params }) => {
        speech.react(message, world.bot, params['emoji'] ?? '', true);
        return { status: 204, about: message.id };
      }),
    },
  ];
}

function withChannel(world: World, { params }: Request, use: (channel: Channel) => Answer): Answer {
  const channel = world.channels.get(params['c'] ?? '');
  if (channel === undefined) return unknownChannel();
  const hidden = channel.hidden || world.channels.get(channel.parent ?? '')?.hidden === true;
  const closed = channel.guild !== undefined && !world.member.here;
  return hidden || closed ? refusal(403, 50_001, 'Missing Access') : use(channel);
}

/** Nonces of the past few minutes, and the messages that were made under them. */
export type Nonces = {
  readonly recall: (key: string | undefined) => string | undefined;
  readonly keep: (key: string | undefined, id: string) => void;
};

export function openNonces(keptMs: number): Nonces {
  const kept = new Map<string, { id: string; at: number }>();
  return {
    recall(key) {
      const found = kept.get(key ?? '');
      return found !== undefined && Date.now() - found.at < keptMs ? found.id : undefined;
    },
    keep(key, id) {
      if (key !== undefined) kept.set(key, { id, at: Date.now() });
    },
  };
}

type Creating = { readonly channel: Channel; readonly request: Request; readonly nonces: Nonces };

function create(world: World, speech: Speech, { channel, request, nonces }: Creating): Answer {
  const parsed = creation.safeParse(request.body);
  if (!parsed.success) return invalidForm('content', 'BASE_TYPE_BAD_TYPE', 'This field is not well-formed');
  const given = parsed.data;
  const { content, flags, nonce } = given;
  const problem = problemWith(content) ?? problemWithNonce(nonce) ?? problemWithReference(world, given);
  if (problem !== undefined) return problem;
  const key = nonce === undefined ? undefined : `${channel.id}/${nonce}`;
  const existing = given.enforce_nonce ? world.messages.get(nonces.recall(key) ?? '') : undefined;
  if (existing !== undefined) return done(existing, { ...messageJson(world, existing), nonce });
  const answered = world.messages.get(given.message_reference?.message_id ?? '');
  const made = speech.post(
    { channel, content, flags, author: world.bot, replyTo: answered?.id, called: calledBy(given) },
    nonce,
  );
  nonces.keep(key, made.id);
  return done(made, { ...messageJson(world, made), nonce });
}

function problemWithReference(world: World, given: z.output<typeof creation>): Answer | undefined {
  const reference = given.message_reference;
  if (reference?.fail_if_not_exists !== true || world.messages.has(reference.message_id)) return undefined;
  return invalidForm('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}

/** Without `allowed_mentions` everybody that is named is called. */
export function calledBy({
  content = '',
  allowed_mentions,
}: {
  content?: string | undefined;
  allowed_mentions?: z.output<typeof allowed> | undefined;
}): readonly string[] {
  const kinds = allowed_mentions?.parse ?? (allowed_mentions === undefined ? ['users', 'roles', 'everyone'] : []);
  const users = kinds.includes('users') ? mentionsIn(content) : [];
  const everyone = kinds.includes('everyone') ? [...content.matchAll(/@(everyone|here)/g)].map(([found]) => found) : [];
  return [...users, ...everyone];
}

/** Changes a message of the bot's; also through an interaction's token. */
export function edit(world: World, speech: Speech, message: Message, body: unknown): Answer {
  const parsed = change.safeParse(body);
  if (!parsed.success) return invalidForm('content', 'BASE_TYPE_BAD_TYPE', 'This field is not well-formed');
  const { content, flags } = parsed.data;
  const problem = content === undefined ? undefined : problemWith(content);
  if (problem !== undefined) return problem;
  message.called = [...message.called, ...calledBy(parsed.data)];
  speech.change(message, content ?? message.content, flags);
  return done(message, messageJson(world, message));
}

export function problemWith(content: string): Answer | undefined {
  if (content.trim() === '') return refusal(400, 50_006, 'Cannot send an empty message');
  if ((content.match(/[\s\S]/gu) ?? []).length <= MOST_CHARACTERS) return undefined;
  return invalidForm('content', 'BASE_TYPE_MAX_LENGTH', `Must be ${MOST_CHARACTERS} or fewer in length.`);
}

function problemWithNonce(nonce: string | number | undefined): Answer | undefined {
  if (nonce === undefined || String(nonce).length <= MOST_NONCE) return undefined;
  return invalidForm('nonce', 'NONCE_TYPE_TOO_LONG', `Must be ${MOST_NONCE} or fewer in length.`);
}

/** Newest first, whichever edge is given (docs: Get Channel Messages). */
function list(world: World, channel: Channel, { query }: Request): Answer {
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return invalidForm('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  const [before, after] = [query.get('before'), query.get('after')];
  const all = [...world.messages.values()].filter(
    (message) =>
      message.channel === channel &&
      (before === null || BigInt(message.id) < BigInt(before)) &&
      (after === null || BigInt(message.id) > BigInt(after)),
  );
  const page = after === null ? all.slice(-limit) : all.slice(0, limit);
  return { status: 200, body: page.toReversed().map((message) => messageJson(world, message)), about: channel.id };
}
