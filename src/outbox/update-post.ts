import type { OutboundCall } from '../model/adapter.ts';
import type { Card } from '../model/card.ts';
import type { Called } from '../model/reply.ts';
import { Failure, toFailure } from '../model/failure.ts';
import { nonceOf } from './nonce.ts';
import type { Outbox, Target } from './outbox.ts';
import { holdBack, ready, type Priority } from './pace.ts';
import { beforeNextTry } from './retry.ts';

/** A post that exists, as far as we know what it shows. */
export type Shown = {
  readonly id: string;
  readonly ordinal: number;
  /** The number of the attempt that made it. */
  readonly attempt: number;
  /** Undefined: not known (a worker before us made it). */
  readonly text: string | undefined;
  /** A native stream is, or may be, open on it. */
  readonly streaming: boolean;
  /** When it was last changed, and when it was made: `clock.now()`. */
  readonly changedAt: number;
  readonly madeAt: number;
  /** Its growing text has to wait until then, for a limit; its end need not. */
  readonly heldUntil: number;
  /** A change that nobody saw the end of may still arrive until then, over a later one. Undefined: there is none. */
  readonly lateUntil: number | undefined;
  /** Its reader ended it while it was streamed, and it stays as it is: just now, or before, when another post has to be made. */
  readonly stopped?: 'now' | 'before';
  /** It can be changed no more. */
  readonly closed: boolean;
  /** The answer's text up to the end of what the post surely says of it. Undefined: not known. */
  readonly upTo: string | undefined;
  readonly card: Card | undefined;
};

/** What a post should say. */
export type Wish = {
  readonly text: string;
  /** The answer's text up to the end of this. */
  readonly upTo: string | undefined;
  readonly card: Card | undefined;
  readonly calls: readonly Called[];
  /** A stream on it is ended. */
  readonly close: boolean;
  readonly priority: Priority;
};

/**
 * Milliseconds that one change may take. No change begins when the lease may end before it does: a late change must not
 * arrive after those of the next worker.
 */
const CHANGE_WITHIN_MS = 6_000;

/** Milliseconds between two looks whether a lease that is about to end was made longer. */
const RENEWED_EVERY_MS = 250;

/**
 * Makes an existing post say a text: by an append where a stream is open and the text only grew, else by an edit.
 * Every way is idempotent, so what fails in passing is simply done again.
 * @returns what it shows then. It may be `closed`, or wait for a limit (`heldUntil`) while the text grows.
 * @throws Failure when it stays wrong. A post that somebody deleted, or ends now, is no failure: nothing is left to say there.
 */
export async function updatePost(outbox: Outbox, target: Target, given: Shown, wish: Wish): Promise<Shown> {
  let post = given;
  if (given.stopped !== undefined) return { ...given, text: wish.text };
  for (let tries = 1; ; tries += 1) {
    const call = nextCall(target, post, wish);
    if (call === undefined) return said(post, wish);
    const waitMs = await readyToChange(outbox, target, call.kind, wish.priority);
    if (waitMs > 0) return { ...post, heldUntil: outbox.clock.now() + waitMs };
    const madeAt = outbox.clock.now();
    try {
      await within(outbox, target, call.make);
      post = { ...post, ...call.after, changedAt: outbox.clock.now() };
      tries = 0;
    } catch (thrown) {
      const failure = toFailure(thrown, 'unknown-outcome');
      const ended = endedBy(target, { given, post, wish }, failure);
      if (ended !== undefined) return { ...ended, changedAt: outbox.clock.now() };
      await holdBack(outbox, target, call.kind, failure);
      // A text that grows goes without this change. Its end may come meanwhile, and has a greater right to wait.
      if (wish.priority !== 'final' && failure.code === 'rate-limited' && failure.retryInMs !== undefined)
        return { ...post, heldUntil: outbox.clock.now() + failure.retryInMs };
      await beforeNextTry(outbox, target, failure, tries);
      // An append that may have arrived must not be sent again: from here on the whole text is set.
      post = { ...post, text: undefined };
      if (failure.code === 'unknown-outcome')
        post = { ...post, upTo: undefined, lateUntil: madeAt + target.adapter.limits.lateMs };
    }
  }
}

const said = (post: Shown, { text, upTo, card }: Wish): Shown => ({ ...post, text, upTo, card });

