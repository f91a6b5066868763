import { Failure, toFailure } from '../model/failure.ts';
import type { Draft, Posted } from '../model/reply.ts';
import type { StoredPost } from '../db/mailbox.ts';
import { nonceOf } from './nonce.ts';
import type { Outbox, Target } from './outbox.ts';
import { pause } from './pace.ts';

/** A part that is to be made. */
export type PartToMake = {
  readonly ordinal: number;
  readonly text: string;
  /** Make it as a native stream, if the platform starts one. */
  readonly streaming: boolean;
  /** The whole answer, where it is decided already: committed together with the attempt. */
  readonly answer: string | null;
  /** What is known of an earlier attempt whose outcome nobody saw. */
  readonly earlier: StoredPost | undefined;
};

export type Made = {
  readonly id: string;
  readonly streaming: boolean;
  /** It shows the part's text. A post that was found may show what an earlier worker had by then. */
  readonly upToDate: boolean;
};

/** Tries in this process, before the turn is put off. */
const TRIES = 5;
const FIRST_PAUSE_MS = 500;

/** A longer wait than this is not waited here: the turn is put off and the worker does something else. */
export const LONGEST_WAIT_MS = 30_000;

/** Clocks differ: a look-up begins so much before the attempt. */
const CLOCK_SKEW_MS = 60_000;

/** An attempt that may have been performed. */
type Doubt = { readonly attemptedAt: Date; readonly streaming: boolean };

/**
 * Makes one post exactly once. The attempt is committed before the call; as long as the outcome of one is not known, it
 * is looked up before anything is sent again.
 * @throws Failure when it could not be made: `rate-limited`, `unavailable` or `unknown-outcome` may be tried later.
 */
export async function createPost(outbox: Outbox, target: Target, part: PartToMake): Promise<Made> {
  const draft: Draft = { place: target.place, text: part.text, nonce: nonceOf(target.turn, part.ordinal) };
  const { earlier } = part;
  let doubt: Doubt | undefined = earlier?.state === 'attempting' || earlier?.state === 'unknown' ? earlier : undefined;
  let { streaming } = part;
  for (let tries = 1; ; tries += 1) {
    try {
      const found = doubt === undefined ? undefined : await lookUp(target, draft, doubt.attemptedAt);
      if (doubt !== undefined && found !== undefined)
        return await adopted(outbox, target, { part, id: found.id, streaming: doubt.streaming });
      doubt = undefined;
      const attemptedAt = new Date();
      const outcome = await attempt(outbox, target, { ...part, streaming }, draft);
      if (!(outcome instanceof Failure)) return outcome;
      if (isUnknown(outcome)) doubt = { attemptedAt, streaming };
      throw outcome;
    } catch (thrown) {
      const failure = toFailure(thrown, 'unknown-outcome');
      // No stream to be had (a budget of its own, a missing scope): an ordinary post does as well.
      const withoutStream = streaming && (failure.code === 'rate-limited' || failure.code === 'refused');
      streaming &&= !withoutStream;
      // What is in doubt can be looked up at once; only a look-up that fails, too, is worth a pause.
      const lookNow = doubt !== undefined && failure.code === 'unknown-outcome' && tries === 1;
      if (!withoutStream && !lookNow) await beforeNextTry(outbox, target, failure, tries);
    }
  }
}

/** Calls the platform once. A failure of the call comes back as a value; one before it (a lost lease) is thrown. */
async function attempt(outbox: Outbox, target: Target, part: PartToMake, draft: Draft): Promise<Made | Failure> {
  const { adapter, access, signal } = target;
  await outbox.pace.ready(paceKey(target), signal);
  const { ordinal, streaming, answer } = part;
  const attempted = { lease: target.lease, turn: target.turn, ordinal, nonce: draft.nonce, streaming, answer };
  const live = await outbox.attempt(target.organization, attempted);
  if (!live || signal.aborted) throw new Failure('aborted', 'the lease was lost before the post was made');
  try {
    const native = streaming ? adapter.stream : undefined;
    const posted =
      native === undefined ? await adapter.post(access, draft, signal) : await native.start(access, draft, signal);
    outbox.metrics.posts.inc({ platform: adapter.platform, outcome: 'sent' });
    return { id: posted.id, streaming: native !== undefined, upToDate: true };
  } catch (thrown) {
    const failure = toFailure(thrown, 'unknown-outcome');
    outbox.metrics.posts.inc({ platform: adapter.platform, outcome: failure.code });
    if (isUnknown(failure))
      target.log.warn({ ordinal, reason: failure.message }, 'it is not known whether a post was made');
    const settled = {
      turn: target.turn,
      ordinal,
      state: stateAfter(failure),
      externalId: null,
      streaming,
      error: failure.message,
    };
    await outbox.settle(target.organization, settled);
    return failure;
  }
}

/** An aborted call may have been performed as well as one that timed out. */
function isUnknown(failure: Failure): boolean {
  return failure.code === 'unknown-outcome' || failure.code === 'aborted';
}

function stateAfter(failure: Failure): StoredPost['state'] {
  if (isUnknown(failure)) return 'unknown';
  return failure.code === 'rate-limited' || failure.code === 'unavailable' ? 'rate-limited' : 'dead';
}

/** Twice: at once, and, when nothing is there, once more after the time that a post may take to become visible. */
async function lookUp(target: Target, draft: Draft, attemptedAt: Date): Promise<Posted | undefined> {
  const { adapter, access, signal } = target;
  if (adapter.findPost === undefined) return undefined;
  const since = new Date(attemptedAt.getTime() - CLOCK_SKEW_MS);
  const found = await adapter.findPost(access, draft, since, signal);
  if (found !== undefined) return found;
  const left = attemptedAt.getTime() + adapter.limits.readLagMs - Date.now();
  if (left > 0) await pause(left, signal);
  return adapter.findPost(access, draft, since, signal);
}

async function adopted(
  outbox: Outbox,
  target: Target,
  found: { part: PartToMake; id: string; streaming: boolean },
): Promise<Made> {
  const { part, id, streaming } = found;
  const outcome = {
    turn: target.turn,
    ordinal: part.ordinal,
    state: 'sent',
    externalId: id,
    streaming,
    error: null,
  } as const;
  await outbox.settle(target.organization, outcome);
  return { id, streaming, upToDate: false };
}

/** Waits as the failure asks, or passes it on when waiting here makes no sense. */
export async function beforeNextTry(outbox: Outbox, target: Target, failure: Failure, tries: number): Promise<void> {
  const passing =
    failure.code === 'rate-limited' || failure.code === 'unavailable' || failure.code === 'unknown-outcome';
  const waitMs = failure.retryInMs ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
  if (!passing || tries >= TRIES || waitMs > LONGEST_WAIT_MS || target.signal.aborted) throw failure;
  if (failure.code === 'rate-limited') outbox.pace.hold(paceKey(target), waitMs);
  await pause(waitMs, target.signal);
}

export function paceKey(target: Target): string {
  return `${target.adapter.platform}/${target.access.install}/${target.place.channel}`;
}
