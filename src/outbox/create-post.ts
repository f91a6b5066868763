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

/** How the next try is made. */
type Approach = {
  readonly streaming: boolean;
  /** An attempt that may have been performed: nothing is sent before it is looked up. */
  readonly doubt: { readonly attemptedAt: Date; readonly streaming: boolean } | undefined;
};

/**
 * Makes one post exactly once. The attempt is committed before the call; as long as the outcome of one is not known, it
 * is looked up before anything is sent again.
 * @throws Failure when it could not be made: `rate-limited`, `unavailable` or `unknown-outcome` may be tried later.
 */
export async function createPost(outbox: Outbox, target: Target, part: PartToMake): Promise<Made> {
  const inDoubt = part.earlier?.state === 'attempting' || part.earlier?.state === 'unknown';
  let approach: Approach = { streaming: part.streaming, doubt: inDoubt ? part.earlier : undefined };
  for (let tries = 1; ; tries += 1) {
    const attemptedAt = new Date();
    const known = await resolveDoubt(outbox, target, part, approach.doubt);
    if (known !== undefined && !(known instanceof Failure)) return known;
    const outcome = known ?? (await attempt(outbox, target, { ...part, streaming: approach.streaming }));
    if (!(outcome instanceof Failure)) return outcome;
    const canLook = tries === 1 && target.adapter.findPost !== undefined;
    const again = nextApproach(approach, { failure: outcome, lookedUp: known !== undefined, attemptedAt, canLook });
    if (again.afterPause) await beforeNextTry(outbox, target, outcome, tries);
    ({ approach } = again);
  }
}

/** The post in doubt if it is there, undefined if it is not (or nothing is in doubt), a Failure if that cannot be told now. */
async function resolveDoubt(
  outbox: Outbox,
  target: Target,
  part: PartToMake,
  doubt: Approach['doubt'],
): Promise<Made | Failure | undefined> {
  if (doubt === undefined) return undefined;
  try {
    const found = await lookUp(target, draftOf(target, part), doubt.attemptedAt);
    return found === undefined
      ? undefined
      : await adopt(outbox, target, part, { id: found.id, streaming: doubt.streaming });
  } catch (thrown) {
    return toFailure(thrown, 'unavailable');
  }
}

type Tried = {
  readonly failure: Failure;
  readonly lookedUp: boolean;
  readonly attemptedAt: Date;
  readonly canLook: boolean;
};

/** Pure. */
function nextApproach(approach: Approach, tried: Tried): { approach: Approach; afterPause: boolean } {
  if (tried.lookedUp) return { approach, afterPause: true };
  const { streaming } = approach;
  const { code } = tried.failure;
  // What is in doubt for the first time is looked up at once; a platform that goes on failing is given a pause.
  if (code === 'unknown-outcome') {
    return {
      approach: { streaming, doubt: { attemptedAt: tried.attemptedAt, streaming } },
      afterPause: !tried.canLook,
    };
  }
  // No stream to be had (a budget of its own, a missing scope): an ordinary post does as well.
  const withoutStream = streaming && (code === 'rate-limited' || code === 'refused');
  return { approach: { streaming: streaming && !withoutStream, doubt: undefined }, afterPause: !withoutStream };
}

function draftOf(target: Target, part: PartToMake): Draft {
  return { place: target.place, text: part.text, nonce: nonceOf(target.turn, part.ordinal) };
}

/** Calls the platform once. A failure of the call comes back as a value; one before it (a lost lease) is thrown. */
async function attempt(outbox: Outbox, target: Target, part: PartToMake): Promise<Made | Failure> {
  const { adapter, access, signal } = target;
  const draft = draftOf(target, part);
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

async function adopt(
  outbox: Outbox,
  target: Target,
  part: PartToMake,
  found: { id: string; streaming: boolean },
): Promise<Made> {
  const { id, streaming } = found;
  const { turn, organization } = target;
  await outbox.settle(organization, {
    turn,
    ordinal: part.ordinal,
    state: 'sent',
    externalId: id,
    streaming,
    error: null,
  });
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
