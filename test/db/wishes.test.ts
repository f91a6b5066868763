import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { grantWish } from '../../src/db/wishes.ts';
import { threadId, turnId } from '../../src/model/ids.ts';
import { openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

test('an answer that is wanted again in the very moment in which its end is written is given again', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, () => 'an answer');
  await hub.accept(paperDelivery(paperMessage('well?')));
  await hub.settled();
  const { db } = hub.database;
  const [row] = await db.sql<{ id: string; thread: string }[]>`select id, thread_id as thread from switchboard.turns`;
  assert.ok(row !== undefined);
  const wished = {
    wish: 'again',
    turn: turnId(row.id),
    thread: threadId(row.thread),
    person: 'u1',
    by: 'Ada',
    comment: null,
  } as const;
  await db.sql`update switchboard.turns set state = 'running'`;
  await db.sql`update switchboard.messages set state = 'waiting'`;
  // As whoever ends a turn: its thread first.
  const ending = Promise.withResolvers<void>();
  const end = inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    await tx`select 1 from switchboard.threads for update`;
    await tx`update switchboard.turns set state = 'answered'`;
    await tx`update switchboard.messages set state = 'answered' where author_kind = 'human'`;
    ending.resolve();
    await sleep(200);
  });
  await ending.promise;
  const granted = inOrganization(db, DEFAULT_ORGANIZATION, (tx) => grantWish(tx, wished));
  await end;
  assert.equal(await granted, 'answered again');
  await hub.settled();
});
