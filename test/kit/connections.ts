import pino from 'pino';
import type { Connections } from '../../src/connect/connections.ts';
import type { Database } from '../../src/db/database.ts';
import { openKeyRing } from '../../src/vault/keys.ts';

/** Keys that every test may open. */
export const testKeys = () => openKeyRing(Buffer.alloc(32, 7).toString('base64'), '');

/** No platform to connect, unless a test names some. */
export const paperConnections = (db: Database, more: Partial<Connections> = {}): Connections => ({
  db,
  log: pino({ level: 'silent' }),
  keys: testKeys,
  apps: { connected: () => undefined, problemOf: () => undefined, refresh: () => Promise.resolve() },
  listings: [],
  settingsOf: () => ({}),
  fixedCredentials: () => undefined,
  url: () => 'http://127.0.0.1:3000',
  name: 'Switchboard',
  ...more,
});
