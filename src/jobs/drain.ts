import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { answer } from '../agent/answer.ts';
import type { Agent } from '../agent/agent.ts';
import type { Database } from '../db/database.ts';
import { groupCommit } from '../db/group-commit.ts';
import { lookAgain } from '../db/leases.ts';
import type { Mailbox } from '../db/mailbox.ts';
import { takeMailboxes } from '../db/take-mailboxes.ts';
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

/** Milliseconds before a thread is tried again whose app this process has no credentials for. */
const NO_ADAPTER_MS = 30_000;

/** The job that works through one thread: takes its lease, runs turns until its mailbox is empty, gives it back. */
export function drainTask(options: DrainOptions): Task {
  const take = groupCommit(options.db, takeMailboxes, 'soon');
  const again = groupCommit(options.db, lookAgain, 'soon');

  return async (payload) => {
    const { organization, thread } = Payload.parse(payload);
    for (let fence = 0; ;) {
      const taken = await take(organization, { thread, owner: options.owner, fence });
      if ('busyForMs' in taken) {
        // Whoever has it will see what is waiting; should that process die instead, this job comes back.
        if (taken.busyForMs > 0) await again(organization, { thread, inMs: taken.busyForMs + AFTER_LEASE_MS });
        return;
      }
      const more = await runOne(options, organization, taken);
      if (!more) return;
      fence = taken.lease.fence;
    }
  };
}

async function runOne(options: DrainOptions, organization: OrganizationId, mailbox: Mailbox): Promise<boolean> {
  const { agent, leases, stopping } = options;
  const giveBack = async (againInMs: number): Promise<false> => {
    await agent.giveBack(organization, { lease: mailbox.lease, ignored: [], againInMs });
    return false;
  };
  if (mailbox.waiting.length === 0 && mailbox.turn === undefined) return giveBack(0);
  if (mailbox.turn !== undefined && mailbox.turn.waitMs > 0) return giveBack(mailbox.turn.waitMs);
  if (stopping.aborted) return giveBack(0);
  const adapter = agent.adapterOf(mailbox.app);
  if (adapter === undefined) return giveBack(NO_ADAPTER_MS);

  const correlation = mailbox.waiting.at(-1)?.correlation;
  const log = options.log.child({ correlation, thread: mailbox.lease.thread, platform: adapter.platform });
  const held = leases.hold(organization, mailbox.lease);
  try {
    const access = { install: mailbox.install, secret: undefined };
    return await answer(agent, { organization, mailbox, adapter, access, signal: held.signal, log });
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    if (failure.code !== 'aborted') throw thrown;
    log.warn({ reason: failure.message }, 'a turn was handed over');
    return await giveBack(0);
  } finally {
    held.letGo();
  }
}
