import { toFailure } from '../model/failure.ts';
import type { Status } from '../model/reply.ts';
import type { Outbox, Target } from '../outbox/outbox.ts';
import { holdBack, ready } from '../outbox/pace.ts';

/** Milliseconds before a sign of work is shown: a fast answer needs none. */
const WORKING_AFTER_MS = 300;

/** A sign is shown again when this share of its time is over. */
const AGAIN_AFTER = 0.8;

/** Signs of what the bot does in one turn. */
export type Signs = { readonly end: (status: 'done' | 'failed' | undefined) => void };

/**
 * Shows that the bot is at work, as long as it is. Where an answer is written only when whole, and so may take minutes, the
 * person is told at once that it was seen. An answer that is there at once leaves no sign at all.
 * @param isVisible something of the answer can be seen.
 */
export function showWork(outbox: Outbox, target: Target, isVisible: () => boolean): Signs {
  const { limits } = target.adapter;
  let shown = limits.editEveryMs === undefined;
  if (shown) void show(outbox, target, 'seen');
  const working = (): void => {
    // A text that grows is sign enough, and on some platforms signs count against the same limit.
    if (isVisible()) return;
    shown = true;
    void show(outbox, target, 'working');
    if (limits.statusForMs !== undefined) next = outbox.clock.after(limits.statusForMs * AGAIN_AFTER, working);
  };
  let next = outbox.clock.after(WORKING_AFTER_MS, working);
  return {
    end(status) {
      next();
      if (shown && status !== undefined) void show(outbox, target, status);
    },
  };
}

/** Shows a sign that nobody waits for, if there is room: an answer matters more than a typing dot. Never rejects. */
async function show(outbox: Outbox, target: Target, status: Status): Promise<void> {
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
