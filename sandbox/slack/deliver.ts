import { createHmac } from 'node:crypto';
import { openDeliveries as openKitDeliveries } from '../kit/deliver.ts';
import type { Answered, Deliveries as KitDeliveries } from '../kit/deliver.ts';

/** `id` is the event's, or what a form was about. */
export type Delivery = { readonly id: string; readonly type: string; readonly body: string; readonly form?: boolean };

export type Deliveries = KitDeliveries<Delivery>;

/** docs: Events API, "Retries": at once, after a minute, after five; an answer has to come within three seconds. */
export const RETRIES_MS: readonly number[] = [0, 60_000, 300_000];
const ACKNOWLEDGE_WITHIN_MS = 3000;

export function openDeliveries(
  signingSecret: string,
  retriesMs: readonly number[],
  path = '/slack/events',
): Deliveries {
  return openKitDeliveries<Delivery>({
    path,
    answerWithinMs: ACKNOWLEDGE_WITHIN_MS,
    retriesMs,
    write: ({ body, form }, retry, before) => ({
      body,
      headers: {
        'content-type': form === true ? 'application/x-www-form-urlencoded' : 'application/json',
        ...sign(body, signingSecret),
        ...(before && { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': reasonOf(before) }),
      },
    }),
    isOver: (answered) => isTaken(answered) || answered.headers['x-slack-no-retry'] === '1',
  });
}

const isTaken = ({ status }: Answered): boolean => status !== undefined && status >= 200 && status < 300;

function reasonOf({ status, late }: Answered): string {
  if (status !== undefined) return 'http_error';
  return late ? 'http_timeout' : 'connection_failed';
}

/** docs: Verifying requests from Slack. */
export function sign(body: string, signingSecret: string, at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
}
