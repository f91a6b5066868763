import type { Transaction } from './database.ts';

/** A question to a person that is still open. */
export type OpenApproval = {
  readonly id: string;
  readonly kind: 'may' | 'was';
  readonly conversation: string;
  readonly turn: string;
  readonly platform: string;
  readonly channel: string;
  readonly tool: string;
  readonly arguments: unknown;
  /** The platform's ids of those who may decide; null: anybody there. */
  readonly people: readonly string[] | null;
  readonly yes: number;
  readonly verdicts: unknown;
  /** ISO times. */
  readonly askedAt: string;
  readonly expiresAt: string;
};

/** The oldest first. */
export async function listApprovals(tx: Transaction, most: number): Promise<readonly OpenApproval[]> {
  return tx<OpenApproval[]>`
    select a.id, a.kind, r.thread_id as conversation, a.turn_id as turn, p.platform, t.channel, coalesce(s.input->>'name', '') as tool,
      s.input->'arguments' as arguments, a.people, a.yes, a.verdicts, to_json(a.asked_at)#>>'{}' as "askedAt", to_json(a.expires_at)#>>'{}' as "expiresAt"
    from switchboard.approvals a
    join switchboard.turns r on r.organization_id = a.organization_id and r.id = a.turn_id
    join switchboard.threads t on t.organization_id = r.organization_id and t.id = r.thread_id
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    join switchboard.apps p on p.organization_id = i.organization_id and p.id = i.app_id
    left join switchboard.steps s on s.organization_id = a.organization_id and s.turn_id = a.turn_id and s.seq = a.seq
    where a.organization_id = current_setting('switchboard.organization')::uuid and a.state = 'asked' and a.expires_at > now() and r.state = 'running'
    order by a.asked_at limit ${most}`;
}
