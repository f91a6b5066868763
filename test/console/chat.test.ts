import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { OTHER_ORGANIZATION } from '../kit/console.ts';
import { openTestChat, type Chatter, type TestChat } from '../kit/chat.ts';
import { openPage } from '../kit/chat-socket.ts';
import { calling, notedTool } from '../kit/tools.ts';
import { inPieces } from '../kit/hub.ts';
import { until } from '../kit/until.ts';

const ADA: Chatter = { id: 'ada', role: 'analyst' };
const BOB: Chatter = { id: 'bob' };
const EVE: Chatter = { id: 'eve', role: 'owner' };
const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> [a](javascript:alert(3))';
const LONG = Array.from({ length: 12 }, (_, index) => `Part ${index} of the answer. `);

let chat: TestChat;
/** What the model was given. */
const asked: string[] = [];
const tool = notedTool({ name: 'write_it', effect: 'writes' });
before(async () => {
  chat = await openTestChat(
    (request, signal) => {
      const said = JSON.stringify(request.messages);
      asked.push(said);
      if (said.includes('use the tool') && !said.includes('"ok"') && tool.uses.length === 0)
        return calling([['write_it', { text: 'x' }]]);
      if (said.includes('for ever'))
        return inPieces(
          Array.from({ length: 400 }, () => 'and on '),
          25,
          signal,
        );
      return said.includes('at length') ? inPieces(LONG, 60, signal) : `You said it: ${HOSTILE}`;
    },
    { tools: [tool] },
  );
});
after(async () => chat[Symbol.asyncDispose]());

async function begin(who: Chatter = ADA): Promise<string> {
  const { id } = (await (await chat.ask(who, '', { method: 'POST', body: {} })).json()) as { id: string };
  return id;
}

let counter = 0;
async function write(conversation: string, text: string, more: object = {}, who: Chatter = ADA): Promise<Response> {
  counter += 1;
  const body = { nonce: `nonce-${counter}-abc`, text, ...more };
  return chat.ask(who, `/${conversation}/messages`, { method: 'POST', body });
}

type Whole = {
  posts: {
    id: string;
    kind: string;
    text: string;
    heard: boolean;
    authorName: string;
    files: { id: string }[];
    private: boolean;
  }[];
  seq: number;
  title: string;
  members: { actor: string }[];
};
const read = async (conversation: string, who = ADA): Promise<Whole> =>
  (await chat.ask(who, `/${conversation}`)).json() as Promise<Whole>;
const answered = (conversation: string, part: string): Promise<void> =>
  until(`an answer with ${part}`, async () =>
    (await read(conversation)).posts.some((post) => post.kind === 'bot' && post.text.includes(part)),
  );

test('what is written is answered once, and what is hostile in it stays the text that it is', async () => {
  const id = await begin();
  const first = await write(id, HOSTILE, { nonce: 'the-same-nonce' });
  assert.equal(first.status, 200);
  const again = await write(id, HOSTILE, { nonce: 'the-same-nonce' });
  assert.deepEqual(await again.json(), await first.json());
  await answered(id, HOSTILE);
  const { posts, title } = await read(id);
  assert.deepEqual(
    posts.map(({ kind, text, heard }) => ({ kind, text, heard })),
    [
      { kind: 'person', text: HOSTILE, heard: true },
      { kind: 'bot', text: `You said it: ${HOSTILE}`, heard: true },
    ],
  );
  assert.match(title, /^<img/);
});

test('nobody reads or writes in a conversation that they are not in, whatever their role or organization', async () => {
  const id = await begin();
  await write(id, 'a secret');
  const { posts } = await read(id);
  for (const who of [BOB, EVE, { ...ADA, organization: OTHER_ORGANIZATION }]) {
    for (const path of [`/${id}`, `/${id}/posts`, `/${id}/posts/${posts[0]?.id}/comments`])
      assert.equal((await chat.ask(who, path)).status, 404);
    assert.equal((await write(id, 'hello', {}, who)).status, 404);
    assert.equal((await chat.ask(who, `/${id}/press`, { method: 'POST', body: { button: 'stop' } })).status, 404);
    const listed = (await (await chat.ask(who, '')).json()) as { items: { id: string }[] };
    assert.equal(
      listed.items.some((item) => item.id === id),
      false,
    );
    using page = await openPage(chat, who, id);
    await until('it is gone for them', () => page.pushed.some(({ type }) => type === 'gone'));
    assert.equal(page.posts.size, 0);
  }
});

