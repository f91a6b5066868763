import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Adapter } from '../../../src/model/adapter.ts';
import type { Delivery, Event } from '../../../src/model/event.ts';
import { openSlack } from '../../../adapters/slack/index.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import type { SlackSettings } from '../../../sandbox/slack/index.ts';
import { openEndpoint } from '../../kit/endpoint.ts';
import { never } from './signed.ts';

const MINUTE_MS = 60_000;
type Message = Event & { kind: 'message' };

/** The adapter, a Slack, and what it delivered. */
async function openHub(settings: SlackSettings = {}) {
  await using closers = new AsyncDisposableStack();
  const slack = closers.use(await openSlackStandIn(settings));
  const adapter = await openSlack(slack.environment, never);
  const endpoint = closers.use(await openEndpoint(adapter.receive ?? assert.fail()));
  slack.deliverTo(endpoint.url);
  const owned = closers.move();
  return { slack, adapter, endpoint, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const missedBy = (adapter: Adapter, since: Date): Promise<readonly Delivery[]> =>
  Array.fromAsync(adapter.missed?.([], since, never) ?? []);
const messagesOf = (events: readonly Event[]): Message[] => events.filter((event) => event.kind === 'message');
const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * MINUTE_MS);

test('what is read back is what was delivered: same places, ids, versions, authors and reasons', async () => {
  await using hub = await openHub();
  const { slack, adapter, endpoint } = hub;
  const { id, thread } = await slack.say({ text: 'a *mention* with <marks>' });
  await slack.say({ text: 'a follow-up', thread, plain: true });
  await slack.say({ text: 'to nobody', plain: true });
  await slack.say({ text: 'directly', direct: true });
  await slack.say({ text: 'a file', file: { name: 'a.txt', mimetype: 'text/plain', bytes: Buffer.from('x') } });
  const asked = messagesOf(endpoint.events).find(({ message }) => message.id === id);
  const access = { install: slack.team, secret: undefined };
  await adapter.post(access, { place: asked?.place ?? assert.fail(), text: 'an answer', nonce: 'n'.repeat(22) }, never);
  await slack.settled();

  const deliveries = await missedBy(adapter, minutesAgo(10));
  const found = messagesOf(deliveries.flatMap(({ events }) => events));
  // Twins: the one that is addressed counts.
  const delivered = new Map<string, Message>();
  for (const event of messagesOf(endpoint.events)) {
    if (delivered.get(event.message.id)?.why !== 'mention') delivered.set(event.message.id, event);
  }
  const plain = ({ place, why, message, hasPast }: Message) => ({
    where: [place.install, place.channel, place.thread],
    why,
    hasPast,
    message,
  });
  const byId = (one: Message, other: Message) => (one.message.id < other.message.id ? -1 : 1);
  assert.equal(found.length, 6);
  assert.deepEqual(found.toSorted(byId).map(plain), [...delivered.values()].toSorted(byId).map(plain));
  assert.equal(new Set(deliveries.map((one) => one.id)).size, 6);
  assert.equal(found.find(({ message }) => message.text === 'an answer')?.message.author.kind, 'self');
});

test('a reply in a thread that began before is found, and nothing that is older', async (t) => {
  await using hub = await openHub();
  const { slack, adapter } = hub;
  const { thread } = await slack.say({ text: 'before' });
  const quiet = await slack.say({ text: 'before as well' });
  await slack.say({ text: 'already answered', thread: quiet.thread, plain: true });
  const startedAt = Date.now();
  await slack.settled();
  t.mock.timers.enable({ apis: ['Date'], now: startedAt + 3 * 3_600_000 });
  await slack.say({ text: 'and now?', thread, plain: true });
  t.mock.timers.setTime(startedAt + 4 * 3_600_000);
  const found = messagesOf((await missedBy(adapter, new Date(startedAt + 3_600_000))).flatMap(({ events }) => events));
  assert.deepEqual(
    found.map(({ message, why }) => [message.text, why]),
    [['and now?', 'follow-up']],
  );
  assert.equal(slack.ledger.performed('conversations.replies'), 1);
});

test('what Slack still tries to deliver by itself is not asked for', async () => {
  await using hub = await openHub();
  assert.deepEqual(await missedBy(hub.adapter, minutesAgo(4)), []);
  assert.equal(hub.slack.ledger.entries.length, 0);
});

test('in the class of one page a minute, of fifteen messages, everything is found, and no call is early', async () => {
  const everyMs = 120;
  await using hub = await openHub({ onePageEveryMs: everyMs });
  const { slack, adapter } = hub;
  for (let n = 0; n < 40; n += 1) await slack.say({ text: `number ${n}`, plain: true });
  await slack.say({ text: 'directly', direct: true });
  const found = messagesOf((await missedBy(adapter, minutesAgo(10))).flatMap(({ events }) => events));
  assert.deepEqual(
    found.map(({ message }) => message.text),
    ['directly', ...Array.from({ length: 40 }, (_, n) => `number ${n}`)],
  );
  // One page for the direct conversation, three for the channel. Each but the first ran into the limit once.
  const reads = slack.ledger.entries.filter(({ call }) => call === 'conversations.history');
  assert.deepEqual(
    reads.map(({ performed }) => performed),
    [true, false, true, false, true, false, true],
  );
});

test('a kind of conversation that the app may not list is left out; without any, the missing scope is named', async () => {
  await using hub = await openHub();
  const { slack, adapter } = hub;
  await slack.say({ text: 'in the channel' });
  await slack.say({ text: 'directly', direct: true });
  slack.refuseWith('users.conversations', 'missing_scope');
  const found = messagesOf((await missedBy(adapter, minutesAgo(10))).flatMap(({ events }) => events));
  assert.deepEqual(
    found.map(({ message }) => message.text),
    ['in the channel'],
  );
  for (let n = 0; n < 4; n += 1) slack.refuseWith('users.conversations', 'missing_scope');
  await assert.rejects(missedBy(adapter, minutesAgo(10)), { code: 'unauthorized', message: /missing_scope/ });
  slack.refuseWith('conversations.history', 'channel_not_found');
  const others = messagesOf((await missedBy(adapter, minutesAgo(10))).flatMap(({ events }) => events));
  assert.deepEqual(
    others.map(({ message }) => message.text),
    ['in the channel'],
  );
});

test('a probe is a genuine handshake: it is answered with its own challenge and leaves nothing', async () => {
  await using hub = await openHub();
  const probe = hub.adapter.probe?.() ?? assert.fail();
  const { response, delivery } = (await hub.adapter.receive?.(probe)) ?? assert.fail();
  assert.equal(delivery, undefined);
  assert.deepEqual([response.status, response.body], [200, JSON.parse(Buffer.from(probe.body).toString()).challenge]);
  const forged = { ...probe, body: Buffer.from('{"type":"url_verification","challenge":"x"}') };
  assert.equal((await hub.adapter.receive?.(forged))?.response.status, 401);
});
