import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { exchange, openTalk, post } from './talk.ts';

test('a server that closes while a request is answered is closed as soon as it was', async () => {
  const received = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const talk = await openTalk({
    receive: async () => {
      received.resolve();
      await finish.promise;
      return { status: 200, headers: {}, body: 'taken' };
    },
  });
  const agent = new Agent({ keepAlive: true });
  const answered = new Promise<number | undefined>((resolve) => {
    const sent = request(`${talk.url}/hooks/web`, { method: 'POST', agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    sent.end('{}');
  });
  await received.promise;
  const startedAt = performance.now();
  const closed = talk[Symbol.asyncDispose]();
  finish.resolve();
  assert.equal(await answered, 200);
  await closed;
  assert.ok(performance.now() - startedAt < 2_000, 'the connection was kept for a next request');
  agent.destroy();
});

test('a request that hangs while it is received keeps no server from closing: its connection is cut', async () => {
  const received = Promise.withResolvers<void>();
  const talk = await openTalk({
    limits: { closeMs: 60 },
    // As an adapter that fetches signing keys from a host that says nothing.
    receive: () => {
      received.resolve();
      return new Promise(() => {});
    },
  });
  const answer = exchange(talk.port, post('{}'));
  await received.promise;
  const startedAt = performance.now();
  await talk[Symbol.asyncDispose]();
  const lastedMs = performance.now() - startedAt;
  assert.ok(lastedMs > 50 && lastedMs < 1_000, `closed after ${lastedMs} ms`);
  assert.equal(await answer, '');
});
