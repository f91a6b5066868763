import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { z } from 'zod';
import { Whole } from '../../src/console/conversation-shapes.ts';
import { Listed } from '../../src/console/conversation-shapes.ts';
import { pageOf } from '../../src/console/page.ts';
import { OTHER_ORGANIZATION, openTestConsole, type Asker, type TestConsole } from '../kit/console.ts';
import { openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

let hub: TestHub;
let console: TestConsole;
before(async () => {
  hub = await openTestHub(openPaperPlatform(), () => 'The secret of the answer.');
  console = await openTestConsole({}, hub.database);
  for (const [index, words] of ['alpha', 'beta', 'gamma 100%', 'delta'].entries()) {
    await hub.accept(paperDelivery(paperMessage(words, { id: `m${index}`, thread: `t${index}` })));
    await hub.settled();
  }
  await hub.accept(paperDelivery(paperMessage('not for you', { id: 'm9', thread: 't9', why: 'overheard' })));
  await hub.settled();
});
after(async () => {
  await console[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

const Page = pageOf(Listed);
const PATH = '/api/v1/conversations';

async function list(query: string, asker: Asker = {}): Promise<z.infer<typeof Page>> {
  const answer = await console.ask(`${PATH}?${query}`, asker);
  assert.equal(answer.status, 200, await answer.clone().text());
  return Page.parse(await answer.json());
}

/** The id of the conversation in this thread of the platform's. */
async function idOf(thread: string): Promise<string> {
  const found = (await list('')).items.find((item) => item.thread === thread);
  assert.ok(found);
  return found.id;
}

test('conversations come page by page, each once, the most active first', async () => {
  const seen: string[] = [];
  for (let cursor = ''; ;) {
    const { items, next } = await list(`limit=2${cursor}`);
    seen.push(...items.map(({ thread }) => thread));
    if (next === null) break;
    cursor = `&cursor=${next}`;
  }
  assert.deepEqual(seen, ['t9', 't3', 't2', 't1', 't0']);
});

test('they are found by words as they stand, by state, by person, and why one was not answered is told', async () => {
  const threads = async (query: string) => (await list(query)).items.map(({ thread }) => thread);
  assert.deepEqual(await threads('text=100%25'), ['t2']);
  assert.deepEqual(await threads('text=SECRET of the&limit=10'), ['t3', 't2', 't1', 't0']);
  assert.deepEqual(await threads('state=answered&limit=1'), ['t3']);
  assert.deepEqual(await threads('person=nobody'), []);
  const [ignored] = (await list('state=ignored')).items;
  assert.equal(ignored?.last?.reason, 'the bot was not addressed');
});

test('what the bot itself has said is not what its conversation is judged by', async () => {
  await hub.accept(paperDelivery(paperMessage('The answer, as sent back', { id: 'm8', thread: 't0', kind: 'self' })));
  await hub.settled();
  const talk = (await list('')).items.find(({ thread }) => thread === 't0');
  assert.equal(talk?.last?.state, 'answered');
  assert.ok((await list('state=answered')).items.some(({ thread }) => thread === 't0'));
});

test('what people said is hidden until an analyst asks for it, and that is written down once', async () => {
  const id = await idOf('t1');
  const read = async (query: string, asker: Asker) => console.ask(`${PATH}/${id}${query}`, asker);
  const hidden = Whole.parse(await (await read('', { role: 'viewer' })).json());
  assert.equal(JSON.stringify(hidden).includes('beta') || JSON.stringify(hidden).includes('secret'), false);
  assert.deepEqual(
    hidden.messages.map(({ length }) => length),
    [4],
  );
  assert.equal((await read('?reveal=true', { role: 'viewer' })).status, 422);
  for (let time = 0; time < 2; time += 1) {
    const shown = Whole.parse(await (await read('?reveal=true', { role: 'analyst' })).json());
    assert.equal(shown.messages[0]?.text, 'beta');
    assert.equal(shown.turns[0]?.answer, 'The secret of the answer.');
    assert.equal(shown.turns[0]?.posts[0]?.state, 'sent');
    assert.equal(shown.turns[0]?.steps[0]?.kind, 'model');
  }
  const audit = await (await console.ask('/api/v1/audit?what=text.revealed')).text();
  assert.equal(audit.split(`conversation/${id}`).length - 1, 1);
});

test('of a conversation that is deleted no word is left, but that it took place', async () => {
  const id = await idOf('t2');
  assert.equal((await console.ask(`${PATH}/${id}`, { method: 'DELETE', role: 'operator' })).status, 403);
  assert.equal((await console.ask(`${PATH}/${id}`, { method: 'DELETE' })).status, 204);
  const { sql } = hub.database.db;
  const left = await sql`select m.text, r.answer, d.raw::text as raw from switchboard.messages m
    join switchboard.turns r on r.id = m.turn_id join switchboard.deliveries d on d.delivery_id = any(m.delivery_ids) where m.thread_id = ${id}`;
  assert.deepEqual(
    left.map((row) => ({ ...row })),
    [{ text: '', answer: '', raw: '\\x' }],
  );
  assert.equal((await console.ask(`${PATH}/${id}`)).status, 200);
});

test('another organization neither sees nor deletes it', async () => {
  const id = await idOf('t3');
  const asker = { organization: OTHER_ORGANIZATION };
  assert.deepEqual((await list('', asker)).items, []);
  assert.equal((await console.ask(`${PATH}/${id}`, asker)).status, 404);
  assert.equal((await console.ask(`${PATH}/${id}`, { ...asker, method: 'DELETE' })).status, 404);
});
