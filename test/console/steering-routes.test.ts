import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { OTHER_ORGANIZATION, openTestConsole } from '../kit/console.ts';
import { openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

const LINK = 'https://acme.slack.com/archives/c1/p1355517523000008';

test('what became of a message is found by its link, its id, and the link of the answer', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await using console = await openTestConsole({}, hub.database);
  const api = console.as();
  await hub.accept(paperDelivery(paperMessage('hello', { id: '1355517523.000008' }), 'd1'));
  await hub.accept(
    paperDelivery(paperMessage('not for you', { id: 'overheard1', why: 'overheard', thread: 't2' }), 'd2'),
  );
  await hub.settled();
  const find = async (message: string) => (await api.conversations.find.$get({ query: { message } })).json();
  const found = await find(LINK);
  assert.deepEqual([found.kind, found.state, found.reason], ['message', 'answered', null]);
  assert.ok(found.conversation !== null);
  assert.deepEqual(await find('1355517523.000008'), found);
  assert.equal((await find(paper.posts[0]?.id ?? '')).conversation, found.conversation);
  assert.match((await find('overheard1')).reason ?? '', /./);
  assert.equal((await api.conversations.find.$get({ query: { message: 'nobody-said-this' } })).status, 404);
  const others = console.as({ organization: OTHER_ORGANIZATION });
  assert.equal((await others.conversations.find.$get({ query: { message: LINK } })).status, 404);
});

test('what never became a message is found by its delivery, with the reason', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  await using console = await openTestConsole({}, hub.database);
  const raw = Buffer.from(JSON.stringify({ event: { ts: '1355517523.000008', user: 'U1' } }));
  const ignored = { kind: 'ignored', reason: 'a message of another app' } as const;
  await hub.accept({ id: 'Ev1', raw, events: [ignored] });
  for (const message of [LINK, 'Ev1']) {
    const found = await (await console.as().conversations.find.$get({ query: { message } })).json();
    assert.deepEqual(
      [found.conversation, found.state, found.reason, found.delivery?.delivery],
      [null, 'ignored', 'a message of another app', 'Ev1'],
    );
  }
});

test('places are the channels with conversations, page by page, each once', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  await using console = await openTestConsole({}, hub.database);
  for (const [install, channel, thread] of [
    ['w1', 'c2', 'a'],
    ['w1', 'c1', 'b'],
    ['w1', 'c1', 'c'],
    ['w2', 'c1', 'd'],
  ] as const) {
    const message = paperMessage('hello', { id: thread, thread });
    await hub.accept(paperDelivery({ ...message, place: { ...message.place, install, channel } }, thread));
  }
  await hub.settled();
  const api = console.as();
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: { limit: string; cursor?: string } = { limit: '1', ...(cursor !== '' && { cursor }) };
    const { items, next } = await (await api.places.$get({ query })).json();
    seen.push(...items.map(({ install, channel }) => `${install}/${channel}`));
    cursor = next;
  }
  assert.deepEqual(seen.toSorted(), ['w1/c1', 'w1/c2', 'w2/c1']);
  assert.equal((await api.places.$get({ query: { cursor: 'nonsense' } })).status, 400);
  const others = await (await console.as({ organization: OTHER_ORGANIZATION }).places.$get({ query: {} })).json();
  assert.deepEqual(others.items, []);
});

test('what waits for a person is counted, and who asks is told the name of the organization', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await using console = await openTestConsole({}, hub.database);
  const api = console.as();
  assert.deepEqual(await (await api.system.counts.$get()).json(), { deadLetters: 0, approvals: 0 });
  paper.failNext('post', new Failure('refused', 'the channel is archived'));
  await hub.accept(paperDelivery(paperMessage('hello')));
  await hub.settled();
  assert.deepEqual(await (await api.system.counts.$get()).json(), { deadLetters: 1, approvals: 0 });
  const others = console.as({ organization: OTHER_ORGANIZATION });
  assert.deepEqual(await (await others.system.counts.$get()).json(), { deadLetters: 0, approvals: 0 });
  const [organization] = await hub.database.db.sql`select name from switchboard.organizations limit 1`;
  assert.equal((await (await api.me.$get()).json()).organizationName, organization?.['name']);
});

test('a model’s price stays what it was set to, and is told as what it is', async () => {
  await using console = await openTestConsole();
  const { models } = console.as();
  const price = { kind: 'set', input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } as const;
  const json = { protocol: 'anthropic', model: 'claude-opus-4-5', key: 'sk-of-nobody', price } as const;
  await models[':name'].$put({ param: { name: 'mine' }, json });
  const one = async () => (await (await models.$get()).json()).items.find(({ name }) => name === 'mine');
  assert.deepEqual((await one())?.price, price);
  await models[':name'].$put({ param: { name: 'mine' }, json: { ...json, key: undefined, price: null } });
  assert.equal((await one())?.price, null);
  assert.equal((await one())?.hasKey, true);
});

test('a model that is changed stays where it is in the order', async () => {
  await using console = await openTestConsole();
  const { models } = console.as();
  const put = (name: string, model: string) =>
    models[':name'].$put({ param: { name }, json: { protocol: 'demo', model } });
  for (const name of ['one', 'two', 'three']) await put(name, 'demo');
  await models.$put({ json: { order: ['three', 'one', 'two'] } });
  await put('three', 'demo-2');
  const { items } = await (await models.$get()).json();
  assert.deepEqual(
    items.map(({ name, model }) => [name, model]),
    [
      ['three', 'demo-2'],
      ['one', 'demo'],
      ['two', 'demo'],
    ],
  );
});
