import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pino from 'pino';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { openSockets } from '../../src/intake/sockets.ts';
import { Failure } from '../../src/model/failure.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openTestDatabase } from '../kit/database.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

test('events that cannot be committed while the gateway is given up do not end the process', async () => {
  await using database = await openTestDatabase();
  const paper = openPaperPlatform();
  const tries: number[] = [];
  const adapter = {
    ...paper.adapter,
    async *listen(_session: string | undefined, signal: AbortSignal) {
      yield { delivery: paperDelivery(paperMessage('hello')), session: 's' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      // The socket takes a moment to close; what fails meanwhile has nobody yet who waits for it.
      await sleep(700);
    },
  };
  const sockets = openSockets({
    db: database.db,
    accept: async () => {
      tries.push(Date.now());
      throw new Failure('unavailable', 'the database is away');
    },
    apps: [{ organization: DEFAULT_ORGANIZATION, app: environmentApp('web'), listing: paper.listing, adapter }],
    log: pino({ level: 'silent' }),
    metrics: openMetrics(),
  });
  for (const until = Date.now() + 5_000; tries.length === 0; await sleep(10)) assert.ok(Date.now() < until);
  await sockets[Symbol.asyncDispose]();
  assert.ok(tries.length > 0);
});
