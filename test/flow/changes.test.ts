import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/model/failure.ts';
import type { Event, Why } from '../../src/model/event.ts';
import { inPieces, openTestHub, type Script, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

const editOf = (event: Event, text: string, why: Why = 'mention'): Event => {
  assert.ok(event.kind === 'message');
  return { kind: 'edited', place: event.place, why, message: { ...event.message, version: text, text } };
};
const deletionOf = (event: Event): Event => {
  assert.ok(event.kind === 'message');
  return { kind: 'deleted', place: event.place, messageId: event.message.id };
};

const lastText: Script = (request) => `you said: ${request.messages.at(-1)?.text.replace('Ada: ', '') ?? ''}`;

/** Never comes to an end while the question is a slow one. */
function slowly(said: string[]): Script {
  return (request, signal) => {
    const text = request.messages.at(-1)?.text.replace('Ada: ', '') ?? '';
    said.push(text);
    return text.startsWith('slow')
      ? inPieces(
          Array.from({ length: 1_000 }, () => 'and '),
          20,
          signal,
        )
      : `you said: ${text}`;
  };
}

const states = async (hub: TestHub): Promise<unknown> => (await hub.settled()).map(({ state, text }) => [state, text]);

test('a question that is edited while it waits is answered as it reads then', async () => {
  const paper = openPaperPlatform();
  const said: string[] = [];
  await using hub = await openTestHub(paper, slowly(said), { policy: { overlap: 'queue' } });
  const first = paperMessage('slow one');
  const second = paperMessage('wrogn');
  await hub.accept(paperDelivery(first));
  await until('the first runs', () => said.length === 1);
  await hub.accept(paperDelivery(second));
  await hub.accept(paperDelivery(editOf(second, 'right')));
  await hub.accept(paperDelivery(editOf(first, 'quick one')));
  assert.deepEqual(await states(hub), [
    ['answered', 'quick one'],
    ['answered', 'right'],
  ]);
  assert.deepEqual(said, ['slow one', 'quick one', 'right']);
});

test('a question that is edited while it is answered is answered anew at once, in the same post', async () => {
  const paper = openPaperPlatform();
  const said: string[] = [];
  await using hub = await openTestHub(paper, slowly(said));
  const asked = paperMessage('slow one');
  await hub.accept(paperDelivery(asked));
  await until('the answer grows', () => (paper.posts[0]?.text.length ?? 0) > 20);
  await hub.accept(paperDelivery(editOf(asked, 'quick one')));
  assert.deepEqual(await states(hub), [['answered', 'quick one']]);
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['you said: quick one'],
  );
});

test('a question that is edited after its answer is answered anew in place, and shows the old answer until then', async () => {
  const paper = openPaperPlatform({ part: 40 });
  await using hub = await openTestHub(paper, lastText);
  const asked = paperMessage('a question that takes two posts to be answered in full');
  await hub.accept(paperDelivery(asked));
  await hub.settled();
  assert.equal(paper.posts.length, 2);
  await hub.accept(paperDelivery(editOf(asked, 'short')));
  assert.deepEqual(await states(hub), [['answered', 'short']]);
  assert.deepEqual(
    paper.posts.map(({ id, text }) => [id, text]),
    [['p1', 'you said: short']],
  );
  assert.equal(paper.calls.filter((call) => call === 'post').length, 2);
});

test('what was said since is not told to the model when an older question is answered anew', async () => {
  const paper = openPaperPlatform();
  const told: string[][] = [];
  await using hub = await openTestHub(paper, (request) => {
    told.push(request.messages.map(({ text }) => text));
    return `answer ${told.length}`;
  });
  const first = paperMessage('one', { sentAt: new Date(Date.now() - 2_000) });
  await hub.accept(paperDelivery(first));
  await hub.settled();
  await hub.accept(paperDelivery(paperMessage('two')));
  await hub.settled();
  await hub.accept(paperDelivery(editOf(first, 'one, in other words')));
  await until('it is answered anew', () => told.length === 3);
  await hub.settled();
  assert.deepEqual(told.at(-1), ['Ada: one, in other words']);
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['answer 3', 'answer 2'],
  );
});

test('an edit that changes nothing but a link’s preview answers nothing again', async () => {
  const paper = openPaperPlatform();
  const said: string[] = [];
  await using hub = await openTestHub(paper, slowly(said));
  const asked = paperMessage('see https://example.com');
  await hub.accept(paperDelivery(asked));
  await hub.settled();
  await hub.accept(paperDelivery(editOf(asked, 'see https://example.com')));
  await hub.settled();
  assert.equal(said.length, 1);
});

test('an edit that names the bot makes a question of what was none, also of a message older than the bot', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, lastText);
  const aside = paperMessage('just talking', { why: 'overheard', thread: 'a' });
  await hub.accept(paperDelivery(aside));
  await hub.accept(paperDelivery(editOf(aside, 'hey bot', 'mention')));
  await hub.settled();
  await hub.accept(paperDelivery(editOf(paperMessage('old', { thread: 'b' }), 'old, and now for the bot', 'mention')));
  await until('both are answered', () => paper.posts.length === 2);
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['you said: hey bot', 'you said: old, and now for the bot'],
  );
});

