import { createHmac, timingSafeEqual } from 'node:crypto';
import type { InboundRequest } from '../../src/model/adapter.ts';

/** Slack asks to refuse older requests (docs: Verifying requests from Slack); later ones are as wrong. */
const WINDOW_S = 5 * 60;

/**
 * Why a request is not from Slack, or undefined when it is: HMAC-SHA256 over `v0:<timestamp>:<raw body>`.
 *
 * Not Bolt's helper: that one takes the body as a string, which is not the bytes that were signed when they are no
 * well-formed UTF-8, and lets timestamps of the future pass.
 */
export function whyNotFromSlack(request: InboundRequest, signingSecret: string): string | undefined {
  const timestamp = request.headers['x-slack-request-timestamp'] ?? '';
  const signature = request.headers['x-slack-signature'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) {
    return 'x-slack-request-timestamp and x-slack-signature must be there, as Slack sends them';
  }
  const awayS = Math.abs(request.receivedAt.getTime() / 1000 - Number(timestamp));
  if (awayS > WINDOW_S) return 'x-slack-request-timestamp is more than 5 minutes away: check the clock of this machine';

  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(request.body).digest();
  if (timingSafeEqual(mac, Buffer.from(signature.slice(3), 'hex'))) return undefined;
  return 'the signature does not fit: check that SLACK_SIGNING_SECRET is this app’s';
}