test('an answer flows to two pages in pieces, and both have all of it', async () => {
  const id = await begin();
  using one = await openPage(chat, ADA, id);
  using other = await openPage(chat, ADA, id);
  await write(id, 'Tell me at length');
  const whole = LONG.join('').trim();
  for (const page of [one, other]) {
    await page.sees((texts) => texts.some((text) => text.trim() === whole));
    assert.equal(page.missed(), 0);
    assert.ok(page.pieces() >= 2, `${page.pieces()} pieces`);
  }
});

test('a page that was cut off and comes back has what it missed, and goes on', async () => {
  const id = await begin();
  const first = await openPage(chat, ADA, id);
  await write(id, 'Tell me at length');
  await until('it flows', () => first.pieces() > 0);
  first[Symbol.dispose]();
  await sleep(100);
  using second = await openPage(chat, ADA, id, first.seq());
  await second.sees((texts) => texts.some((text) => text.trim() === LONG.join('').trim()));
  assert.equal(second.missed(), 0);
});

test('a running answer is stopped by its button', async () => {
  const id = await begin();
  await write(id, 'Go on for ever');
  await answered(id, 'and on');
  assert.equal((await chat.ask(ADA, `/${id}/press`, { method: 'POST', body: { button: 'stop' } })).status, 204);
  await until('it has stopped', async () => {
    const state = await chat.hub.database.db.sql`select stopped_by from switchboard.turns where stopped_by is not null`;
    return state.length > 0;
  });
});

test('a file goes up, is sent once, and comes down as nothing that a browser runs', async () => {
  const id = await begin();
  const form = new FormData();
  form.append('file', new File(['<script>alert(1)</script>'], '../evil\u0001\u202Egpj.html', { type: 'text/html' }));
  const up = await chat.ask(ADA, `/${id}/files`, { method: 'POST', body: form });
  const { items } = (await up.json()) as { items: { id: string; name: string }[] };
  assert.equal(items[0]?.name, '.._evil__gpj.html');
  const files = items.map((file) => file.id);
  assert.equal((await write(id, 'Look', { files })).status, 200);
  assert.equal((await write(id, 'Look again', { files })).status, 400);
  const down = await chat.ask(ADA, `/${id}/files/${files[0]}`);
  assert.equal(down.headers.get('content-type'), 'application/octet-stream');
  assert.match(down.headers.get('content-disposition') ?? '', /^attachment/);
  assert.match(down.headers.get('content-security-policy') ?? '', /sandbox/);
  assert.equal(await down.text(), '<script>alert(1)</script>');
  assert.equal((await chat.ask(EVE, `/${id}/files/${files[0]}`)).status, 404);
  await write(id, 'a nonsense upload');
  assert.equal((await chat.ask(ADA, `/${id}/files`, { method: 'POST', body: { no: 'form' } })).status, 400);
});

test('a tool waits for a click on its card, and then is used once', async () => {
  const id = await begin();
  await write(id, 'Please use the tool');
  type Carded = { posts: { id: string; card: { controls: { id: string; label: string }[] } | null }[] };
  const cards = async () =>
    ((await read(id)) as unknown as Carded).posts.filter((post) => (post.card?.controls.length ?? 0) > 0);
  await until('a card is there', async () => (await cards()).length > 0, { seen: () => tool.uses.length });
  const [post] = await cards();
  const control = post?.card?.controls[0];
  assert.equal(tool.uses.length, 0);
  const click = () =>
    chat.ask(ADA, `/${id}/posts/${post?.id}/clicks`, { method: 'POST', body: { control: control?.id } });
  assert.equal((await click()).status, 204);
  await click();
  await until('it was used', () => tool.uses.length > 0);
  await answered(id, 'You said it');
  assert.equal(tool.uses.length, 1);
});

