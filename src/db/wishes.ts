import { threadId, type ThreadId, type TurnId } from '../model/ids.ts';
import type { Wish } from '../model/policy.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import type { Transaction } from './database.ts';

/** What somebody wishes of an answer. */
export type Wished = {
  readonly wish: Wish;
  readonly turn: TurnId;
  readonly thread: ThreadId;
  /** The platform's id and the name of who wishes it. */
  readonly person: string;
  readonly by: string;
  readonly comment: string | null;
  /** The turn's run in which the button was posted that is pressed. */
  readonly run?: number;
};

/** What came of it, for the record; undefined: its answer stands there, and its end is just being written, so ask again. */
export type Granted = string | undefined;

/** Does what somebody wishes. */
export async function grantWish(tx: Transaction, wished: Wished): Promise<Granted> {
  const { wish, turn, thread, person, by, comment, run } = wished;
  if (wish === 'stop')
    return (await stopThreads(tx, [thread], by)) > 0 ? 'the answer is stopped' : 'nothing ran any more';
  if (wish === 'again') {
    // Whoever ends a turn locks its thread first: it has ended before all of this, or ends after it.
    await tx`select 1 from switchboard.threads
      where organization_id = current_setting('switchboard.organization')::uuid and id = ${thread} for update`;
    if (await redoTurn(tx, turn)) return 'answered again';
    return (await isEnding(tx, turn, run)) ? undefined : 'it is being answered, or nothing is left of it';
  }
  await giveFeedback(tx, { turn, person, verdict: wish, comment });
  return `kept as ${wish}`;
}

/** Whether all that is left of a turn is to deliver what was decided, and to write that. */
async function isEnding(tx: Transaction, turn: TurnId, run: number | undefined): Promise<boolean> {
  const rows = await tx`select 1 from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = ${turn} and t.state = 'running'
      and (t.answer is not null or t.runs = ${run ?? null}::int)`;
  return rows.length > 0;
}

/** Asks for the turns that run in these threads to be stopped; the threads in which one runs. */
export async function stopThreads(tx: Transaction, threads: readonly ThreadId[], by: string): Promise<number> {
  const stopped = await tx<{ id: string }[]>`
    update switchboard.threads t set stop_by = ${by}
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = any(${[...threads]}::uuid[])
      and exists (select 1 from switchboard.turns r where r.organization_id = t.organization_id and r.thread_id = t.id and r.state = 'running')
    returning t.id`;
  // One that waits for its next try is stopped without waiting any longer.
  await enqueueDrains(
    tx,
    stopped.map((row) => ({ thread: threadId(row.id), inMs: 0 })),
  );
  return stopped.length;
}

/** Takes a turn up once more, with all its messages; false: it has none left, or is not over. */
export async function redoTurn(tx: Transaction, turn: TurnId): Promise<boolean> {
  const rows = await tx<{ thread_id: string }[]>`
    update switchboard.messages m set state = 'waiting', reason = null from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = ${turn}
      and m.organization_id = t.organization_id and m.thread_id = t.thread_id and m.turn_id = t.id and m.state in ('answered', 'dead')
      and (m.text <> '' or m.attachments <> '[]')
    returning m.thread_id`;
  const [row] = rows;
  if (row === undefined) return false;
  await enqueueDrains(tx, [{ thread: threadId(row.thread_id), inMs: 0 }]);
  return true;
}

/** What somebody thinks of an answer; the last word counts. An undefined verdict takes it back. */
export async function giveFeedback(
  tx: Transaction,
  opinion: { turn: TurnId; person: string; verdict: Extract<Wish, 'good' | 'bad'> | undefined; comment: string | null },
): Promise<void> {
  const { turn, person, verdict, comment } = opinion;
  if (verdict === undefined) {
    await tx`delete from switchboard.feedback
      where organization_id = current_setting('switchboard.organization')::uuid and turn_id = ${turn} and person = ${person}`;
    return;
  }
  await tx`insert into switchboard.feedback as f (organization_id, turn_id, person, verdict, comment)
    values (current_setting('switchboard.organization')::uuid, ${turn}, ${person}, ${verdict}, ${comment})
    on conflict (organization_id, turn_id, person) do update
      set verdict = excluded.verdict, comment = coalesce(excluded.comment, f.comment), given_at = now()`;
}
