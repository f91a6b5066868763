import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openClient } from '../../../adapters/github/client.ts';
import { openMissed } from '../../../adapters/github/missed.ts';
import { privateKeyOf } from '../../../adapters/github/private-key.ts';
import { openListener } from '../../kit/listen.ts';
import { openHub, soon } from './hub.ts';
import type { Hub } from './hub.ts';

const MINUTE_MS = 60_000;

/** The adapter's own `missed`, at another time of the day. */
function missedAt({ github }: Hub, minutes: () => number) {
  const { APP_ID: appId = '', PRIVATE_KEY = '', GITHUB_API_URL: apiUrl = '' } = github.environment;
  const client = openClient({ appId, privateKey: privateKeyOf(PRIVATE_KEY), apiUrl });
  const missed = openMissed(client, () => Date.now() + minutes() * MINUTE_MS);
  return async (since = new Date()) => Array.fromAsync(missed([], since, soon()));
}

const asked = ({ github }: Hub): number => github.ledger.performed('POST /app/hook/deliveries/:id/attempts');

/** A redelivery is made a moment after it was asked for. */
async function until(is: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !is(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    assert.ok(Date.now() < end, 'it never happened');
  }
}

test('what nobody took is asked for once and comes under its old id; what was taken is not', async () => {
  await using hub = await openHub();
  const { url } = hub;
  await hub.github.comment({ text: 'taken' });
  hub.github.deliverTo('http://127.0.0.1:9');
  const lost = await hub.github.comment({ text: 'lost' });
  assert.equal(lost.status, undefined);
  hub.github.deliverTo(url);
  const missed = missedAt(hub, () => 0);
  assert.deepEqual(await missed(), []);
  // An attempt is on record when it was answered, which is after it was heard.
  await until(() => hub.github.attempts.length === 3);
  assert.equal(hub.events.length, 2);
  assert.equal(asked(hub), 1);
  const [, first, again] = hub.github.attempts;
  assert.equal(first?.guid, again?.guid);
  assert.equal(again?.statusCode, 200);
  await missed();
  await hub.adapter.missed?.([], new Date(), soon())[Symbol.asyncIterator]().next();
  assert.equal(asked(hub), 1);
});

test('a look that finds nothing is one call', async () => {
  await using hub = await openHub();
  await missedAt(hub, () => 0)();
  assert.deepEqual(
    hub.github.ledger.entries.map(({ call }) => call),
    ['GET /app/hook/deliveries'],
  );
});

test('pages are followed back to the time that is asked about, and no further', async () => {
  await using hub = await openHub();
  hub.github.deliverTo('http://127.0.0.1:9');
  await hub.github.comment({ text: 'lost' });
  hub.github.deliverTo(hub.url);
  for (let n = 0; n < 220; n += 1) await hub.github.deliver('push', { ref: `refs/heads/${n}` });
  const pages = () => hub.github.ledger.performed('GET /app/hook/deliveries');
  // Seen from two hours later, the first page is older than asked for already.
  await missedAt(hub, () => 120)(new Date(Date.now() + 119 * MINUTE_MS));
  assert.deepEqual([pages(), asked(hub)], [1, 0]);
  await missedAt(hub, () => 0)();
  assert.deepEqual([pages(), asked(hub)], [4, 1]);
});

test('while nobody is there a delivery is asked for again and again, further and further apart; what we refuse three times in all', async () => {
  await using hub = await openHub();
  let status = 503;
  await using door = await openListener((_request, response) => void response.writeHead(status).end());
  hub.github.deliverTo(door.url);
  await hub.github.comment({ text: 'away' });
  let minutes = 0;
  const missed = missedAt(hub, () => minutes);
  const at: number[] = [];
  for (minutes = 0; minutes < 60; minutes += 1) {
    const before = asked(hub);
    await missed();
    await until(() => hub.github.attempts.length === asked(hub) + 1);
    if (asked(hub) > before) at.push(minutes);
  }
  // The stand-in's clock stands still: from the second one on each is due at once after its pause.
  assert.deepEqual(at.slice(0, 4), [0, 1, 5, 10]);
  assert.ok(at.length > 10);
  status = 401;
  await hub.github.comment({ text: 'wrong secret' });
  const wrong = hub.github.attempts.at(-1)?.guid;
  for (let round = 0; round < 5; round += 1) {
    const before = asked(hub) + hub.github.attempts.length;
    await missed();
    await until(() => hub.github.attempts.length >= asked(hub) && asked(hub) + hub.github.attempts.length >= before);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(hub.github.attempts.filter(({ guid }) => guid === wrong).length, 3);
});

test('ids that are too long for a number of JavaScript are kept to the last digit', async () => {
  await using hub = await openHub();
  const calls: string[] = [];
  const delivered_at = new Date().toISOString();
  const list = `[{"id": 9007199254740993123,"guid":"g","delivered_at":"${delivered_at}","status_code":0,"event":"push"}]`;
  await using api = await openListener((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    response.writeHead(request.method === 'POST' ? 202 : 200, { 'content-type': 'application/json' });
    response.end(request.method === 'POST' ? '{}' : list);
  });
  const { environment } = hub.github;
  const github = { ...hub.github, environment: { ...environment, GITHUB_API_URL: api.url } };
  await missedAt({ ...hub, github }, () => 0)();
  assert.equal(calls.at(-1), 'POST /app/hook/deliveries/9007199254740993123/attempts');
});

test('a probe is a genuine ping: it is answered with its own id and leaves nothing', async () => {
  await using hub = await openHub();
  const probe = hub.adapter.probe?.();
  assert.ok(probe !== undefined && hub.adapter.receive !== undefined);
  const { response, delivery } = await hub.adapter.receive(probe);
  assert.equal(delivery, undefined);
  assert.equal(response.status, 200);
  assert.deepEqual(JSON.parse(response.body), { probe: probe.headers['x-github-delivery'] });
  const forged = { ...probe, body: Buffer.from('{}') };
  assert.equal((await hub.adapter.receive(forged)).response.status, 401);
});
