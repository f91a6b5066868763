import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { Adapter } from '../../src/model/adapter.ts';
import type { Event } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { openTestHub, type Script, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';

type Options = Parameters<typeof paperMessage>[1];

async function say(hub: TestHub, event: Event): Promise<void> {
  await hub.accept(paperDelivery(event));
  await hub.settled();
}
/** As platforms that tell the ids of people only. */
const byId = (text: string, author: string, options: Options = {}) => paperMessage(text, { ...options, author });

const NAMES: Readonly<Record<string, string>> = { u1: 'Ada Lovelace', u2: 'Grace\n Hopper' };

/** A platform that is asked for names, and who it was asked about. */
function withNames(over: Partial<Adapter> = {}) {
  const asked: string[] = [];
  const person: Adapter['person'] = async (_access, id) => {
    asked.push(id);
    const name = NAMES[id];
    if (name === undefined) throw new Failure('gone', 'nobody of this id');
    return { id, name, locale: 'en-GB', timeZone: 'Europe/London' };
  };
  return { asked, paper: openPaperPlatform({}, { person, ...over }) };
}

/** A model, and what it was told last. */
function listener(): { readonly script: Script; readonly last: () => readonly string[] } {
  let last: readonly string[] = [];
  return {
    last: () => last,
    script(request) {
      last = request.messages.map(({ text }) => text);
      return 'yes';
    },
  };
}

test('the model is told people’s names where the platform’s messages hold their ids, also of what was said before', async () => {
  const { asked, paper } = withNames();
  const model = listener();
  await using hub = await openTestHub(paper, model.script);
  await say(hub, byId('I am here', 'u2', { why: 'follow-up' }));
  await say(hub, byId('who is here?', 'u1'));
  assert.deepEqual(model.last(), ['Grace Hopper: I am here\n\nAda Lovelace: who is here?']);
  await say(hub, byId('and now?', 'u1'));
  assert.equal(model.last()[0], 'Grace Hopper: I am here\n\nAda Lovelace: who is here?');
  assert.deepEqual(asked.toSorted(), ['u1', 'u2']);
  const rows = await hub.database.db.sql<{ id: string; locale: string; time_zone: string }[]>`
    select id, locale, time_zone from switchboard.people order by id`;
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    ['u1', 'u2'].map((id) => ({ id, locale: 'en-GB', time_zone: 'Europe/London' })),
  );
});

test('a name is asked for again after a day, and the old one is used when nobody tells a new one', async () => {
  let isAway = false;
  let name = 'Ada';
  const person: Adapter['person'] = async (_access, id) => {
    if (isAway) throw new Failure('unavailable', 'away');
    return { id, name, locale: undefined, timeZone: undefined };
  };
  const paper = openPaperPlatform({}, { person });
  const model = listener();
  await using hub = await openTestHub(paper, model.script);
  const later = () => hub.database.db.sql`update switchboard.people set read_at = now() - interval '25 hours'`;
  await say(hub, byId('one', 'u1', { thread: 'a' }));
  name = 'Lady Lovelace';
  await say(hub, byId('two', 'u1', { thread: 'b' }));
  assert.deepEqual(model.last(), ['Ada: two']);
  await later();
  await say(hub, byId('three', 'u1', { thread: 'c' }));
  assert.deepEqual(model.last(), ['Lady Lovelace: three']);
  await later();
  isAway = true;
  await say(hub, byId('four', 'u1', { thread: 'd' }));
  assert.deepEqual(model.last(), ['Lady Lovelace: four']);
});

test('names that nobody tells cost nothing but the names, and who is not there is not asked about again', async () => {
  const { asked, paper } = withNames();
  const model = listener();
  await using hub = await openTestHub(paper, model.script);
  await say(hub, byId('one', 'u9', { thread: 'a' }));
  await say(hub, byId('two', 'u9', { thread: 'b' }));
  assert.deepEqual(model.last(), ['u9: two']);
  assert.deepEqual(asked, ['u9']);
});

