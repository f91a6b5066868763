import { randomUUID } from 'node:crypto';
import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { answer } from '../agent/answer.ts';
import type { Agent } from '../agent/agent.ts';
import { withoutToken } from '../model/access-of.ts';
import { toFailure } from '../model/failure.ts';
import { organizationId, threadId, type OrganizationId, type ThreadId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { Isolate } from './isolate.ts';
import type { LeaseKeeper } from './leases.ts';
import type { Take, Taken } from './take.ts';

export type DrainOptions = {
  readonly agent: Agent;
  readonly take: Take;
  readonly leases: LeaseKeeper;
  /** Runs a thread's suspicious turn apart from this process. */
  readonly isolate: Isolate;
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

/** Milliseconds after which a thread is looked at again that another process works through alone. */
const LOOK_AFTER_ISOLATED_MS = 30_000;

/** The job that works through one thread. */
export function drainTask(options: DrainOptions): Task {
  return async (payload) => {
    const { organization, thread } = Payload.parse(payload);
    await drain(options, organization, thread);
  };
}

/** Takes a thread's lease, runs turns until its mailbox is empty, gives it back. */
export async function drain(options: DrainOptions, organization: OrganizationId, thread: ThreadId): Promise<void> {
  const { agent, take, stopping } = options;
  const { store, clock } = agent;
  if (stopping.aborted) return void (await store.again(organization, { thread, inMs: 0 }));
  // Of this run alone: a crash of the database may take a lease back, and the next one would have the same fence.
  const owner = randomUUID();
  for (let fence = 0; ;) {
    const takenAt = clock.now();
    const taken = await take(organization, { thread, owner, fence });
    if ('busyForMs' in taken) {
      // Whoever has it will see what is waiting; should that process die instead, this job comes back.
      if (taken.busyForMs > 0) await store.again(organization, { thread, inMs: taken.busyForMs + AFTER_LEASE_MS });
      return;
    }
    const more = await runOne(options, organization, { ...taken, takenAt });
    if (!more) return;
    fence = taken.mailbox.lease.fence;
  }
}

async function runOne(
  options: DrainOptions,
  organization: OrganizationId,
  { mailbox, plan, takenAt }: Taken & { takenAt: number },
): Promise<boolean> {
  const { agent, leases } = options;
  const { lease } = mailbox;
  if (plan.kind === 'isolate') {
    await agent.store.giveBack(organization, { lease, ignored: [], againInMs: LOOK_AFTER_ISOLATED_MS });
    await options.isolate(organization, lease.thread);
    return false;
  }
  const adapter = agent.adapterOf(mailbox.app);
  if (plan.kind === 'leave' || adapter === undefined) {
    const { ignored, againInMs, waits } = plan.kind === 'leave' ? plan : { ignored: [], againInMs: 0, waits: false };
    await agent.store.giveBack(organization, { lease, ignored, againInMs, waits });
    return false;
  }
  const correlation = mailbox.waiting.at(-1)?.correlation;
  const log = options.log.child({ correlation, thread: lease.thread, platform: adapter.platform });
  const held = leases.hold(organization, lease, takenAt);
  try {
    const access = await (agent.accessOf ?? withoutToken)(organization, mailbox.app, mailbox.install);
    const { signal, leftMs: leaseLeftMs, watch } = held;
    const route = await agent.routeOf(organization);
    return await answer(
      agent,
      { organization, mailbox, adapter, access, route, signal, leaseLeftMs, watch, log },
      plan,
    );
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    if (failure.code !== 'aborted') throw thrown;
    log.warn({ reason: failure.message }, 'a turn was handed over');
    await agent.store.giveBack(organization, { lease, ignored: [], againInMs: 0 });
    return false;
  } finally {
    held.letGo();
  }
}
