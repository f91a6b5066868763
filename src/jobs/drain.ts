import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { answer } from '../agent/answer.ts';
import type { Agent } from '../agent/agent.ts';
import { plan, type Plan } from '../agent/plan.ts';
import type { Database, Transaction } from '../db/database.ts';
import { groupCommit } from '../db/group-commit.ts';
import { lookAgain } from '../db/leases.ts';
import type { Busy, Mailbox, TakeRequest } from '../db/mailbox.ts';
import { takeMailboxes } from '../db/take-mailboxes.ts';
import { beginTurns } from '../db/turns.ts';
import { toFailure } from '../model/failure.ts';
import { organizationId, threadId, type OrganizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { LeaseKeeper } from './leases.ts';

export type DrainOptions = {
  readonly db: Database;
  readonly agent: Agent;
  readonly leases: LeaseKeeper;
  /** This process, as the owner of leases: a UUID. */
  readonly owner: string;
  /** Aborts when the process stops taking work. */
  readonly stopping: AbortSignal;
  readonly log: Log;
};

const Payload = z.object({
  organization: z.string().transform(organizationId),
  thread: z.string().transform(threadId),
});

/** Milliseconds beyond a foreign lease's end before the thread is looked at again. */
const AFTER_LEASE_MS = 200;

/** A mailbox in our hands, and what is to be done with it. */
type Taken = { readonly mailbox: Mailbox; readonly plan: Plan };

/** The job that works through one thread: takes its lease, runs turns until its mailbox is empty, gives it back. */
export function drainTask(options: DrainOptions): Task {
  const { db, agent } = options;
  const take = groupCommit(db, (tx, requests: readonly TakeRequest[]) => takeAndBegin(tx, requests, agent), 'soon');
  const again = groupCommit(db, lookAgain, 'soon');

  return async (payload) => {
    const { organization, thread } = Payload.parse(payload);
    if (options.stopping.aborted) return void (await again(organization, { thread, inMs: 0 }));
    for (let fence = 0; ;) {
      const taken = await take(organization, { thread, owner: options.owner, fence });
      if ('busyForMs' in taken) {
        // Whoever has it will see what is waiting; should that process die instead, this job comes back.
        if (taken.busyForMs > 0) await again(organization, { thread, inMs: taken.busyForMs + AFTER_LEASE_MS });
        return undefined;
      }
      const more = await runOne(options, organization, taken);
      if (!more) return undefined;
      fence = taken.mailbox.lease.fence;
    }
  };
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
    taken.flatMap((item) => ('plan' in item && item.plan.kind === 'say' ? [item.plan.begin] : [])),
  );
  return taken;
}

async function runOne(options: DrainOptions, organization: OrganizationId, { mailbox, plan }: Taken): Promise<boolean> {
  const { agent, leases } = options;
  const { lease } = mailbox;
  const adapter = agent.adapterOf(mailbox.app);
  if (plan.kind === 'leave' || adapter === undefined) {
    const [ignored, againInMs] = plan.kind === 'leave' ? [plan.ignored, plan.againInMs] : [[], 0];
    await agent.giveBack(organization, { lease, ignored, againInMs });
    return false;
  }
  const correlation = mailbox.waiting.at(-1)?.correlation;
  const log = options.log.child({ correlation, thread: lease.thread, platform: adapter.platform });
  const held = leases.hold(organization, lease);
  try {
    const access = { install: mailbox.install, secret: undefined };
    return await answer(agent, { organization, mailbox, adapter, access, signal: held.signal, log }, plan);
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    if (failure.code !== 'aborted') throw thrown;
    log.warn({ reason: failure.message }, 'a turn was handed over');
    await agent.giveBack(organization, { lease, ignored: [], againInMs: 0 });
    return false;
  } finally {
    held.letGo();
  }
}
