import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { Delivered, Hub } from './hub.ts';
import { deliver } from './hub.ts';
import type { Answer, Request, Route } from './route.ts';
import { done, refusal, unknownMessage } from './route.ts';
import { calledBy, creation, edit, problemWith } from './routes-messages.ts';
import { channelJson, memberJson, messageJson, userJson } from './shapes.ts';
import type { Json } from './shapes.ts';
import type { Speech } from './speech.ts';
import type { Channel, Message, User, World } from './world.ts';

/** Docs, "Message Flags": an answer was announced and not given yet. */
const LOADING = 128;
/** Docs, "Interactions": the token of one is valid for 15 minutes. */
const TOKEN_LIVES_MS = 15 * 60_000;

type Interaction = {
  readonly id: string;
  readonly token: string;
  readonly channel: Channel;
  readonly user: User;
  endsAt: number;
  /** What it was answered with first (a callback type); undefined: nothing yet. */
  answered: number | undefined;
  original: Message | undefined;
};

export type Interactions = {
  readonly publicKey: string;
  readonly routes: readonly Route[];
  /** Sends it signed to the hub, or over the gateway when no endpoint is set. */
  readonly send: (given: Sending) => Promise<Sent>;
  /** No token given so far is taken any more. */
  readonly expire: () => void;
  /** Signs any body, as Discord does. */
  readonly signed: (body: string, at?: Date) => Readonly<Record<string, string>>;
};

export type Sending = { readonly type: number; readonly channel: Channel; readonly user: User; readonly data: Json };
export type Sent = Delivered & { readonly id: string; readonly original: string | undefined };

export function openInteractions(world: World, speech: Speech, hub: () => Hub | undefined): Interactions {
  const keys = generateKeyPairSync('ed25519');
  const known = new Map<string, Interaction>();
  const signed = (body: string, at = new Date()): Readonly<Record<string, string>> => {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const signature = sign(null, Buffer.from(timestamp + body), keys.privateKey).toString('hex');
    return { 'content-type': 'application/json', 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp };
  };
  return {
    publicKey: Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex'),
    routes: routesOf(world, speech, known),
    signed,
    expire: () => known.forEach((interaction) => void (interaction.endsAt = 0)),
    async send({ type, channel, user, data }) {
      const interaction: Interaction = {
        id: world.nextId(),
        token: `aW50${randomBytes(96).toString('hex')}`,
        channel,
        user,
        endsAt: Date.now() + TOKEN_LIVES_MS,
        answered: undefined,
        original: undefined,
      };
      known.set(interaction.token, interaction);
      const body = { ...interactionJson(world, interaction), type, data };
      const endpoint = hub();
      if (endpoint === undefined) {
        speech.interaction(body);
        return { id: interaction.id, status: undefined, inMs: undefined, original: undefined };
      }
      const text = JSON.stringify(body);
      const delivered = await deliver(endpoint, text, signed(text));
      takeCallback(world, speech, interaction, delivered.answer);
      return { ...delivered, id: interaction.id, original: interaction.original?.id };
    },
  };
}

function interactionJson(world: World, { id, token, channel, user }: Interaction): Json {
  const who =
    channel.guild === undefined
      ? { user: userJson(user) }
      : { guild_id: channel.guild, member: { ...memberJson(world, user), user: userJson(user), permissions: '0' } };
  return {
    id,
    application_id: world.bot.id,
    token,
    version: 1,
    channel_id: channel.id,
    channel: channelJson(channel),
    locale: 'en-US',
    context: channel.guild === undefined ? 1 : 0,
    authorizing_integration_owners: { '0': channel.guild ?? '0' },
    entitlements: [],
    ...who,
  };
}

