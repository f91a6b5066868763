import { createHmac } from 'node:crypto';
import type { InboundRequest } from '../../../src/model/adapter.ts';
import type { Event } from '../../../src/model/event.ts';
import type { Bot } from '../../../adapters/github/message.ts';
import { receive } from '../../../adapters/github/receive.ts';

export const SECRET = 'It5-a-Secret-0f-Webhooks';
export const BOT: Bot = { appId: 77, slug: 'hubby', webUrl: 'https://github.com' };

/** A delivery as GitHub signs it; `headers` with undefined take one away. */
export function signed(
  event: string,
  payload: object | string | Buffer,
  headers: Record<string, string | undefined> = {},
): InboundRequest {
  const body = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return {
    method: 'POST',
    url: '/api/github/webhooks',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
      ...headers,
    },
    body,
    receivedAt: new Date(),
  };
}

/** The one event of a validly signed delivery. */
export function eventOf(event: string, payload: object): Event {
  const { response, delivery } = receive(signed(event, payload), SECRET, BOT);
  const [first] = delivery?.events ?? [];
  if (response.status !== 200 || first === undefined) throw new Error(`${response.status} ${response.body}`);
  return first;
}

const ADA = { login: 'ada', id: 5, type: 'User' };

const shared = {
  installation: { id: 42 },
  repository: { name: 'greeter', full_name: 'acme/greeter', owner: { login: 'acme', id: 9 } },
  sender: ADA,
};

type Fields = Record<string, unknown>;

export const issueComment = (action: string, comment: Fields = {}) => ({
  ...shared,
  action,
  issue: { number: 3, title: 'It breaks' },
  comment: {
    id: 100,
    user: ADA,
    body: '@hubby why?',
    created_at: '2026-11-20T10:00:00Z',
    updated_at: '2026-11-20T10:00:00Z',
    ...comment,
  },
});

export const reviewComment = (action: string, comment: Fields = {}) => ({
  ...shared,
  action,
  pull_request: { number: 4 },
  comment: {
    ...issueComment(action).comment,
    id: 200,
    path: 'src/greet.js',
    line: 7,
    start_line: 5,
    side: 'RIGHT',
    commit_id: 'c0ffee',
    diff_hunk: '@@ -1 +1 @@\n-a\n+b',
    ...comment,
  },
});

export const review = (action: string, fields: Fields = {}) => ({
  ...shared,
  action,
  pull_request: { number: 4 },
  review: {
    id: 300,
    user: ADA,
    body: '@hubby and?',
    state: 'commented',
    submitted_at: '2026-11-20T10:00:00Z',
    ...fields,
  },
});

export const issue = (action: string, fields: Fields = {}) => ({
  ...shared,
  action,
  issue: {
    number: 3,
    title: 'It breaks',
    body: '@hubby can you look?',
    user: ADA,
    created_at: '2026-11-20T10:00:00Z',
    updated_at: '2026-11-20T10:00:00Z',
    ...fields,
  },
});

export const installation = (action: string) => ({
  action,
  installation: { id: 42, account: { login: 'acme', id: 9 } },
  sender: ADA,
});
