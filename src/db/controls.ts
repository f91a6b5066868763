import type { Form } from '../model/card.ts';
import { threadId, turnId, type AppId, type ThreadId, type TurnId } from '../model/ids.ts';
import type { Wish } from '../model/policy.ts';
import type { Verdict } from './approvals.ts';
import type { Transaction } from './database.ts';

/** A click on something that we posted. */
export type Click = {
  readonly id: string;
  readonly app: AppId;
  /** The platform's ids of where it was clicked, and by whom. */
  readonly install: string;
  readonly channel: string;
  readonly person: string;
  /** With what was filled in, where the control asks for it. */
  readonly isFilledIn: boolean;
  readonly at: Date;
};

/** What a click means; `refused` says why it means nothing, in words for the person. */
export type Clicked =
  | {
      readonly kind: 'wish';
      readonly wish: Wish;
      readonly turn: TurnId;
      readonly thread: ThreadId;
      readonly run: number;
    }
  /** A word to something that was asked: whoever may decide says it once. */
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly approval: string }
  /** All that is remembered of who clicks is forgotten. */
  | { readonly kind: 'forget' }
  | { readonly kind: 'refused'; readonly reason: string };

type Row = {
  wish: Wish | Verdict | 'forget';
  approval_id: string | null;
  turn_id: string;
  run: number;
  thread_id: string;
  person: string | null;
  late: boolean;
  used: boolean;
  here: boolean;
};

const refused = (reason: string): Clicked => ({ kind: 'refused', reason });

/** What a control means: whoever clicks must be who it is for, where it is, before it expires and is used up. */
export async function readControl(tx: Transaction, click: Click): Promise<Clicked> {
  const [row] = await tx<Row[]>`
    select c.wish, c.approval_id, c.turn_id, c.run, t.thread_id, c.person, c.expires_at < ${click.at} as late, c.used_at is not null as used,
      i.app_id = ${click.app} and i.external_id = ${click.install} and h.channel = ${click.channel} as here
    from switchboard.controls c
    join switchboard.turns t on t.organization_id = c.organization_id and t.id = c.turn_id
    join switchboard.threads h on h.organization_id = t.organization_id and h.id = t.thread_id
    join switchboard.installs i on i.organization_id = h.organization_id and i.id = h.install_id
    where c.organization_id = current_setting('switchboard.organization')::uuid and c.id = ${click.id} for update of c`;
  const reason = row === undefined ? 'There is no such button any more.' : reasonAgainst(row, click);
  if (row === undefined || reason !== undefined) return refused(reason ?? '');
  const { wish, approval_id: approval } = row;
  if (approval !== null && isVerdict(wish)) return { kind: 'verdict', verdict: wish, approval };
  if (isVerdict(wish)) return refused('There is no such button any more.');
  if (wish === 'forget') return { kind: 'forget' };
  return { kind: 'wish', wish, turn: turnId(row.turn_id), thread: threadId(row.thread_id), run: row.run };
}

/** It counts once. One that opens a form is used up when the form comes back. */
export async function useUp(tx: Transaction, { id, isFilledIn }: Click): Promise<void> {
  await tx`update switchboard.controls set used_at = now()
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and (form is null or ${isFilledIn})`;
}

/** Why it may not be pressed, in words for the person; undefined: it may. */
function reasonAgainst(row: Row, click: Click): string | undefined {
  if (!row.here) return 'This button belongs to another conversation.';
  if (row.person !== null && row.person !== click.person) return 'This button is for somebody else.';
  if (row.late) return 'This button is too old to be pressed.';
  return row.used ? 'This button has been pressed already.' : undefined;
}

const isVerdict = (wish: Row['wish']): wish is Verdict => wish === 'yes' || wish === 'no' || wish === 'done';

/** What a click on this control asks for before it counts. */
export async function formOf(tx: Transaction, id: string): Promise<Form | undefined> {
  const [row] = await tx<{ form: Form | null }[]>`select form from switchboard.controls
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and used_at is null and expires_at > now()`;
  return row?.form ?? undefined;
}
