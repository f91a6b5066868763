import type { Transaction } from './database.ts';

/** What waits for a person. */
export type Counts = { readonly deadLetters: number; readonly approvals: number };

/** Where counting ends: more of them are nothing that a number says better. */
const MOST = 1_000;

/** What waits for a person now, each up to 1,000. */
export async function countWaiting(tx: Transaction): Promise<Counts> {
  const [row] = await tx<Counts[]>`
    select
      (select count(*)::int from (select 1 from switchboard.turns t
        where t.organization_id = current_setting('switchboard.organization')::uuid and t.state = 'dead' limit ${MOST}) d) as "deadLetters",
      (select count(*)::int from (select 1 from switchboard.approvals a
        join switchboard.turns r on r.organization_id = a.organization_id and r.id = a.turn_id
        where a.organization_id = current_setting('switchboard.organization')::uuid and a.state = 'asked' and a.expires_at > now()
          and r.state = 'running' limit ${MOST}) w) as approvals`;
  if (row === undefined) throw new Error('a select without a row');
  return row;
}
