import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { savePolicies } from '../../src/db/policies.ts';
import { openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';

async function say(hub: TestHub, ...message: Parameters<typeof paperMessage>): Promise<void> {
  await hub.accept(paperDelivery(paperMessage(...message)));
  await hub.settled();
}
const texts = (paper: PaperPlatform): readonly string[] => paper.posts.map(({ text }) => text);
const outcomes = async (hub: TestHub): Promise<readonly string[]> =>
  (await hub.messages()).map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`));
const none = { people: {}, person: undefined, channel: undefined, organization: undefined };
const rate = { most: 2, perMinutes: 10 };

test('who asks too often is told once how long to wait, and then not answered; others are, and commands are obeyed', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  const policy = { limits: { ...none, person: rate } };
  await using hub = await openTestHub(paper, () => `yes ${(asked += 1)}`, { policy });
  for (const thread of ['a', 'b', 'c', 'd']) await say(hub, 'well?', { thread, sentAt: new Date() });
  await say(hub, 'help', { thread: 'e', sentAt: new Date() });
  await say(hub, 'well?', { thread: 'f', author: 'u2', sentAt: new Date() });
  assert.deepEqual(
    texts(paper).map((text) => text.split('\n')[0]),
    [
      'yes 1',
      'yes 2',
      'That was one question too many for one person (2 in 10 minutes). Please ask again in 5 minutes.',
      '**Switchboard**',
      'yes 3',
    ],
  );
  assert.deepEqual((await outcomes(hub)).slice(0, 4), [
    'answered',
    'answered',
    'answered',
    'ignored: over the limit of one person (2 in 10 minutes); there is room again in 5 minutes',
  ]);
});

test('a channel’s own limit goes before the wider one, and certain people have limits of their own', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  const { app, organization } = hub.recipient;
  const limits = { ...none, person: { most: 1, perMinutes: 1 }, people: { u9: { most: 50, perMinutes: 1 } } };
  await inOrganization(hub.database.db, organization, (tx) =>
    savePolicies(tx, { limits: { ...none, channel: { most: 1, perMinutes: 60 } } }, [
      { app, install: 'w1', channel: 'c1', policy: { limits } },
    ]),
  );
  for (const [index, author] of ['u1', 'u9', 'u9', 'u9', 'u1'].entries())
    await say(hub, 'well?', { thread: `t${index}`, author, sentAt: new Date() });
  assert.deepEqual(texts(paper).slice(0, 4), ['yes', 'yes', 'yes', 'yes']);
  assert.match(texts(paper)[4] ?? '', /for one person \(1 in a minute\)\. Please ask again in \d+ seconds\./);
});

test('the limits of the channel and of the organization hold for everybody together', async () => {
  for (const [key, whose] of [
    ['channel', 'this channel'],
    ['organization', 'this organization'],
  ] as const) {
    const paper = openPaperPlatform();
    await using hub = await openTestHub(paper, () => 'yes', {
      policy: { limits: { ...none, [key]: { most: 30, perMinutes: 60, burst: 1 } } },
    });
    await say(hub, 'well?', { thread: 'a', author: 'u1', sentAt: new Date() });
    await say(hub, 'well?', { thread: 'b', author: 'u2', sentAt: new Date() });
    await say(hub, 'well?', { thread: 'c', author: 'u3', sentAt: new Date() });
    const refusal = `That was one question too many for ${whose} (30 in 60 minutes). Please ask again in 2 minutes.`;
    assert.deepEqual(texts(paper), ['yes', refusal, refusal]);
  }
});

test('an answer that is given anew is given, and counts', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  const policy = { limits: { ...none, person: { most: 1, perMinutes: 10 } } };
  await using hub = await openTestHub(paper, () => `yes ${(asked += 1)}`, { policy });
  await say(hub, 'well?');
  await say(hub, 'retry', { sentAt: new Date() });
  assert.equal(texts(paper)[0], 'yes 2');
  await say(hub, 'and now?', { thread: 'b', sentAt: new Date() });
  assert.match(texts(paper).at(-1) ?? '', /ask again in 20 minutes/);
});

test('without a limit nothing is written', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await say(hub, 'well?');
  const rows = await inOrganization(hub.database.db, DEFAULT_ORGANIZATION, (tx) => tx`select 1 from switchboard.rates`);
  assert.equal(rows.length, 0);
});
