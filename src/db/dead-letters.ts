import type { TurnId } from '../model/ids.ts';
import { threadId } from '../model/ids.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import type { Transaction } from './database.ts';

/** A turn that was given up, with what is known about it. */
export type DeadLetter = {
  readonly turn: string;
  /** The conversation's own id. */
  readonly conversation: string;
  readonly platform: string;
  /** The platform's ids. */
  readonly install: string;
  readonly channel: string;
  readonly thread: string;
  readonly reason: string;
  /** ISO time. */
  readonly endedAt: string;
  readonly questions: readonly string[];
  /** Posts of which nobody can tell whether they were made: the evidence. */
  readonly inDoubt: readonly {
    readonly ordinal: number;
    readonly attempts: number;
    readonly attemptedAt: string;
    readonly error: string | null;
  }[];
};

/** Turns that were given up, newest first. @param after those that ended before this one, as a list of them ended. */
export async function listDeadLetters(
  tx: Transaction,
  most: number,
  after?: { readonly at: string; readonly id: string },
): Promise<readonly DeadLetter[]> {
  return tx<DeadLetter[]>`
    select t.id as turn, t.thread_id as conversation, a.platform, i.external_id as install, h.channel, h.external_id as thread,
      coalesce(t.error, '') as reason, to_json(t.ended_at)#>>'{}' as "endedAt",
      coalesce((select json_agg(left(m.text, 200) order by m.sent_at) from switchboard.messages m
        where m.organization_id = t.organization_id and m.thread_id = t.thread_id and m.turn_id = t.id), '[]') as questions,
      coalesce((select json_agg(json_build_object('ordinal', p.ordinal, 'attempts', p.attempts, 'attemptedAt', p.attempted_at,
          'error', p.error) order by p.ordinal) from switchboard.posts p
        where p.organization_id = t.organization_id and p.turn_id = t.id and p.state in ('attempting', 'unknown')), '[]') as "inDoubt"
    from switchboard.turns t
    join switchboard.threads h on h.organization_id = t.organization_id and h.id = t.thread_id
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = h.install_id
    join switchboard.apps a on a.organization_id = t.organization_id and a.id = i.app_id
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.state = 'dead'
      ${after === undefined ? tx`` : tx`and (t.ended_at, t.id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by t.ended_at desc, t.id desc limit ${most}`;
}

/**
 * Takes turns up again as if they had never failed: what was posted stays, what is in doubt is looked up, an answer that was
 * decided is only delivered.
 * @param turns undefined: all of them.
 * @returns how many were dead letters.
 */
export async function redrive(tx: Transaction, turns: readonly TurnId[] | undefined): Promise<number> {
  const wanted = turns === undefined ? tx`true` : tx`id = any(${[...turns]}::uuid[])`;
  const revived = await tx<{ id: string; thread_id: string }[]>`
    update switchboard.turns set state = 'running', failures = 0, crashes = 0, retry_at = null, error = null, ended_at = null
    where organization_id = current_setting('switchboard.organization')::uuid and state = 'dead' and ${wanted}
    returning id, thread_id`;
  await tx`update switchboard.messages set state = 'waiting', reason = null
    where organization_id = current_setting('switchboard.organization')::uuid and state = 'dead'
      and turn_id = any(${revived.map((row) => row.id)}::uuid[]) and thread_id = any(${revived.map((row) => row.thread_id)}::uuid[])`;
  const threads = new Set(revived.map((row) => row.thread_id));
  await enqueueDrains(
    tx,
    [...threads].map((thread) => ({ thread: threadId(thread), inMs: 0 })),
  );
  return revived.length;
}

/** Leaves dead letters as they are, for good: nobody is to look at them again. @returns how many there were. */
export async function dismiss(tx: Transaction, turns: readonly TurnId[], reason: string): Promise<number> {
  const rows = await tx`
    update switchboard.turns set state = 'ignored', error = ${reason} || coalesce(': ' || error, '')
    where organization_id = current_setting('switchboard.organization')::uuid and state = 'dead' and id = any(${[...turns]}::uuid[])
    returning 1`;
  return rows.length;
}
