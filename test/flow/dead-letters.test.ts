import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { deadLetters } from '../../src/dead-letters.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { listDeadLetters } from '../../src/db/dead-letters.ts';
import { inOrganization } from '../../src/db/database.ts';
import { Failure } from '../../src/model/failure.ts';
import { openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

const letters = (hub: TestHub) =>
  inOrganization(hub.database.db, DEFAULT_ORGANIZATION, (tx) => listDeadLetters(tx, 10));
const run = (hub: TestHub, ...words: readonly string[]) => deadLetters(hub.database.db, words);
const BROKEN = { kind: 'failed', fault: 'auth', message: 'no such key', retryInMs: undefined } as const;

test('a dead letter that is taken up again is answered in the place of its apology', async () => {
  const paper = openPaperPlatform();
  let broken = true;
  await using hub = await openTestHub(paper, () => {
    if (!broken) return 'the answer';
    return (async function* () {
      yield BROKEN;
    })();
  });
  await hub.accept(paperDelivery(paperMessage('why?')));
  assert.equal((await hub.settled())[0]?.state, 'dead');
  assert.match(paper.posts[0]?.text ?? '', /could not answer/);
  const [letter] = await letters(hub);
  assert.deepEqual(letter?.questions, ['why?']);
  assert.match(await run(hub), /reason: no such key\n {2}asked: why\?/);

  broken = false;
  assert.match(await run(hub, 'redrive', letter?.turn ?? ''), /^1 taken up again/);
  assert.equal((await hub.settled())[0]?.state, 'answered');
  assert.deepEqual(
    paper.posts.map((post) => post.text),
    ['the answer'],
  );
  assert.equal(await run(hub), 'there are no dead letters\n');
});

test('an answer that was decided and refused is only delivered again; the model is not asked twice', async () => {
  const paper = openPaperPlatform();
  paper.failNext('post', new Failure('refused', 'the channel is closed'));
  let calls = 0;
  await using hub = await openTestHub(paper, () => `answer ${(calls += 1)}`);
  await hub.accept(paperDelivery(paperMessage('x')));
  assert.equal((await hub.settled())[0]?.reason, 'the channel is closed');
  await run(hub, 'redrive', 'all');
  await hub.settled();
  assert.deepEqual([paper.posts.map((post) => post.text), calls], [['answer 1'], 1]);
});

test('what nobody can tell is shown with its evidence where an organization prefers a missing answer to a doubled one', async () => {
  const paper = openPaperPlatform({ findable: false });
  paper.failNext('post', new Failure('unknown-outcome', 'no answer in time'), true);
  await using hub = await openTestHub(paper, () => 'hello', { inDoubt: 'leave' });
  await hub.accept(paperDelivery(paperMessage('x')));
  assert.equal((await hub.settled())[0]?.state, 'dead');
  const [letter] = await letters(hub);
  assert.match(letter?.reason ?? '', /nobody can tell whether part 1 was posted \(attempt 1\)/);
  assert.deepEqual(
    letter?.inDoubt.map(({ ordinal, attempts, error }) => ({ ordinal, attempts, error })),
    [{ ordinal: 0, attempts: 1, error: 'no answer in time' }],
  );
  assert.match(await run(hub), /part 1 may be posted: attempt 1 at .* \(no answer in time\)/);
  assert.equal(paper.posts.length, 1);
});

test('words that make no sense are answered with how it is meant', async () => {
  await using hub = await openTestHub(openPaperPlatform(), () => '');
  await assert.rejects(run(hub, 'revive'), { code: 'invalid', message: /usage/ });
  await assert.rejects(run(hub, 'redrive', 'x'), { code: 'invalid', message: /x is no turn/ });
});

/** A turn in mid-answer whose process has ended so many times. */
async function crashed(hub: TestHub, times: number): Promise<void> {
  await hub.database.db
    .sql`update switchboard.turns set state = 'running', crashes = ${times}, answer = null, ended_at = null`;
  await hub.database.db.sql`update switchboard.messages set state = 'waiting'`;
  const [row] = await hub.database.db.sql<{ id: string }[]>`select id from switchboard.threads`;
  await inOrganization(
    hub.database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`select switchboard_system.enqueue_drains(${[row?.id ?? '']}::uuid[], now(), false)`,
  );
}

test('a turn that has ended its process three times is run in a process of its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'alone-'));
  const paper = openPaperPlatform();
  const alone = ['sh', '-c', `echo "$0 $1" >> ${folder}/runs`] as const;
  await using hub = await openTestHub(paper, () => 'fine', { alone });
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  // Twice before, and now it left its lease behind once more.
  await hub.database.db
    .sql`update switchboard.threads set lease_owner = gen_random_uuid(), lease_until = now() - interval '1 s'`;
  await crashed(hub, 2);
  const [thread] = await hub.database.db.sql<{ id: string }[]>`select id from switchboard.threads`;
  for (const until = Date.now() + 5_000; ; await sleep(20)) {
    const runs = await readFile(`${folder}/runs`, 'utf8').catch(() => '');
    if (runs === `${DEFAULT_ORGANIZATION} ${thread?.id}\n`) break;
    assert.ok(Date.now() < until, `it ran: ${runs}`);
  }
  // Counted where the process of its own, which may end as well, finds it.
  const [turn] = await hub.database.db.sql<{ crashes: number }[]>`select crashes from switchboard.turns`;
  assert.equal(turn?.crashes, 3);
  await rm(folder, { recursive: true });
});

test('a turn that ends its process alone as well is given up, and the person is told', async () => {
  const paper = openPaperPlatform();
  let calls = 0;
  await using hub = await openTestHub(paper, () => `answer ${(calls += 1)}`);
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  await crashed(hub, 5);
  for (const until = Date.now() + 5_000; (await letters(hub)).length === 0; await sleep(20))
    assert.ok(Date.now() < until);
  const [row] = await hub.messages();
  assert.deepEqual([row?.state, row?.reason], ['dead', 'its process ended 5 times, at last alone']);
  assert.equal(calls, 1);
});
