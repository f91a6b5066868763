import { createHmac, randomUUID } from 'node:crypto';
import type { Adapter } from '../../src/model/adapter.ts';
import { PATH } from './path.ts';

/** Stands in our pings and in none of GitHub's. */
const MARK = 'switchboard_probe';

/** Whether it is us who ask: nothing to keep. What is asked here was signed with the secret. */
export const isProbe = (payload: object): boolean => MARK in payload;

/** A signed ping, as GitHub sends one to a new webhook; answered with its own id, so that the asker knows who is there. */
export function openProbe(webhookSecret: string): NonNullable<Adapter['probe']> {
  return () => {
    const body = Buffer.from(JSON.stringify({ zen: 'Is this hub within reach?', [MARK]: true }));
    return {
      method: 'POST',
      url: PATH,
      headers: {
        'content-type': 'application/json',
        'x-github-delivery': randomUUID(),
        'x-github-event': 'ping',
        'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
      },
      body,
      receivedAt: new Date(),
    };
  };
}
