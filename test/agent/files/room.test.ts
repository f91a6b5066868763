import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { openRoom } from '../../../src/agent/files/room.ts';

const never = new AbortController().signal;

test('who finds no room waits for it, in the order of asking', async () => {
  const room = openRoom(10);
  const first = await room.take(8, never);
  const entered: string[] = [];
  const large = room.take(5, never).then((held) => (entered.push('large'), held));
  const small = room.take(1, never).then((held) => (entered.push('small'), held));
  await turn();
  assert.deepEqual(entered, []);
  first?.shrink(5);
  await large;
  assert.deepEqual(entered, ['large']);
  first?.[Symbol.dispose]();
  await small;
  assert.deepEqual(entered, ['large', 'small']);
});

test('what is given back twice counts once', async () => {
  const room = openRoom(10);
  const first = await room.take(6, never);
  first?.shrink(2);
  first?.shrink(4);
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  await room.take(10, never);
  let entered = false;
  void room.take(1, never).then(() => (entered = true));
  await turn();
  assert.equal(entered, false);
});

test('who leaves the line lets the next one in, and more than all there is is all there is', async () => {
  const room = openRoom(10);
  const first = await room.take(5, never);
  const controller = new AbortController();
  const impatient = room.take(50, controller.signal);
  const next = room.take(5, never);
  controller.abort();
  assert.equal(await impatient, undefined);
  assert.ok(await next);
  assert.equal(await room.take(1, AbortSignal.abort()), undefined);
  first?.[Symbol.dispose]();
});
