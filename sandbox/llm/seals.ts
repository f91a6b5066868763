import { createHmac, timingSafeEqual } from 'node:crypto';

/** Thoughts go out sealed and come back to be opened; only the model that had them can. */
export function sealOf(model: string, thoughts: string): string {
  const body = Buffer.from(JSON.stringify({ model, thoughts })).toString('base64url');
  return `${body}.${macOf(body)}`;
}

/** What a model sealed; undefined: it is not its own, or was changed. */
export function unsealed(model: string, seal: string): string | undefined {
  const [body = '', mac = ''] = seal.split('.');
  const expected = Buffer.from(macOf(body));
  const given = Buffer.from(mac);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const read: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  const own = typeof read === 'object' && read !== null && 'model' in read && read.model === model;
  return own && 'thoughts' in read && typeof read.thoughts === 'string' ? read.thoughts : undefined;
}

const macOf = (body: string): string => createHmac('sha256', 'stand-in').update(body).digest('base64url');
