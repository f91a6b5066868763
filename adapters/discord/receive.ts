import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { InboundRequest, Received } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { accept, refuse } from '../kit/response.ts';
import type { Bot } from './bot.ts';
import { interaction } from './payload.ts';
import { readInteraction } from './read-interaction.ts';
import { renderForm } from './render-form.ts';

/**
 * Discord states no window for the signed time. Ours is the life of an interaction's token: what is older could not be
 * answered any more. Within it the caller's durable uniqueness of the interaction's id refuses a replay.
 */
const WINDOW_MS = 15 * 60_000;

/**
 * The interactions endpoint: Ed25519 over the time and the raw bytes. Discord sends wrong signatures on purpose, and takes
 * the endpoint away when one is answered with anything but 401.
 */
export function receive(request: InboundRequest, publicKey: KeyObject | undefined, bot: Bot): Received {
  if (request.method !== 'POST') return refuse(405, 'Discord sends POST requests only');
  if (publicKey === undefined) {
    return refuse(401, 'set DISCORD_PUBLIC_KEY to the public key under General Information to receive interactions');
  }
  const reason = whyNotFromDiscord(request, publicKey);
  if (reason !== undefined) return refuse(401, reason);
  const parsed = interaction.safeParse(parseJson(request.body));
  if (!parsed.success) return refuse(400, 'the body is no interaction: it needs an id and a type, as JSON in UTF-8');
  const { response, event, click } = readInteraction(parsed.data, bot);
  if (event === undefined) return accept(undefined, response);
  const received = accept({ id: `i:${parsed.data.id}`, raw: request.body, events: [event] }, response);
  return click === undefined ? received : { ...received, click: clickOf(click.action) };
}

/** A form is shown by the answer itself: nobody is called. */
const clickOf = (action: string): NonNullable<Received['click']> => ({
  action,
  open: (form) => Promise.resolve(accept(undefined, renderForm(form, action)).response),
});

/** @throws Failure `invalid` */
export function publicKeyOf(hex: string): KeyObject {
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new Failure('invalid', 'DISCORD_PUBLIC_KEY must be the 64 hexadecimal digits under General Information');
  }
  const x = Buffer.from(hex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

function whyNotFromDiscord({ headers, body, receivedAt }: InboundRequest, key: KeyObject): string | undefined {
  const signature = headers['x-signature-ed25519'];
  const timestamp = headers['x-signature-timestamp'];
  if (signature === undefined || timestamp === undefined) {
    return 'X-Signature-Ed25519 and X-Signature-Timestamp are missing: this endpoint is for Discord';
  }
  if (!/^[0-9a-f]{128}$/.test(signature) || !/^\d{1,12}$/.test(timestamp)) return 'the signature is not well-formed';
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  if (!verify(null, signed, key, Buffer.from(signature, 'hex'))) {
    return 'X-Signature-Ed25519 does not fit: DISCORD_PUBLIC_KEY must be the one under General Information';
  }
  const off = Math.abs(receivedAt.getTime() - Number(timestamp) * 1000);
  return off > WINDOW_MS ? 'X-Signature-Timestamp is more than 15 minutes off: check the clock' : undefined;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
