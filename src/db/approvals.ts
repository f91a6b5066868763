import { threadId } from '../model/ids.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** What a person says to what is asked: it may be done, it may not, or (of what nobody can tell) it was done. */
export type Verdict = 'yes' | 'no' | 'done';

/** Somebody's word. */
export type Word = {
  readonly approval: string;
  /** The platform's id and the name. */
  readonly person: string;
  readonly by: string;
  readonly verdict: Verdict;
  /** Said by somebody who may decide everywhere in the organization: by the console. */
  readonly everywhere?: boolean;
};

/** What came of it, in words for that person. */
export type Decision = { readonly kind: 'decided' | 'counted' | 'refused'; readonly reason: string };

type Row = {
  turn_id: string;
  thread_id: string;
  people: readonly string[] | null;
  yes: number;
  verdicts: readonly { readonly person: string; readonly verdict: Verdict }[];
  state: string;
  late: boolean;
};

const refused = (reason: string): Decision => ({ kind: 'refused', reason });

/** Takes a person's word. When it decides, the turn that waits for it goes on. */
export async function decide(
  tx: Transaction,
  { approval, person, by, verdict, everywhere = false }: Word,
): Promise<Decision> {
  const [row] = await tx<Row[]>`
    select a.turn_id, t.thread_id, a.people, a.yes, a.verdicts, a.state, a.expires_at < now() as late
    from switchboard.approvals a join switchboard.turns t on t.organization_id = a.organization_id and t.id = a.turn_id
    where a.organization_id = current_setting('switchboard.organization')::uuid and a.id = ${approval} for update of a`;
  if (row === undefined) return refused('This is not asked any more.');
  if (row.state !== 'asked') return refused('This has been decided already.');
  if (row.late) return refused('This was asked too long ago.');
  if (!everywhere && row.people !== null && !row.people.includes(person))
    return refused('This is not for you to decide.');
  if (row.verdicts.some((said) => said.person === person && said.verdict === verdict))
    return refused('You have said so already.');
  const verdicts = [...row.verdicts.filter((said) => said.person !== person), { person, by, verdict }];
  const state = stateAfter(verdicts, row.yes);
  await tx`update switchboard.approvals set state = ${state}, verdicts = ${asJson(tx, verdicts)}::jsonb
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${approval}`;
  await tx`insert into switchboard.audit (organization_id, actor, actor_name, what, subject)
    values (current_setting('switchboard.organization')::uuid, ${person}, ${by}, ${`approval.${verdict}`}, ${`turn/${row.turn_id}`})`;
  if (state === 'asked') return { kind: 'counted', reason: `${row.yes - countYes(verdicts)} more have to say yes` };
  await tx`update switchboard.turns set retry_at = null
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${row.turn_id} and state = 'running'`;
  await enqueueDrains(tx, [{ thread: threadId(row.thread_id), inMs: 0 }]);
  return { kind: 'decided', reason: state };
}

const countYes = (verdicts: Row['verdicts']): number => verdicts.filter(({ verdict }) => verdict === 'yes').length;

function stateAfter(verdicts: Row['verdicts'], yes: number): 'asked' | 'granted' | 'denied' | 'done' {
  if (verdicts.some(({ verdict }) => verdict === 'no')) return 'denied';
  if (verdicts.some(({ verdict }) => verdict === 'done')) return 'done';
  return countYes(verdicts) >= yes ? 'granted' : 'asked';
}

/**
 * Of these, what is still to be decided, locked until the end of the transaction: a word that comes meanwhile waits, and
 * then finds the turn waiting.
 */
export async function stillAsked(tx: Transaction, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx<{ id: string; state: string }[]>`
    select id, state from switchboard.approvals
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${[...ids]}::uuid[]) order by id for update`;
  return new Set(rows.filter(({ state }) => state === 'asked').map(({ id }) => id));
}
