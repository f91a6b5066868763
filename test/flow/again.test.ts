import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RouterEvent } from '../../src/llm/route-request.ts';
import { Failure } from '../../src/model/failure.ts';
import { openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

test('a reaction that asks for it gives the answer again, in its place, and taking it back changes nothing', async () => {
  const paper = openPaperPlatform();
  const answers = ['the first answer', 'the second answer'];
  let asked = 0;
  await using hub = await openTestHub(paper, () => answers[asked++] ?? 'one too many');
  await hub.accept(paperDelivery(paperMessage('well?')));
  await hub.settled();
  const react = (added: boolean): Promise<unknown> =>
    hub.accept(
      paperDelivery({
        kind: 'reaction',
        place: { install: 'w1', channel: 'c1', thread: 'p1', address: 't1' },
        messageId: 'p1',
        author: { id: 'u1', name: 'Ada', kind: 'human' },
        emoji: '🔁',
        added,
      }),
    );
  await react(true);
  await until('it is answered again', () => paper.posts[0]?.text === 'the second answer');
  await hub.settled();
  await react(false);
  await until('the act was looked at', async () => {
    const rows = await hub.database.db.sql`select 1 from switchboard.acts where state = 'waiting'`;
    return rows.length === 0;
  });
  assert.deepEqual([asked, paper.posts.map(({ text }) => text)], [2, ['the second answer']]);
});

test('the button below an apology has the answer given after all', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  await using hub = await openTestHub(paper, () => ((asked += 1) === 1 ? refusing() : 'the answer'));
  const { place, message } = paperMessage('well?');
  await hub.accept(paperDelivery({ kind: 'message', place, why: 'mention', hasPast: false, message }));
  await hub.settled();
  const button = paper.posts.flatMap(({ card }) => card?.controls ?? [])[0];
  assert.equal(button?.label, 'Try again');
  const click = { kind: 'action', place, author: message.author, value: '', messageId: undefined } as const;
  await hub.accept(paperDelivery({ ...click, action: button?.id ?? '' }));
  await until('it is answered', () => paper.posts[0]?.text === 'the answer');
});

test('who presses before the end of what was said is written has it again all the same, once', async () => {
  const paper = openPaperPlatform();
  let asked = 0;
  await using hub = await openTestHub(paper, () => ((asked += 1) === 1 ? refusing() : `answer ${asked}`));
  const { place, message } = paperMessage('well?');
  const { adapter } = paper;
  const post = adapter.post.bind(adapter);
  const pressing = Object.assign(adapter, {
    async post(...given: Parameters<typeof post>) {
      const posted = await post(...given);
      const [button] = given[1].card?.controls ?? [];
      if (button === undefined) return posted;
      const click = { kind: 'action', place, author: message.author, value: '', messageId: undefined } as const;
      await hub.accept(paperDelivery({ ...click, action: button.id }));
      // Long enough for the click to be looked at while the apology is still on its way.
      await sleep(500);
      pressing.post = post;
      return posted;
    },
  });
  await hub.accept(paperDelivery({ kind: 'message', place, why: 'mention', hasPast: false, message }));
  await until('it is answered', () => paper.posts[0]?.text === 'answer 2');
  await hub.settled();
  await until('the click was obeyed', async () => {
    const acts = await hub.database.db.sql<{ state: string }[]>`select state from switchboard.acts`;
    return acts.length === 1 && acts[0]?.state === 'done';
  });
  assert.equal(asked, 2);
});

async function* refusing(): AsyncGenerator<RouterEvent> {
  yield { kind: 'failed', fault: 'bad-request', message: 'no such model', retryInMs: undefined };
}

test('a turn that is put off by a limit keeps what its posts show, so that it is not set again', async () => {
  const paper = openPaperPlatform({ part: 100 });
  const parts = ['a', 'b', 'c'].map((letter) => letter.repeat(80));
  await using hub = await openTestHub(paper, () => parts.join('\n\n'));
  const { sql } = hub.database.db;
  const { adapter } = paper;
  const post = adapter.post.bind(adapter);
  let posts = 0;
  Object.assign(adapter, {
    post: (...given: Parameters<typeof post>) =>
      (posts += 1) === 2
        ? Promise.reject(new Failure('rate-limited', 'no more for an hour', { retryInMs: 3_600_000 }))
        : post(...given),
  });
  await hub.accept(paperDelivery(paperMessage('tell me')));
  const isPutOff = async (): Promise<boolean> =>
    (await sql`select 1 from switchboard.turns where retry_at is not null`).length > 0;
  await until('the turn is put off', isPutOff, { withinMs: 10_000 });
  const rows = await sql<{ text: string | null }[]>`select text from switchboard.posts where state = 'sent'`;
  assert.deepEqual(
    rows.map(({ text }) => text?.trim()),
    parts.slice(0, 1),
  );
});
