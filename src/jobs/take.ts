import type { Agent } from '../agent/agent.ts';
import { plan, type Plan } from '../agent/plan.ts';
import type { Database, Transaction } from '../db/database.ts';
import { groupCommit, type GroupCommit } from '../db/group-commit.ts';
import type { Busy, Mailbox, TakeRequest } from '../db/mailbox.ts';
import { takeMailboxes } from '../db/take-mailboxes.ts';
import { beginTurns } from '../db/turns.ts';

/** A mailbox in our hands, and what is to be done with it. */
export type Taken = { readonly mailbox: Mailbox; readonly plan: Plan };

/** Takes a thread's lease and reads its mailbox, or says for how long somebody else has it. */
export type Take = GroupCommit<TakeRequest, Taken | Busy>;

/** @param agent what is planned depends on it. */
export function openTake(db: Database, agent: Agent): Take {
  return groupCommit(db, (tx, requests: readonly TakeRequest[]) => takeAndBegin(tx, requests, agent), 'soon');
}

/** Takes the leases, reads the mailboxes, and writes which turns begin: one transaction. */
async function takeAndBegin(
  tx: Transaction,
  requests: readonly TakeRequest[],
  agent: Agent,
): Promise<readonly (Taken | Busy)[]> {
  const mailboxes = await takeMailboxes(tx, requests);
  const taken = mailboxes.map((mailbox) =>
    'busyForMs' in mailbox ? mailbox : { mailbox, plan: plan(agent, mailbox) },
  );
  await beginTurns(
    tx,
    taken.flatMap((item) => ('plan' in item && 'begin' in item.plan ? [item.plan.begin] : [])),
  );
  return taken;
}