test('a platform that never answers costs two seconds, however many there are, and only a few are asked about at once', async () => {
  let asked = 0;
  const person: Adapter['person'] = async (_access, _id, signal) => {
    asked += 1;
    await sleep(60_000, undefined, { signal });
    assert.fail('nobody waits so long');
  };
  const paper = openPaperPlatform({}, { person });
  const model = listener();
  await using hub = await openTestHub(paper, model.script);
  const events = Array.from({ length: 9 }, (_, index) => byId(`word ${index}`, `u${index}`));
  const startedAt = performance.now();
  await hub.accept({ ...paperDelivery(events[0] ?? assert.fail()), events });
  await hub.settled();
  assert.ok(performance.now() - startedAt < 4_000);
  assert.equal(asked, 5);
  assert.match(model.last().join(), /u8: word 8/);
});

test('programs, and people whose names came with their messages, are not asked about', async () => {
  const { asked, paper } = withNames();
  await using hub = await openTestHub(paper, () => 'yes', { policy: { bots: ['*'] } });
  await say(hub, paperMessage('hello'));
  await say(hub, paperMessage('hello', { kind: 'bot', author: 'b1', thread: 'b' }));
  assert.deepEqual(asked, []);
});

const last = (paper: PaperPlatform): string => paper.posts.at(-1)?.text ?? '';
/** The code that somebody was told, taken from what only that person could read. */
const codeOf = (paper: PaperPlatform): string =>
  /^u\d+: Your code is `([0-9A-Z-]{14})`/.exec(paper.whispers.at(-1) ?? '')?.[1] ?? '';

async function linked(hub: TestHub): Promise<unknown> {
  const rows = await hub.database.db.sql<{ people: string[] }[]>`
    select array_agg(id order by id) as people from switchboard.people where one_with is not null group by one_with order by 1`;
  return rows.map((row) => row.people);
}

test('two accounts become one person by a code that only the one could see and the other brings, once', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await say(hub, byId('link', 'u1'));
  assert.equal(last(paper), 'I have told you a code that only you can see.');
  const code = codeOf(paper);
  assert.equal(code.length, 14);
  const { sql } = hub.database.db;
  for (const table of ['link_codes', 'messages', 'turns', 'posts', 'audit'])
    assert.ok(
      !JSON.stringify(await sql`select * from ${sql('switchboard')}.${sql(table)}`).includes(code),
      `${table} holds the code`,
    );
  await say(hub, byId(`link ${code}`, 'u1'));
  assert.match(last(paper), /^It is this account that asked/);
  await say(hub, byId(`/link ${code.toLowerCase().replaceAll('-', ' ')}`, 'u2', { thread: 'b' }));
  assert.match(last(paper), /^Linked: both accounts are one person/);
  assert.deepEqual(await linked(hub), [['u1', 'u2']]);
  await say(hub, byId(`link ${code}`, 'u3', { thread: 'c' }));
  assert.match(last(paper), /^There is no such code/);
  assert.deepEqual(await linked(hub), [['u1', 'u2']]);
});

test('a code is good for ten minutes, and a new one takes the place of the old', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await say(hub, byId('link', 'u1'));
  const old = codeOf(paper);
  await say(hub, byId('link', 'u1'));
  await say(hub, byId(`link ${old}`, 'u2', { thread: 'b' }));
  assert.match(last(paper), /^There is no such code/);
  const code = codeOf(paper);
  await hub.database.db.sql`update switchboard.link_codes set expires_at = expires_at - interval '10 minutes'`;
  await say(hub, byId(`link ${code}`, 'u2', { thread: 'b' }));
  assert.match(last(paper), /^There is no such code/);
  assert.deepEqual(await linked(hub), []);
});

test('one who guesses has five guesses an hour, and then the right one does not count either', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  await say(hub, byId('link', 'u1'));
  const code = codeOf(paper);
  for (let guess = 0; guess < 5; guess += 1) {
    await say(hub, byId(`link AAAA-BBBB-CCC${guess}`, 'u2', { thread: 'b' }));
    assert.match(last(paper), /^There is no such code/);
  }
  await say(hub, byId(`link ${code}`, 'u2', { thread: 'b' }));
  assert.match(last(paper), /^These were 5 codes in an hour/);
  await say(hub, byId(`link ${code}`, 'u3', { thread: 'c' }));
  assert.match(last(paper), /^Linked/);
  assert.deepEqual(await linked(hub), [['u1', 'u3']]);
});

