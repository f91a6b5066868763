import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import pino from 'pino';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { sweepThreads } from '../../src/jobs/sweep.ts';
import { openTestDatabase } from '../kit/database.ts';
import { paperDelivery, paperMessage } from '../kit/paper-platform.ts';

for (const { name, message, turn, wakes } of [
  { name: 'a question that waits', message: 'waiting', turn: undefined, wakes: true },
  {
    name: 'the answer to a deleted question that is still to be taken away',
    message: 'ignored',
    turn: 'running',
    wakes: true,
  },
  { name: 'what is over', message: 'answered', turn: 'answered', wakes: false },
])
  test(`${name}, and whose job was lost, is ${wakes ? 'taken up again' : 'let rest'}`, async () => {
    await using database = await openTestDatabase();
    const { db } = database;
    await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
    const to = { organization: DEFAULT_ORGANIZATION, app: environmentApp('web') };
    await openAccept(db)(to, paperDelivery(paperMessage('hi')), new Date());
    await db.sql`delete from graphile_worker._private_jobs`;
    await db.sql`update switchboard.messages set state = ${message}, received_at = now() - interval '2 minutes'`;
    if (turn !== undefined)
      await db.sql`insert into switchboard.turns (organization_id, id, thread_id, state, template, started_at)
        select organization_id, ${randomUUID()}, id, ${turn}, 'answer@1', now() - interval '2 minutes' from switchboard.threads`;
    await sweepThreads(db, pino({ level: 'silent' }));
    assert.equal((await db.sql`select 1 from graphile_worker._private_jobs`).length, wakes ? 1 : 0);
  });
