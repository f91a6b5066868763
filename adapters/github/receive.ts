import { createHmac, timingSafeEqual } from 'node:crypto';
import { accept, refuse } from '../kit/response.ts';
import type { InboundRequest, Received } from '../../src/model/adapter.ts';
import type { Bot } from './message.ts';
import { isProbe } from './probe.ts';
import { read } from './read.ts';

/** GitHub's GUID of a delivery; a redelivery carries the same one. */
const DELIVERY = /^[\w-]{1,200}$/;
const EVENT = /^[a-z_0-9]{1,100}$/;

/**
 * A webhook delivery as GitHub sends it: `X-Hub-Signature-256` over the raw bytes, JSON only. GitHub signs no time, so
 * nothing here refuses a replay: the caller's durable uniqueness of the delivery's id does.
 */
export function receive(request: InboundRequest, webhookSecret: string, bot: Bot): Received {
  if (request.method !== 'POST') return refuse(405, 'send the webhook with POST');
  const { headers } = request;
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    return refuse(415, "set the webhook's content type to application/json in the GitHub App's settings");
  }
  const signature = headers['x-hub-signature-256'];
  if (signature === undefined) {
    return refuse(401, "no X-Hub-Signature-256: set a webhook secret in the GitHub App's settings");
  }
  if (!isGenuine(request.body, signature, webhookSecret)) {
    return refuse(401, 'X-Hub-Signature-256 does not fit: WEBHOOK_SECRET must be the secret in the GitHub App');
  }
  return readDelivery(request, bot);
}

function readDelivery(request: InboundRequest, bot: Bot): Received {
  const { headers, body } = request;
  const id = headers['x-github-delivery'];
  const name = headers['x-github-event'];
  if (id === undefined || !DELIVERY.test(id)) return refuse(400, 'X-GitHub-Delivery must be the GUID of the delivery');
  if (name === undefined || !EVENT.test(name)) return refuse(400, 'X-GitHub-Event must name the event');
  const payload = parse(body);
  if (payload === undefined) return refuse(400, 'the body must be a JSON object in UTF-8');
  if (isProbe(payload)) return accept(undefined, { probe: id });
  return accept({ id, raw: body, events: [read(name, payload, bot)] });
}

function isGenuine(body: Uint8Array, signature: string, webhookSecret: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parse(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
