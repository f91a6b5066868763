import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openGlobalPace } from '../../../adapters/discord/global-pace.ts';

const never = () => new AbortController().signal;

/** Settled by now, without waiting. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
}

test('fifty calls a second go at once, the next waits for its turn and not longer', async () => {
  let now = Date.now();
  const frozen = openGlobalPace(() => now);
  for (let count = 0; count < 50; count += 1) assert.ok(await isSettled(frozen.ready('POST /x', never())));
  now += 950;
  const late = frozen.ready('POST /x', never());
  assert.equal(await isSettled(late), false);
  await late;
});

test('a call that is not worth waiting for takes no turn', async () => {
  const pace = openGlobalPace(() => 0);
  for (let count = 0; count < 50; count += 1) await pace.ready('POST /x', never());
  for (let count = 0; count < 9; count += 1) {
    await assert.rejects(pace.ready('POST /typing', never(), 0), { code: 'rate-limited', retryInMs: 1000 });
  }
});

test('after a second all fifty are free again', async () => {
  let now = 0;
  const pace = openGlobalPace(() => now);
  for (let count = 0; count < 150; count += 1) {
    if (count % 50 === 0) now += 1000;
    assert.ok(await isSettled(pace.ready('POST /x', never())));
  }
});

test('whose turn is more than ten seconds away is told so; who gives up is let go', async () => {
  const pace = openGlobalPace(() => 0);
  const stop = new AbortController();
  const waiting = Array.from({ length: 550 }, () => pace.ready('POST /x', stop.signal));
  await assert.rejects(pace.ready('POST /x', stop.signal), { code: 'rate-limited', retryInMs: 11_000 });
  stop.abort();
  const results = await Promise.allSettled(waiting);
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 50);
  assert.ok(results.every((result) => result.status === 'fulfilled' || result.reason.code === 'aborted'));
});