test('a code is not said where it could not be said privately', async () => {
  const nobody = openPaperPlatform({}, { whisper: () => Promise.reject(new Failure('refused', 'not here')) });
  await using hub = await openTestHub(nobody, () => 'yes');
  await say(hub, byId('link', 'u1'));
  assert.match(last(nobody), /^I could not tell you the code here/);
});

test('persons of several accounts are joined as a whole, and unlink takes one account out', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  const join = async (one: string, other: string): Promise<void> => {
    await say(hub, byId('link', one));
    await say(hub, byId(`link ${codeOf(paper)}`, other, { thread: other }));
    assert.match(last(paper), /^Linked/);
  };
  await join('u1', 'u2');
  await join('u3', 'u4');
  assert.deepEqual(await linked(hub), [
    ['u1', 'u2'],
    ['u3', 'u4'],
  ]);
  await join('u2', 'u3');
  assert.deepEqual(await linked(hub), [['u1', 'u2', 'u3', 'u4']]);
  await say(hub, byId('unlink', 'u1'));
  assert.match(last(paper), /^This account is linked with no other any more/);
  assert.deepEqual(await linked(hub), [['u2', 'u3', 'u4']]);
  await say(hub, byId('unlink', 'u2'));
  await say(hub, byId('unlink', 'u3'));
  assert.deepEqual(await linked(hub), []);
  await say(hub, byId('unlink', 'u4'));
  assert.equal(last(paper), 'This account is linked with no other.');
});

test('usage of a linked person counts over all accounts, and no longer when it is taken back', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  const mine = async (): Promise<string | undefined> => {
    await say(hub, byId('usage', 'u2', { thread: 'own' }));
    return paper.posts.at(-1)?.card?.fields[1]?.value;
  };
  await say(hub, byId('one', 'u1', { thread: 'a' }));
  await say(hub, byId('two', 'u2', { thread: 'b' }));
  await say(hub, byId('three', 'u3', { thread: 'c' }));
  assert.equal(await mine(), '1 answers, 1 tokens read, 1 written');
  await say(hub, byId('link', 'u1'));
  await say(hub, byId(`link ${codeOf(paper)}`, 'u2', { thread: 'b' }));
  assert.equal(await mine(), '2 answers, 2 tokens read, 2 written');
  await say(hub, byId('unlink', 'u1'));
  assert.equal(await mine(), '1 answers, 1 tokens read, 1 written');
});

test('a language and a time zone that come with a message are kept, shown to that person by settings, and not forgotten', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  const told = paperMessage('hello');
  const author = { ...told.message.author, locale: 'de-AT', timeZone: 'Europe/Vienna' };
  await hub.accept(paperDelivery({ ...told, message: { ...told.message, author } }));
  await hub.accept(paperDelivery(paperMessage('again')));
  await hub.accept(paperDelivery(paperMessage('settings', { sentAt: new Date(Date.now() + 1_000) })));
  await hub.settled();
  const you = paper.posts.at(-1)?.card?.fields.find(({ label }) => label === 'What I know of you');
  assert.equal(you?.value, 'Ada, de-AT, Europe/Vienna');
});

for (const code of ['gone', 'refused'] as const) {
  test(`somebody of whom a platform will tell nothing (${code}) is asked about once a day, not with every answer`, async () => {
    let asked = 0;
    const person: Adapter['person'] = async () => {
      asked += 1;
      throw new Failure(code, 'nothing is told');
    };
    const paper = openPaperPlatform({}, { person });
    const model = listener();
    await using hub = await openTestHub(paper, model.script);
    await say(hub, byId('one', 'u9'));
    await say(hub, byId('two', 'u9'));
    assert.equal(asked, 1);
    assert.equal(model.last().at(-1), 'u9: two');
  });
}