/** Docs, "Interaction Callback Type": 4 is a message, 5 announces one, 6 announces a change of the clicked message. */
function takeCallback(world: World, speech: Speech, interaction: Interaction, answer: Json | undefined): boolean {
  const type = Number(answer?.['type']);
  if (interaction.answered !== undefined || !Number.isInteger(type)) return false;
  interaction.answered = type;
  const { channel, id } = interaction;
  if (type === 5) {
    const waiting = { channel, author: world.bot, content: '', interaction: id, flags: LOADING };
    interaction.original = speech.post(waiting);
  }
  if (type === 4) {
    const given = creation.safeParse(answer?.['data']).data;
    // Ephemeral answers (64) are shown to one person alone and are no message of the channel.
    if (given !== undefined && (given.flags & 64) === 0) {
      interaction.original = speech.post({ channel, author: world.bot, content: given.content, interaction: id });
    }
  }
  return true;
}

type Alive = (use: (interaction: Interaction, request: Request) => Answer) => Route['handle'];

function routesOf(world: World, speech: Speech, known: Map<string, Interaction>): readonly Route[] {
  const alive: Alive = (use) => (request) => {
    const interaction = known.get(request.params['token'] ?? '');
    if (interaction?.answered === undefined || request.params['app'] !== world.bot.id) {
      return refusal(404, 10_015, 'Unknown Webhook');
    }
    if (interaction.endsAt < Date.now()) return refusal(401, 50_027, 'Invalid Webhook Token');
    return use(interaction, request);
  };
  return [
    {
      method: 'POST',
      pattern: '/interactions/:i/:token/callback',
      open: true,
      handle({ params, body }) {
        const interaction = known.get(params['token'] ?? '');
        if (interaction === undefined || interaction.id !== params['i']) {
          return refusal(404, 10_062, 'Unknown interaction');
        }
        const answer = typeof body === 'object' && body !== null ? { ...body } : undefined;
        if (takeCallback(world, speech, interaction, answer)) return { status: 204, about: interaction.id };
        return refusal(400, 40_060, 'Interaction has already been acknowledged.');
      },
    },
    {
      method: 'POST',
      pattern: '/webhooks/:app/:token',
      open: true,
      handle: alive((interaction, { body }) => followUp(world, speech, interaction, body)),
    },
    ...answerRoutes(world, speech, alive),
  ];
}

/** The messages that answer an interaction, the first of them as `@original`. */
function answerRoutes(world: World, speech: Speech, alive: Alive): readonly Route[] {
  const shared = { pattern: '/webhooks/:app/:token/messages/:m', open: true };
  const onMessage = (use: (message: Message, request: Request) => Answer): Route['handle'] =>
    alive((interaction, request) => {
      const named = request.params['m'] ?? '';
      const message = named === '@original' ? interaction.original : world.messages.get(named);
      const exists = message?.interaction === interaction.id && world.messages.has(message.id);
      return exists ? use(message, request) : unknownMessage();
    });
  return [
    { ...shared, method: 'GET', handle: onMessage((message) => done(message, messageJson(world, message))) },
    {
      ...shared,
      method: 'PATCH',
      handle: onMessage((message, { body }) => {
        const answer = edit(world, speech, message, body);
        if (answer.status < 400) message.flags &= ~LOADING;
        return answer.status < 400 ? done(message, messageJson(world, message)) : answer;
      }),
    },
    {
      ...shared,
      method: 'DELETE',
      handle: onMessage((message) => {
        speech.remove(message);
        return { status: 204, about: message.id };
      }),
    },
  ];
}

/** A further message. No nonce counts here: sent twice, it is there twice. */
function followUp(world: World, speech: Speech, { channel, id }: Interaction, body: unknown): Answer {
  const given = creation.safeParse(body).data;
  const problem = given === undefined ? refusal(400, 50_035, 'Invalid Form Body') : problemWith(given.content);
  if (given === undefined || problem !== undefined) return problem ?? refusal(400, 50_035, 'Invalid Form Body');
  const { content, flags } = given;
  const made = speech.post({ channel, author: world.bot, content, flags, interaction: id, called: calledBy(given) });
  return done(made, messageJson(world, made));
}
