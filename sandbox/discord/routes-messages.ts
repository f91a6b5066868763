import type { InChannel, OnMessage } from './in-channel.ts';
import { withChannel } from './in-channel.ts';
import { readChange, readCreation } from './message-body.ts';
import type { Creation } from './message-body.ts';
import { reactionRoutes } from './routes-reactions.ts';
import type { Answer, Bucket, Request, Route } from './route.ts';
import { done, invalidForm, refusal, unknownMessage } from './route.ts';
import { messageJson } from './shapes.ts';
import type { Speech } from './speech.ts';
import type { Channel, Message, World } from './world.ts';
import { CHANNEL_TYPE } from './world.ts';

const MOST_NONCE = 25;

/** Five in five seconds per channel: what the headers of these routes say. */
const bucket = (name: string): Bucket => ({ name, calls: 5, perMs: 5_000 });

/** How often a message may still be changed once it is so old. */
export type OldEdits = { readonly afterMs: number; readonly most: number };

type Rules = { readonly nonces: Nonces; readonly oldEdits: OldEdits };

/** Messages of channels: write, read, change, take away; and what hangs on them. */
export function messageRoutes(world: World, speech: Speech, { nonces, oldEdits }: Rules): readonly Route[] {
  const inChannel: InChannel = (use) => (request) => withChannel(world, request, (channel) => use(channel, request));
  const onMessage: OnMessage = (use) =>
    inChannel((channel, request) => {
      const message = world.messages.get(request.params['m'] ?? '');
      // What one person sees alone is in no channel.
      const there = message?.channel === channel && message.seenBy === undefined;
      return there ? use(message, request) : unknownMessage();
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
    ...oneMessageRoutes(world, speech, { onMessage, oldEdits }),
  ];
}

const MESSAGES = '/channels/:c/messages';

function oneMessageRoutes(
  world: World,
  speech: Speech,
  { onMessage, oldEdits }: { readonly onMessage: OnMessage; readonly oldEdits: OldEdits },
): readonly Route[] {
  const pattern = `${MESSAGES}/:m`;
  return [
    { method: 'GET', pattern, handle: onMessage((message) => done(message, messageJson(world, message))) },
    {
      method: 'PATCH',
      pattern,
      bucket: bucket('edit'),
      handle: onMessage((message, request) => {
        if (message.author !== world.bot) return refusal(403, 50_005, 'Cannot edit a message authored by another user');
        const isOld = Date.now() - message.createdAt.getTime() > oldEdits.afterMs;
        // discord/discord-api-docs#4413: a 429 with a number of its own.
        if (isOld && message.edits >= oldEdits.most)
          return refusal(429, 30_046, 'Maximum number of edits to messages older than 1 hour reached. Try again later');
        return edit(world, speech, message, request);
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
    ...reactionRoutes(world, speech, onMessage),
  ];
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
  if (channel.type === CHANNEL_TYPE.forum) return refusal(400, 50_008, 'Cannot send messages in a non-text channel');
  const said = readCreation(world, request);
  if (said.problem !== undefined) return said.problem;
  const { given, parts } = said;
  const problem = problemWithNonce(given.nonce) ?? problemWithReference(world, given);
  if (problem !== undefined) return problem;
  const { nonce, flags } = given;
  const key = nonce === undefined ? undefined : `${channel.id}/${nonce}`;
  const existing = given.enforce_nonce ? world.messages.get(nonces.recall(key) ?? '') : undefined;
  if (existing !== undefined) return done(existing, { ...messageJson(world, existing), nonce });
  const answered = world.messages.get(given.message_reference?.message_id ?? '');
  const made = speech.post({ channel, flags, author: world.bot, replyTo: answered?.id, ...parts }, nonce);
  nonces.keep(key, made.id);
  return done(made, { ...messageJson(world, made), nonce });
}

function problemWithReference(world: World, given: Creation): Answer | undefined {
  const reference = given.message_reference;
  if (reference?.fail_if_not_exists !== true || world.messages.has(reference.message_id)) return undefined;
  return invalidForm('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}

/** Changes a message of the bot's; also through an interaction's token. */
export function edit(world: World, speech: Speech, message: Message, request: Pick<Request, 'body' | 'files'>): Answer {
  const changed = readChange(world, message, request);
  if (changed.problem !== undefined) return changed.problem;
  const { called, ...changes } = changed.parts;
  message.called = called;
  speech.change(message, { ...changes, flags: changed.flags });
  return done(message, messageJson(world, message));
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
      message.seenBy === undefined &&
      (before === null || BigInt(message.id) < BigInt(before)) &&
      (after === null || BigInt(message.id) > BigInt(after)),
  );
  const page = after === null ? all.slice(-limit) : all.slice(0, limit);
  return { status: 200, body: page.toReversed().map((message) => messageJson(world, message)), about: channel.id };
}
