import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { Ledger } from '../kit/ledger.ts';
import type { Delivered, Hub } from './hub.ts';
import { deliver } from './hub.ts';
import { takeCallback } from './callbacks.ts';
import type { Desk, Interaction, OpenForm } from './desk.ts';
import { interactionRoutes } from './routes-interactions.ts';
import type { Route } from './route.ts';
import { channelJson, memberJson, messageJson, userJson } from './shapes.ts';
import type { Json } from './shapes.ts';
import type { Speech } from './speech.ts';
import type { Channel, Message, User, World } from './world.ts';

/** Docs, "Interactions": the token of one is valid for 15 minutes. */
const TOKEN_LIVES_MS = 15 * 60_000;

export type Interactions = {
  readonly publicKey: string;
  readonly routes: readonly Route[];
  /** Sends it signed to the hub, or over the gateway when no endpoint is set. */
  readonly send: (given: Sending) => Promise<Sent>;
  readonly forms: Map<string, OpenForm>;
  /** No token given so far is taken any more. */
  readonly expire: () => void;
  /** Signs any body, as Discord does. */
  readonly signed: (body: string, at?: Date) => Readonly<Record<string, string>>;
};

export type Sending = {
  readonly type: number;
  readonly channel: Channel;
  readonly user: User;
  readonly data: Json;
  readonly message?: Message | undefined;
};
export type Sent = Delivered & {
  readonly id: string;
  readonly original: string | undefined;
  /** The answer was none that Discord takes: the person reads that it failed. */
  readonly failed: boolean;
};

type Around = { readonly ledger: Ledger; readonly hub: () => Hub | undefined };

export function openInteractions(world: World, speech: Speech, { ledger, hub }: Around): Interactions {
  const keys = generateKeyPairSync('ed25519');
  const desk: Desk = { world, speech, known: new Map(), forms: new Map() };
  const signed = (body: string, at = new Date()): Readonly<Record<string, string>> => {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const signature = sign(null, Buffer.from(timestamp + body), keys.privateKey).toString('hex');
    return { 'content-type': 'application/json', 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp };
  };
  return {
    publicKey: Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex'),
    routes: interactionRoutes(desk),
    forms: desk.forms,
    signed,
    expire: () => desk.known.forEach((interaction) => void (interaction.endsAt = 0)),
    async send(sending) {
      const interaction = begin(world, sending);
      desk.known.set(interaction.token, interaction);
      const { id } = interaction;
      const body = { ...interactionJson(world, interaction), data: sending.data };
      const endpoint = hub();
      if (endpoint === undefined) {
        speech.interaction(body);
        return { id, status: undefined, inMs: undefined, original: undefined, failed: false };
      }
      const text = JSON.stringify(body);
      const delivered = await deliver(endpoint, text, signed(text));
      const problem = takeCallback(desk, interaction, delivered.answer);
      const status = problem?.status ?? delivered.status ?? 0;
      ledger.write({ call: 'INTERACTION ANSWER', performed: problem === undefined, status, about: id });
      return { ...delivered, id, original: interaction.original?.id, failed: problem !== undefined };
    },
  };
}

function begin(world: World, { type, channel, user, message }: Sending): Interaction {
  return {
    id: world.nextId(),
    type,
    token: `aW50${randomBytes(96).toString('hex')}`,
    channel,
    user,
    message,
    endsAt: Date.now() + TOKEN_LIVES_MS,
    answered: undefined,
    original: undefined,
  };
}

function interactionJson(world: World, { id, type, token, channel, user, message }: Interaction): Json {
  const who =
    channel.guild === undefined
      ? { user: userJson(user) }
      : { guild_id: channel.guild, member: { ...memberJson(world, user), user: userJson(user), permissions: '0' } };
  return {
    id,
    type,
    application_id: world.bot.id,
    token,
    version: 1,
    channel_id: channel.id,
    channel: channelJson(channel),
    locale: 'en-US',
    context: channel.guild === undefined ? 1 : 0,
    authorizing_integration_owners: { '0': channel.guild ?? '0' },
    attachment_size_limit: 10_485_760,
    entitlements: [],
    ...(message && { message: messageJson(world, message) }),
    ...who,
  };
}
