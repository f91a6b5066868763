import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, liveInteraction, messageIdOf, placeOf } from '../../../adapters/discord/address.ts';
import { botOf } from '../../../adapters/discord/bot.ts';
import { openIdentifyPace } from '../../../adapters/discord/identify-pace.ts';
import { openQueue } from '../../../adapters/discord/queue.ts';
import { openResumable } from '../../../adapters/discord/resumable.ts';
import { sessionsIn, sessionText } from '../../../adapters/discord/session.ts';
import { dateOfSnowflake, snowflakeOf } from '../../../adapters/discord/snowflake.ts';

const never = () => new AbortController().signal;

test('identifies of one shard come further and further apart', async () => {
  const pace = openIdentifyPace(10);
  const at: number[] = [];
  for (let count = 0; count < 4; count += 1) {
    await pace.waitForIdentify(0, never());
    at.push(performance.now());
  }
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  const all = gaps.join(', ');
  assert.ok((gaps[2] ?? 0) > 30 && (gaps[2] ?? 0) > (gaps[0] ?? 0), all);
});

test('another shard waits for its turn only, and one that gives up is not counted', async () => {
  const pace = openIdentifyPace(30);
  await pace.waitForIdentify(0, never());
  await assert.rejects(pace.waitForIdentify(0, AbortSignal.abort()));
  const startedAt = performance.now();
  await pace.waitForIdentify(1, never());
  const waited = performance.now() - startedAt;
  assert.ok(waited >= 25 && waited < 60, String(waited));
});

test('a session is still resumable after a broken network, not after Discord’s word, and not for ever', async () => {
  let now = 0;
  const resumable = openResumable(() => now);
  assert.equal(resumable.isStill(0), true);
  resumable.greeted(0);
  assert.equal(resumable.isStill(0), false);
  resumable.broke(0);
  assert.equal(resumable.isStill(0), true);
  resumable.greeted(0);
  resumable.closed(0);
  assert.equal(resumable.isStill(0), false);
  await Promise.resolve();
  assert.equal(resumable.isStill(0), true);
  now += 3 * 60_000;
  resumable.closed(0);
  assert.equal(resumable.isStill(0), false);
});

test('a queue gives in order, waits, and lets go when the signal goes off', async () => {
  const queue = openQueue<number>();
  const stop = new AbortController();
  const first = queue.take(stop.signal);
  queue.put(1);
  queue.put(2);
  assert.deepEqual([await first, await queue.take(stop.signal)], [1, 2]);
  const third = queue.take(stop.signal);
  stop.abort();
  assert.equal(await third, undefined);
  queue.put(3);
  assert.equal(await queue.take(stop.signal), undefined);
  assert.equal(await queue.take(never()), 3);
});

test('a session is read as it was written; what is not one is none', () => {
  const shard = { shardId: 0, shardCount: 1, sessionId: 'a', resumeURL: 'wss://x', sequence: 3 };
  const text = sessionText(new Map([[0, shard]]));
  assert.deepEqual([...sessionsIn(text)], [[0, shard]]);
  assert.equal(sessionText(new Map()), undefined);
  for (const bad of [undefined, '', '{', '[]', '{"shards":[{"shardId":0}]}', text?.replace('wss:', 'file:')]) {
    assert.equal(sessionsIn(bad).size, 0);
  }
});

test('ids tell their time, and a time its smallest id', () => {
  assert.equal(dateOfSnowflake('1457536551830421524')?.toISOString(), '2026-01-05T00:49:53.676Z');
  const at = new Date('2026-01-05T00:49:53.676Z');
  assert.equal(dateOfSnowflake(snowflakeOf(at))?.getTime(), at.getTime());
  assert.equal(snowflakeOf(new Date(0)), '0');
  assert.equal(dateOfSnowflake('DM_CHANNEL'), undefined);
});

test('an address is read as it was written, and nothing else is one', () => {
  const interaction = { id: '1457536583141163186', token: 'aW50.x-y_z' };
  const address = { channel: '1457510428359004343', message: undefined, interaction };
  const place = placeOf(undefined, address);
  assert.deepEqual(addressOf(place), address);
  for (const text of ['', '{}', '{"channel":"../x"}', '{"channel":"1457510428359004343","message":"a/b"}']) {
    assert.throws(() => addressOf({ ...place, address: text }), { code: 'invalid' });
  }
  assert.throws(() => messageIdOf('../users/@me'), { code: 'invalid' });
});

test('an interaction is answered as such for less than fifteen minutes', () => {
  const interaction = { id: '1457536583141163186', token: 't' };
  const address = { channel: '1', message: undefined, interaction };
  const madeAt = dateOfSnowflake(interaction.id)?.getTime() ?? 0;
  assert.equal(liveInteraction(address, madeAt + 14 * 60_000), interaction);
  assert.equal(liveInteraction(address, madeAt + 15 * 60_000), undefined);
});

test('the token tells the bot’s id', () => {
  const token = `${Buffer.from('1457469483726668048').toString('base64')}.G.x`;
  assert.deepEqual(botOf(token, undefined), { user: '1457469483726668048', application: '1457469483726668048' });
  assert.equal(botOf(token, '1457469483726668049').application, '1457469483726668049');
  assert.throws(() => botOf(`Bot ${token}`, undefined), /without "Bot "/);
});
