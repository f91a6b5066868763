import { createHmac, randomBytes } from 'node:crypto';
import type { Adapter } from '../../src/model/adapter.ts';
import { PATH } from './path.ts';

/** A signed `url_verification`, as Slack sends it when an address is entered: answered with its challenge. */
export function openProbe(signingSecret: string): NonNullable<Adapter['probe']> {
  return () => {
    const challenge = randomBytes(24).toString('base64url');
    const body = Buffer.from(JSON.stringify({ type: 'url_verification', challenge }));
    const receivedAt = new Date();
    const timestamp = String(Math.floor(receivedAt.getTime() / 1000));
    const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest('hex');
    const signed = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
    return {
      method: 'POST',
      url: PATH,
      headers: { 'content-type': 'application/json', ...signed },
      body,
      receivedAt,
    };
  };
}
