import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import { openTestConsole } from '../kit/console.ts';
import { openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

test('deliveries are listed page by page and shown as they came, to those who ask for the words', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => 'yes');
  await using console = await openTestConsole({}, hub.database);
  for (const id of ['d1', 'd2', 'd3']) await hub.accept(paperDelivery(paperMessage(`words of ${id}`, { id }), id));
  await hub.settled();
  const api = console.as();
  const first = await (await api.deliveries.$get({ query: { limit: '2' } })).json();
  assert.deepEqual(
    first.items.map(({ delivery }) => delivery),
    ['d3', 'd2'],
  );
  const second = await (await api.deliveries.$get({ query: { limit: '2', cursor: first.next ?? '' } })).json();
  assert.deepEqual(
    second.items.map(({ delivery }) => delivery),
    ['d1'],
  );
  assert.equal(second.next, null);
  const param = { app: first.items[0]?.app ?? '', delivery: 'd3' };
  const one = api.deliveries[':app'][':delivery'];
  const hidden = await (await one.$get({ param, query: {} })).json();
  assert.equal(hidden.raw, null);
  assert.equal(hidden.messages[0]?.state, 'answered');
  const shown = await (await one.$get({ param, query: { reveal: 'true' } })).json();
  assert.equal(typeof shown.raw, 'string');
  assert.equal((await console.ask('/api/v1/deliveries/00000000-0000-4000-8000-000000000001/none')).status, 404);
});

test('what was given up says why, and is taken up again by an operator, who is written down', async () => {
  const paper = openPaperPlatform();
  let broken = true;
  await using hub = await openTestHub(paper, () => {
    if (broken) throw new Failure('refused', 'the model said no');
    return 'at last';
  });
  await using console = await openTestConsole({}, hub.database);
  await hub.accept(paperDelivery(paperMessage('hello')));
  await hub.settled();
  const [letter] = (await (await console.as()['dead-letters'].$get({ query: {} })).json()).items;
  assert.ok(letter);
  assert.equal(letter.questions, null);
  assert.match(letter.reason, /the model said no/);
  const json = { turns: [letter.turn] };
  assert.equal((await console.as({ role: 'analyst' })['dead-letters'].redrive.$post({ json })).status, 403);
  broken = false;
  const driven = await console.as({ role: 'operator' })['dead-letters'].redrive.$post({ json });
  assert.deepEqual(await driven.json(), { count: 1 });
  assert.equal((await hub.settled())[0]?.state, 'answered');
  const audit = await (await console.as().audit.$get({ query: { what: 'dead-letters' } })).json();
  assert.deepEqual(
    audit.items.map(({ what, actorName }) => [what, actorName]),
    [['dead-letters.redriven', 'Ada']],
  );
});

test('a dead letter that nobody wants is left for good', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => {
    throw new Failure('refused', 'no');
  });
  await using console = await openTestConsole({}, hub.database);
  await hub.accept(paperDelivery(paperMessage('hello')));
  await hub.settled();
  const letters = console.as()['dead-letters'];
  const { items } = await (await letters.$get({ query: {} })).json();
  const dismissed = await letters.dismiss.$post({ json: { turns: items.map(({ turn }) => turn) } });
  assert.deepEqual(await dismissed.json(), { count: 1 });
  assert.deepEqual((await (await letters.$get({ query: {} })).json()).items, []);
});

test('the same request with the same key is done once, and another one with that key is refused', async () => {
  await using console = await openTestConsole();
  const ask = (body: object) =>
    console.ask('/api/v1/dead-letters/redrive', { method: 'POST', body, headers: { 'idempotency-key': 'k1' } });
  const [first, again] = [await ask({ turns: 'all' }), await ask({ turns: 'all' })];
  assert.deepEqual(await first.json(), await again.json());
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  const [kept] = await console.database.db.sql`select response from switchboard.api_calls`;
  assert.doesNotMatch(String(kept?.['response']), /count/);
  assert.equal((await ask({ turns: ['00000000-0000-4000-8000-000000000001'] })).status, 422);
});
