import type { Card, Form } from '../model/card.ts';
import type { TurnId } from '../model/ids.ts';
import type { Wish } from '../model/policy.ts';
import type { Transaction } from './database.ts';
import type { Grant, Toll } from './grant.ts';
import { lockLive } from './leases.ts';
import type { Lease, StoredPost } from './mailbox.ts';
import { grantCalls } from './pace.ts';
import { asJson } from './rows.ts';

/** A whole answer: what is said, the card below it, and what can be clicked on it. */
export type Decided = {
  readonly text: string;
  readonly card: Card | undefined;
  readonly controls: readonly NewControl[];
};

/** What can be clicked, and what the click means. */
export type NewControl = {
  readonly id: string;
  readonly wish: Wish | 'forget';
  readonly person: string | null;
  readonly form: Form | null;
  readonly forMs: number;
};

/** A post that is about to be made. */
export type PostAttempt = {
  readonly lease: Lease;
  readonly turn: TurnId;
  readonly ordinal: number;
  readonly nonce: string;
  readonly text: string;
  readonly streaming: boolean;
  /** The whole answer, where it is decided already. */
  readonly answer: Decided | null;
  readonly toll: Toll;
};

/** Where an attempt stands: to be called now (`attempt` counts them from 1), later (`grant`), or never (`lost`). */
export type Attempted =
  | { readonly kind: 'now'; readonly attempt: number }
  | { readonly kind: 'later'; readonly grant: Grant }
  | { readonly kind: 'lost' };

/** Writes that posts are attempted, before the calls that make them. Only for what is `now` may the call be made. */
export async function attemptPosts(tx: Transaction, items: readonly PostAttempt[]): Promise<readonly Attempted[]> {
  const [live, grants] = await Promise.all([
    lockLive(tx, items),
    grantCalls(
      tx,
      items.map((item) => item.toll),
    ),
  ]);
  const isDue = (index: number): boolean =>
    live[index] === true && grants[index]?.granted === true && grants[index].inMs === 0;
  const numbers = await insertAttempts(
    tx,
    items.filter((_item, index) => isDue(index)),
  );
  return items.map((item, index) => {
    const grant = grants[index];
    if (live[index] !== true || grant === undefined) return { kind: 'lost' };
    if (!isDue(index)) return { kind: 'later', grant };
    return { kind: 'now', attempt: numbers.get(`${item.turn}/${item.ordinal}`) ?? 1 };
  });
}

/** The number of each attempt, by turn and ordinal. */
async function insertAttempts(tx: Transaction, items: readonly PostAttempt[]): Promise<ReadonlyMap<string, number>> {
  if (items.length === 0) return new Map();
  const rows = items.map(({ turn, ordinal, nonce, text, streaming }) => ({ turn, ordinal, nonce, text, streaming }));
  const [written] = await Promise.all([
    tx<
      { turn_id: string; ordinal: number; attempts: number }[]
    >`insert into switchboard.posts as p (organization_id, id, turn_id, ordinal, state, nonce, text, streaming)
      select current_setting('switchboard.organization')::uuid, gen_random_uuid(), turn, ordinal, 'attempting', nonce, text, streaming
      from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, ordinal int, nonce text, text text, streaming boolean)
      on conflict (organization_id, turn_id, ordinal) do update
        set state = 'attempting', attempts = p.attempts + 1, attempted_at = now(), streaming = excluded.streaming, text = excluded.text
      returning p.turn_id, p.ordinal, p.attempts`,
    decideAnswers(tx, items),
  ]);
  return new Map(written.map((row) => [`${row.turn_id}/${row.ordinal}`, row.attempts]));
}

async function decideAnswers(
  tx: Transaction,
  items: readonly { readonly turn: TurnId; readonly answer: Decided | null }[],
): Promise<void> {
  const rows = items.flatMap(({ turn, answer }) => (answer === null ? [] : [{ turn, ...answer }]));
  if (rows.length === 0) return;
  await tx`update switchboard.turns t set answer = r.text, card = r.card from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, text text, card jsonb)
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = r.turn
      and t.id = any(${rows.map((row) => row.turn)}::uuid[])`;
  await insertControls(tx, rows);
}

/** What can be clicked below something that is no answer. */
export type ControlsOffered = {
  readonly lease: Lease;
  readonly turn: TurnId;
  readonly controls: readonly NewControl[];
};

/** Writes what can be clicked, before it can be seen. */
export async function offerControls(tx: Transaction, items: readonly ControlsOffered[]): Promise<readonly boolean[]> {
  const live = await lockLive(tx, items);
  await insertControls(
    tx,
    items.filter((_item, index) => live[index]),
  );
  return live;
}

async function insertControls(
  tx: Transaction,
  items: readonly { readonly turn: TurnId; readonly controls: readonly NewControl[] }[],
): Promise<void> {
  const controls = items.flatMap(({ turn, controls: own }) => own.map((control) => ({ turn, ...control })));
  if (controls.length === 0) return;
  await tx`insert into switchboard.controls (organization_id, id, turn_id, run, wish, person, form, expires_at)
    select current_setting('switchboard.organization')::uuid, r.id, t.id, t.runs, wish, person, form, now() + make_interval(secs => "forMs" / 1000)
    from json_to_recordset(${asJson(tx, controls)}) as r(id text, turn uuid, wish text, person text, form jsonb, "forMs" float8)
    join switchboard.turns t on t.organization_id = current_setting('switchboard.organization')::uuid and t.id = r.turn
    on conflict do nothing`;
}

/** The whole answer of a turn that has posts already. */
export type AnswerDecided = { readonly lease: Lease; readonly turn: TurnId; readonly answer: Decided };

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
  /** The number of the attempt that this came of: what comes of an older one changes nothing any more. */
  readonly attempt: number;
  readonly state: StoredPost['state'];
  readonly externalId: string | null;
  readonly streaming: boolean;
  readonly error: string | null;
  /** Of a `closed` one: the answer up to its end, if that is known. */
  readonly upTo?: string | null;
};

/**
 * Writes what came of attempts. Not fenced: what happened at the platform is true whoever holds the thread now. But a late
 * "nobody knows" takes nothing back that somebody else has found out meanwhile.
 */
export async function settlePosts(tx: Transaction, items: readonly PostOutcome[]): Promise<readonly true[]> {
  await tx`
    update switchboard.posts p set state = case when p.state in ('sent', 'closed') and r.state = 'unknown' then p.state else r.state end, external_id = coalesce(r."externalId", p.external_id), streaming = r.streaming,
      text = case r.state when 'sent' then null when 'closed' then r."upTo" else p.text end,
      error = r.error, sent_at = case when r.state in ('sent', 'closed') then coalesce(p.sent_at, now()) end
    from json_to_recordset(${asJson(tx, items)}) as r(turn uuid, ordinal int, attempt int, state text, "externalId" text, streaming boolean, error text, "upTo" text)
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.turn_id = r.turn and p.ordinal = r.ordinal and p.attempts = r.attempt
      and p.turn_id = any(${items.map((item) => item.turn)}::uuid[])`;
  return items.map(() => true);
}