test('a question that is deleted while it waits is not answered', async () => {
  const paper = openPaperPlatform();
  const said: string[] = [];
  await using hub = await openTestHub(paper, slowly(said), { policy: { overlap: 'queue' } });
  const [first, second] = [paperMessage('slow one'), paperMessage('never mind')];
  await hub.accept(paperDelivery(first));
  await until('the first runs', () => said.length === 1);
  await hub.accept(paperDelivery(second));
  await hub.accept(paperDelivery(deletionOf(second)));
  await hub.accept(paperDelivery(editOf(first, 'quick one')));
  assert.deepEqual(await states(hub), [
    ['answered', 'quick one'],
    ['ignored', ''],
  ]);
});

test('a question that is deleted while it is answered ends the model’s request, and its post is taken away', async () => {
  const paper = openPaperPlatform();
  const ended = Promise.withResolvers<number>();
  await using hub = await openTestHub(paper, (_request, signal) => {
    signal.addEventListener('abort', () => ended.resolve(Date.now()));
    return inPieces(
      Array.from({ length: 1_000 }, () => 'and '),
      20,
      signal,
    );
  });
  const asked = paperMessage('oops');
  await hub.accept(paperDelivery(asked));
  await until('the answer grows', () => paper.posts.length === 1);
  const at = Date.now();
  await hub.accept(paperDelivery(deletionOf(asked)));
  assert.ok((await ended.promise) - at < 1_000, 'the model goes on');
  await until('the post is gone', () => paper.posts.length === 0);
  const rows = await hub.settled();
  assert.deepEqual(
    rows.map(({ state, reason }) => [state, reason]),
    [['ignored', 'deleted by its author while it was being answered']],
  );
  await until('the turn is over', async () => {
    const turns = await hub.database.db.sql<{ state: string }[]>`select state from switchboard.turns`;
    return turns.every(({ state }) => state === 'ignored');
  });
});

test('an answer is taken away also when nobody knows whether its last change has arrived', async () => {
  const paper = openPaperPlatform({ lateMs: 5_000 });
  await using hub = await openTestHub(paper, (_request, signal) =>
    inPieces(
      Array.from({ length: 1_000 }, () => 'and '),
      20,
      signal,
    ),
  );
  const asked = paperMessage('oops');
  await hub.accept(paperDelivery(asked));
  await until('the answer grows', () => paper.posts.length === 1);
  paper.failNext('edit', new Failure('unknown-outcome', 'nobody knows'), true);
  await until('the change was made again', () => paper.calls.filter((call) => call === 'edit').length > 2);
  await hub.accept(paperDelivery(deletionOf(asked)));
  await until('the post is gone', () => paper.posts.length === 0);
  await until('the turn is over', async () => {
    const turns = await hub.database.db.sql<{ state: string }[]>`select state from switchboard.turns`;
    return turns.every(({ state }) => state === 'ignored');
  });
});

test('a message that is deleted is taken out of everything that we keep of it, and that is written down', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'yes');
  const asked = paperMessage('my password is hunter2');
  const deliver = (event: Event, id: string): Promise<string> =>
    hub.accept({ id, raw: Buffer.from(JSON.stringify(event)), events: [event] });
  await deliver(asked, 'd-1');
  await deliver(asked, 'd-1-twin');
  await deliver(editOf(asked, 'my password is hunter22'), 'd-2');
  await hub.settled();
  await deliver(deletionOf(asked), 'd-3');
  await hub.settled();
  const { sql } = hub.database.db;
  const [kept] = await sql<{ found: number }[]>`select
    (select count(*) from switchboard.deliveries where convert_from(raw, 'UTF8') like '%hunter2%')::int
      + (select count(*) from switchboard.messages where text like '%hunter2%')::int as found`;
  assert.equal(kept?.found, 0);
  const audit = await sql<{ what: string; actor: string }[]>`select what, actor from switchboard.audit`;
  assert.deepEqual(
    audit.map(({ what, actor }) => [what, actor]),
    [['message.redacted', 'its author']],
  );
});

test('of two questions that are answered together, one that is deleted is left out and the other answered', async () => {
  const paper = openPaperPlatform();
  const said: string[] = [];
  await using hub = await openTestHub(paper, slowly(said), { policy: { overlap: 'steer' } });
  const [first, second] = [paperMessage('slow one'), paperMessage('slow two')];
  await hub.accept(paperDelivery(first));
  await until('the first runs', () => said.length === 1);
  await hub.accept(paperDelivery(second));
  await until('both are answered together', () => said.at(-1)?.includes('slow two') === true);
  await hub.accept(paperDelivery(editOf(first, 'quick one')));
  await hub.accept(paperDelivery(deletionOf(second)));
  assert.deepEqual(await states(hub), [
    ['answered', 'quick one'],
    ['ignored', ''],
  ]);
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['you said: quick one'],
  );
});

test('an answer older than all that the model is told is given anew in its own post', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  await using hub = await openTestHub(paper, () => `answer ${(asked += 1)}`);
  const first = paperMessage('one', { sentAt: new Date(Date.now() - 100_000) });
  await hub.accept(paperDelivery(first));
  await hub.settled();
  for (let n = 0; n < 45; n += 1) {
    await hub.accept(paperDelivery(paperMessage(`more ${n}`, { sentAt: new Date(Date.now() - 90_000 + n * 1_000) })));
    await hub.settled();
  }
  await hub.accept(paperDelivery(editOf(first, 'one, but better')));
  await until('it is answered anew', () => paper.posts[0]?.text === 'answer 47');
  assert.equal(paper.posts.length, 46);
});
