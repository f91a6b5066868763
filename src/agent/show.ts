import { toFailure } from '../model/failure.ts';
import type { Status } from '../model/reply.ts';
import type { Outbox, Target } from '../outbox/outbox.ts';
import { holdBack, ready } from '../outbox/pace.ts';

/** Shows a sign that nobody waits for, if there is room: an answer matters more than a typing dot. Never rejects. */
export async function show(outbox: Outbox, target: Target, status: Status): Promise<void> {
  const { adapter, access, place, signal, log } = target;
  if (adapter.show === undefined) return;
  try {
    const waitMs = await ready(outbox, target, 'show', 'status');
    if (waitMs === 0) await adapter.show(access, place, status, signal);
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    log.debug({ status, reason: failure.message }, 'a status could not be shown');
    await holdBack(outbox, target, 'show', failure);
  }
}