/** What a post is after a failure that will not pass; undefined: it may. */
function endedBy(
  target: Target,
  { given, post, wish }: { readonly given: Shown; readonly post: Shown; readonly wish: Wish },
  { code, message }: Failure,
): Shown | undefined {
  if (code === 'stopped') return stoppedAt(target, given, wish);
  if (code !== 'gone' && code !== 'closed') return undefined;
  target.log.warn({ ordinal: post.ordinal, reason: message }, `a post of ours is ${code}`);
  return code === 'gone' ? { ...said(post, wish), streaming: false } : { ...post, streaming: false, closed: true };
}

function stoppedAt(target: Target, given: Shown, { text }: Wish): Shown {
  if (!given.streaming) return { ...given, stopped: 'before' };
  target.stoppedByReader?.();
  return { ...given, text, streaming: false, stopped: 'now' };
}

/** One call that brings a post closer, and what is known of the post after it. */
type Change = {
  readonly kind: OutboundCall;
  readonly make: (signal: AbortSignal) => Promise<void>;
  readonly after: Partial<Shown>;
};

/** The first call that is still to be made; undefined: the post is as it should be. */
function nextCall(target: Target, post: Shown, wish: Wish): Change | undefined {
  const { adapter, access, place, turn } = target;
  const at = { place, id: post.id };
  const stream = post.streaming ? adapter.stream : undefined;
  const stopped: Change | undefined = stream && {
    kind: 'stop',
    make: (signal) => stream.stop(access, at, post.text ?? wish.text, signal),
    after: { streaming: false },
  };
  if (post.text === wish.text) return wish.close ? stopped : undefined;
  if (stream === undefined) {
    const { text, card, calls } = wish;
    const draft = { place, text, nonce: nonceOf(turn, post.ordinal), calls, ...(card && { card }) };
    return {
      kind: 'edit',
      make: (signal) => adapter.edit(access, post.id, draft, signal),
      after: { text, upTo: wish.upTo, card, streaming: false },
    };
  }
  if (post.text === undefined || !wish.text.startsWith(post.text)) return stopped;
  const more = wish.text.slice(post.text.length);
  return {
    kind: 'append',
    make: (signal) => stream.append(access, at, { text: wish.text, more }, signal),
    after: { text: wish.text, upTo: wish.upTo },
  };
}

/** As `ready`, with enough of the lease left for the call. The lease comes first: a grant that waited may be worth nothing. */
async function readyToChange(outbox: Outbox, target: Target, call: OutboundCall, priority: Priority): Promise<number> {
  for (;;) {
    while (target.leaseLeftMs() < CHANGE_WITHIN_MS) await outbox.clock.pause(RENEWED_EVERY_MS, target.signal);
    const waitMs = await ready(outbox, target, call, priority);
    if (waitMs > 0 || target.leaseLeftMs() >= CHANGE_WITHIN_MS) return waitMs;
  }
}

/** Makes a call that is over, one way or the other, before the lease is. */
async function within({ clock }: Outbox, target: Target, make: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (target.signal.aborted) throw new Failure('aborted', 'the lease was lost before the post was changed');
  const deadline = new AbortController();
  const inTime = clock.after(CHANGE_WITHIN_MS, () => deadline.abort());
  try {
    await make(AbortSignal.any([target.signal, deadline.signal]));
  } catch (thrown) {
    if (deadline.signal.aborted && !target.signal.aborted)
      throw new Failure('unknown-outcome', `the change of a post took longer than ${CHANGE_WITHIN_MS} ms`, {
        cause: thrown,
      });
    throw thrown;
  } finally {
    inTime();
  }
}

/**
 * Takes a post away that the answer no longer needs: it was started anew and became shorter.
 * @param mayStay where the platform does not let us, it is left.
 */
export async function removePost(outbox: Outbox, target: Target, post: Shown, mayStay = false): Promise<void> {
  const { adapter, access, place } = target;
  for (let tries = 1; ; tries += 1) {
    try {
      await readyToChange(outbox, target, 'edit', 'final');
      await within(outbox, target, async (signal) => {
        if (post.streaming) await adapter.stream?.stop(access, { place, id: post.id }, post.text ?? '', signal);
        await adapter.remove(access, post.id, place, signal);
      });
      return;
    } catch (thrown) {
      const failure = toFailure(thrown, 'unknown-outcome');
      if (failure.code === 'gone' || failure.code === 'stopped') return;
      if (mayStay && (failure.code === 'closed' || failure.code === 'refused')) return;
      await holdBack(outbox, target, 'edit', failure);
      await beforeNextTry(outbox, target, failure, tries);
    }
  }
}