test('what people say about an answer is for people: the count grows on every page', async () => {
  const id = await begin();
  await write(id, 'Hello');
  await answered(id, 'You said it');
  const post = (await read(id)).posts.find(({ kind }) => kind === 'bot');
  using page = await openPage(chat, ADA, id);
  await page.sees((texts) => texts.length === 2);
  const path = `/${id}/posts/${post?.id}/comments`;
  assert.equal((await chat.ask(ADA, path, { method: 'POST', body: { text: 'is that so?' } })).status, 200);
  await until('one comment', () => page.posts.get(post?.id ?? '')?.['comments'] === 1);
  assert.match(await (await chat.ask(ADA, path)).text(), /is that so/);
  const opinion = { method: 'PUT', body: { verdict: 'good' } };
  assert.equal((await chat.ask(ADA, `/${id}/posts/${post?.id}/feedback`, opinion)).status, 204);
  assert.equal(
    (await chat.hub.database.db.sql`select 1 from switchboard.feedback where person = 'person/ada'`).length,
    1,
  );
});

test('what was said goes from everywhere when its author takes it back', async () => {
  const id = await begin();
  await write(id, 'regrettable words');
  await answered(id, 'You said it');
  const post = (await read(id)).posts.find(({ kind }) => kind === 'person');
  assert.equal((await chat.ask(ADA, `/${id}/posts/${post?.id}`, { method: 'DELETE' })).status, 204);
  const rows = await chat.hub.database.db.sql`
    select 1 from switchboard.messages t where t::text like '%regrettable%' union all select 1 from switchboard.chat_posts t where t::text like '%regrettable%'
    union all select 1 from switchboard.deliveries where position(convert_to('regrettable', 'UTF8') in raw) > 0`;
  assert.equal(rows.length, 0);
});

test('another platform’s conversation goes on here for an analyst, with what was said before the model', async () => {
  const from = await begin();
  await write(from, 'The password of the staging server is swordfish');
  await answered(from, 'You said it');
  const [thread] = await chat.hub.database.db.sql`select id from switchboard.threads where external_id = ${from}`;
  const body = { conversation: String(thread?.['id']) };
  assert.equal((await chat.ask(BOB, '/continue', { method: 'POST', body })).status, 403);
  const { id } = (await (await chat.ask(ADA, '/continue', { method: 'POST', body })).json()) as { id: string };
  const { posts } = await read(id);
  assert.deepEqual(
    posts.map(({ kind }) => kind),
    ['past', 'past'],
  );
  assert.match(posts[0]?.text ?? '', /swordfish/);
  await write(id, 'And now?');
  await answered(id, 'You said it');
  const given = asked.filter((said) => said.includes('And now?'));
  assert.ok(given.length > 0 && given.every((said) => said.includes('swordfish')));
});

test('sockets are refused to strangers, to pages of others, and to nonsense', async () => {
  const url = `${chat.url.replace('http', 'ws')}/api/v1/chat/socket`;
  const status = (headers: Record<string, string>, path = ''): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url + path, { headers });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
      socket.on('error', () => {});
    });
  assert.equal(await status(chat.headersOf(ADA)), 101);
  assert.equal(await status({ origin: chat.url }), 401);
  assert.equal(await status({ ...chat.headersOf(ADA), origin: 'https://evil.example' }), 403);
  assert.equal(await status({ 'x-asker': chat.headersOf(ADA)['x-asker'] ?? '' }), 403);
  assert.equal(await status(chat.headersOf(ADA), '/elsewhere'), 404);
  const id = await begin();
  const page = await openPage(chat, ADA, id);
  page.say({ type: 'drop table' });
  assert.equal(await page.closed, 1003);
});

test('who is there and who types is seen by the others', async () => {
  const id = await begin();
  await chat.hub.database.db
    .sql`insert into switchboard.chat_members (organization_id, conversation_id, actor, name, added_by)
    select organization_id, conversation_id, 'person/bob', 'BOB', actor from switchboard.chat_members where conversation_id = ${id}`;
  using ada = await openPage(chat, ADA, id);
  using bob = await openPage(chat, BOB, id);
  const seen = (field: string): boolean => {
    const members = (ada.pushed.at(-1)?.['members'] ?? []) as Record<string, unknown>[];
    return members.some((member) => member['actor'] === 'person/bob' && member[field] === true);
  };
  await until('bob is there', () => seen('present'));
  bob.say({ type: 'typing', conversation: id });
  await until('bob types', () => seen('typing'));
  await chat.hub.database.db
    .sql`delete from switchboard.chat_members where conversation_id = ${id} and actor = 'person/bob'`;
  await write(id, 'Are you still there?');
  await until('bob is out', () => bob.pushed.at(-1)?.type === 'gone');
});
