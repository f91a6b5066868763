import { createHmac } from 'node:crypto';
import type { Adapter, InboundRequest, Received } from '../../../src/model/adapter.ts';
import { openSlack } from '../../../adapters/slack/index.ts';

export const SECRET = 'a-signing-secret';
export const NOW = new Date('2026-11-20T12:00:00Z');
export const never = new AbortController().signal;

export function openAdapter(more: Record<string, string> = {}): Promise<Adapter> {
  return openSlack({ SLACK_SIGNING_SECRET: SECRET, SLACK_BOT_TOKEN: 'xoxb-test', ...more }, never);
}

/** A request as Slack signs it, unless told otherwise. */
export function signed(
  body: string | Uint8Array,
  options: { secret?: string; awayS?: number; form?: boolean; headers?: Record<string, string | undefined> } = {},
): InboundRequest {
  const bytes = Buffer.from(body);
  const timestamp = String(Math.floor(NOW.getTime() / 1000) + (options.awayS ?? 0));
  const mac = createHmac('sha256', options.secret ?? SECRET)
    .update(`v0:${timestamp}:`)
    .update(bytes)
    .digest('hex');
  return {
    method: 'POST',
    url: '/slack/events',
    headers: {
      'content-type': options.form === true ? 'application/x-www-form-urlencoded' : 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
      ...options.headers,
    },
    body: bytes,
    receivedAt: NOW,
  };
}

export async function receive(adapter: Adapter, request: InboundRequest): Promise<Received> {
  if (adapter.receive === undefined) throw new Error('the adapter receives nothing');
  return adapter.receive(request);
}

/** An Events API body around an event. */
export function envelope(event: object, more: object = {}): object {
  return {
    token: 'v',
    team_id: 'T1',
    api_app_id: 'A1',
    type: 'event_callback',
    event_id: 'Ev1',
    event_time: 1_700_000_000,
    authorizations: [
      { enterprise_id: null, team_id: 'T1', user_id: 'UBOT', is_bot: true, is_enterprise_install: false },
    ],
    event,
    ...more,
  };
}
