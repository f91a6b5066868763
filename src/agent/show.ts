import { toFailure } from '../model/failure.ts';
import type { Policy } from '../model/policy.ts';
import type { Status } from '../model/reply.ts';
import type { Outbox, Target } from '../outbox/outbox.ts';
import { holdBack, ready } from '../outbox/pace.ts';

/** Milliseconds before a sign of work is shown: a fast answer needs none. */
const WORKING_AFTER_MS = 300;

/** A sign is shown again when this share of its time is over. */
const AGAIN_AFTER = 0.8;

/** Signs of what the bot does in one turn. */
export type Signs = { readonly end: (status: 'done' | 'failed' | undefined) => void };

/** What signs are about. */
export type Work = {
  /** Something of the answer can be seen. */
  readonly isVisible: () => boolean;
  /** The platform's id of the message that is answered. */
  readonly question: string;
  readonly signs: Policy['signs'];
};

/**
 * Shows that the bot is at work, as long as it is. Where an answer is written only when whole, and so may take minutes, the
 * person is told at once that it was seen. An answer that is there at once leaves no sign at all.
 */
export function showWork(outbox: Outbox, target: Target, work: Work): Signs {
  const { limits } = target.adapter;
  const { isVisible, question, signs } = work;
  const sign = (emoji: string, added: boolean): void => void react(outbox, target, question, { emoji, added });
  let shown = limits.editEveryMs === undefined;
  if (shown) void show(outbox, target, 'seen');
  sign(signs.seen, true);
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
      if (status !== undefined) {
        sign(signs.seen, false);
        sign(signs[status], true);
      }
      if (shown && status !== undefined) void show(outbox, target, status);
    },
  };
}

/** Shows a sign that nobody waits for, if there is room: an answer matters more than a typing dot. Never rejects. */
function show(outbox: Outbox, target: Target, status: Status): Promise<void> {
  const { adapter, access, place, signal } = target;
  return ifThereIsRoom(outbox, target, () => adapter.show?.(access, place, status, signal));
}

/** As `show`, by a reaction that an admin has chosen. */
async function react(
  outbox: Outbox,
  target: Target,
  messageId: string,
  reaction: { readonly emoji: string; readonly added: boolean },
): Promise<void> {
  const { adapter, access, place, signal } = target;
  if (reaction.emoji === '' || messageId === '') return;
  await ifThereIsRoom(outbox, target, () => adapter.react?.(access, { place, messageId }, reaction, signal));
}

async function ifThereIsRoom(outbox: Outbox, target: Target, make: () => Promise<void> | undefined): Promise<void> {
  try {
    const waitMs = await ready(outbox, target, 'show', 'status');
    if (waitMs === 0) await make();
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    target.log.debug({ reason: failure.message }, 'a sign could not be shown');
    await holdBack(outbox, target, 'show', failure);
  }
}
