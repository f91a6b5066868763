import type { TurnId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import { lockLive } from './leases.ts';
import type { Lease, StoredPost } from './mailbox.ts';
import { asJson } from './rows.ts';

/** A post that is about to be made. */
export type PostAttempt = {
  readonly lease: Lease;
  readonly turn: TurnId;
  readonly ordinal: number;
  readonly nonce: string;
  readonly streaming: boolean;
  /** The whole answer, where it is decided already. */
  readonly answer: string | null;
};

/**
 * Writes that posts are attempted, before the calls that make them.
 * @returns per item whether its lease still held; where it did not, the call must not be made.
 */
export async function attemptPosts(tx: Transaction, items: readonly PostAttempt[]): Promise<readonly boolean[]> {
  const live = await lockLive(tx, items);
  const kept = items.filter((_item, index) => live[index]);
  if (kept.length === 0) return live;
  const rows = kept.map(({ turn, ordinal, nonce, streaming }) => ({ turn, ordinal, nonce, streaming }));
  await Promise.all([
    tx`insert into switchboard.posts as p (organization_id, id, turn_id, ordinal, state, nonce, streaming)
      select current_setting('switchboard.organization')::uuid, gen_random_uuid(), turn, ordinal, 'attempting', nonce, streaming
      from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, ordinal int, nonce text, streaming boolean)
      on conflict (organization_id, turn_id, ordinal) do update
        set state = 'attempting', attempts = p.attempts + 1, attempted_at = now(), streaming = excluded.streaming`,
    decideAnswers(tx, kept),
  ]);
  return live;
}

async function decideAnswers(
  tx: Transaction,
  items: readonly { readonly turn: TurnId; readonly answer: string | null }[],
): Promise<void> {
  const rows = items.filter((item) => item.answer !== null).map(({ turn, answer }) => ({ turn, answer }));
  if (rows.length === 0) return;
  await tx`update switchboard.turns t set answer = r.answer from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, answer text)
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = r.turn
      and t.id = any(${rows.map((row) => row.turn)}::uuid[])`;
}

/** The whole answer of a turn that has posts already. */
export type AnswerDecided = { readonly lease: Lease; readonly turn: TurnId; readonly answer: string };

/** Writes what the answers are; from then on a crash costs no second call of the model. */
export async function saveAnswers(tx: Transaction, items: readonly AnswerDecided[]): Promise<readonly boolean[]> {
  const live = await lockLive(tx, items);
  await decideAnswers(
    tx,
    items.filter((_item, index) => live[index]),
  );
  return live;
}

/** What came of an attempt. */
export type PostOutcome = {
  readonly turn: TurnId;
  readonly ordinal: number;
  readonly state: StoredPost['state'];
  readonly externalId: string | null;
  readonly streaming: boolean;
  readonly error: string | null;
};

/** Writes what came of attempts. Not fenced: what happened at the platform is true whoever holds the thread now. */
export async function settlePosts(tx: Transaction, items: readonly PostOutcome[]): Promise<readonly true[]> {
  await tx`
    update switchboard.posts p set state = r.state, external_id = coalesce(r."externalId", p.external_id), streaming = r.streaming,
      error = r.error, sent_at = case when r.state = 'sent' then coalesce(p.sent_at, now()) end
    from json_to_recordset(${asJson(tx, items)}) as r(turn uuid, ordinal int, state text, "externalId" text, streaming boolean, error text)
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.turn_id = r.turn and p.ordinal = r.ordinal
      and p.turn_id = any(${items.map((item) => item.turn)}::uuid[])`;
  return items.map(() => true);
}
