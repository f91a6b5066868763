import type { OutboundCall } from '../model/adapter.ts';
import { Failure, toFailure } from '../model/failure.ts';
import type { Called, Draft, OutFile, Posted } from '../model/reply.ts';
import type { Grant, Toll } from '../db/grant.ts';
import type { StoredPost } from '../db/mailbox.ts';
import type { Attempted, Decided } from '../db/posts.ts';
import type { Card } from '../model/card.ts';
import { isInDoubt, lookUp, traceOf, type Trace } from './look-up.ts';
import { PLACEHOLDER } from './layout.ts';
import { nonceOf } from './nonce.ts';
import type { Outbox, Target } from './outbox.ts';
import { heldHere, holdBack, LONGEST_WAIT_MS, paidToll, refuseLongWait, tollOf } from './pace.ts';
import { beforeNextTry } from './retry.ts';

/** A part that is to be made. */
export type PartToMake = {
  readonly ordinal: number;
  readonly text: string;
  readonly card: Card | undefined;
  readonly calls: readonly Called[];
  /** Make it as a native stream, if the platform starts one. */
  readonly streaming: boolean;
  /** It goes along with the text. */
  readonly file: OutFile | undefined;
  /** The answer still grows: a long wait for a limit is not waited, and no reason to put the turn off. */
  readonly growing: boolean;
  /** The whole answer, where it is decided already: committed together with the attempt. */
  readonly answer: Decided | null;
  /** What is known of an earlier attempt whose outcome nobody saw. */
  readonly earlier: StoredPost | undefined;
};

export type Made = {
  readonly id: string;
  /** The number of the attempt that made it. */
  readonly attempt: number;
  readonly streaming: boolean;
  /** What it shows; undefined: not known. A post that was found shows what it was to say when it was attempted. */
  readonly shows: string | undefined;
};

/** It was not made, and is not to be tried before so many milliseconds have passed. */
export type Held = { readonly heldMs: number };

/**
 * Milliseconds from writing an attempt to its call, at most. A process that was stopped in between, or has a slow database,
 * writes the attempt anew: another one may look for the post already.
 */
const CALL_WITHIN_MS = 5_000;

/** Attempts that may get too old in a row before the database is called too slow. */
const MOST_STALE = 3;

/** An attempt that may have been performed: nothing is sent before it is looked up. */
type Doubt = Trace & { readonly attempt: number; readonly streaming: boolean };

/** How the next try is made. */
type Approach = { readonly streaming: boolean; readonly doubt: Doubt | undefined };

/**
 * Makes one post exactly once. The attempt is committed before the call; as long as the outcome of one is not known, it
 * is looked up before anything is sent again.
 * @throws Failure when it could not be made: `rate-limited`, `unavailable` or `unknown-outcome` may be tried later.
 */
export async function createPost(outbox: Outbox, target: Target, part: PartToMake): Promise<Made | Held> {
  let approach: Approach = { streaming: part.streaming, doubt: doubtOf(outbox, part.earlier) };
  for (let tries = 1; ; tries += 1) {
    const known = await resolveDoubt(outbox, target, part, approach.doubt);
    if (known !== undefined && !(known instanceof Failure)) return known;
    const outcome = known ?? (await attemptUnlessHeld(outbox, target, { ...part, streaming: approach.streaming }));
    if ('id' in outcome || 'heldMs' in outcome) return outcome;
    const tried = outcome instanceof Failure ? { failure: outcome, doubt: approach.doubt } : outcome;
    const canLook = tries === 1 && target.adapter.findPost !== undefined;
    const again = nextApproach(approach, { ...tried, lookedUp: known !== undefined, canLook });
    if (again.afterPause) await beforeNextTry(outbox, target, tried.failure, tries);
    ({ approach } = again);
  }
}

function doubtOf(outbox: Outbox, earlier: StoredPost | undefined): Doubt | undefined {
  if (earlier === undefined || !isInDoubt(earlier)) return undefined;
  return { attempt: earlier.attempts, streaming: earlier.streaming, ...traceOf(outbox, earlier) };
}

/** The post in doubt if it is there, undefined if it is not (or nothing is in doubt), a Failure if that cannot be told now. */
async function resolveDoubt(
  outbox: Outbox,
  target: Target,
  part: PartToMake,
  doubt: Doubt | undefined,
): Promise<Made | Failure | undefined> {
  if (doubt === undefined) return undefined;
  try {
    const found = await lookUp(outbox, target, part.ordinal, doubt);
    if (found !== 'untold') return found && (await adopt(outbox, target, part, { ...doubt, id: found.id }));
  } catch (thrown) {
    return toFailure(thrown, 'unavailable');
  }
  if (target.inDoubt === 'repeat') return undefined;
  throw new Failure(
    'refused',
    `nobody can tell whether part ${part.ordinal + 1} was posted (attempt ${doubt.attempt}): it is not posted again, as this organization has chosen`,
  );
}

type Tried = {
  readonly failure: Failure;
  /** What is in doubt after it. */
  readonly doubt: Doubt | undefined;
  readonly lookedUp: boolean;
  readonly canLook: boolean;
};

/** As `attempt`. Whatever was in doubt is not when it is called, so nothing is forgotten where it is put off. */
async function attemptUnlessHeld(
  outbox: Outbox,
  target: Target,
  part: PartToMake,
): Promise<Made | Held | { failure: Failure; doubt: Doubt | undefined }> {
  const heldMs = ({ code, retryInMs = 0 }: Failure): number | undefined =>
    part.growing && code === 'rate-limited' && retryInMs > LONGEST_WAIT_MS ? retryInMs : undefined;
  try {
    const outcome = await attempt(outbox, target, part);
    // A stream that cannot be had may still become an ordinary post.
    const ms = 'failure' in outcome && !part.streaming ? heldMs(outcome.failure) : undefined;
    return ms === undefined ? outcome : { heldMs: ms };
  } catch (thrown) {
    const ms = thrown instanceof Failure ? heldMs(thrown) : undefined;
    if (ms === undefined) throw thrown;
    return { heldMs: ms };
  }
}

/** Pure. */
function nextApproach(approach: Approach, tried: Tried): { approach: Approach; afterPause: boolean } {
  if (tried.lookedUp) return { approach, afterPause: true };
  const { streaming } = approach;
  const { code } = tried.failure;
  // What is in doubt for the first time is looked up at once; a platform that goes on failing is given a pause.
  if (code === 'unknown-outcome') return { approach: { streaming, doubt: tried.doubt }, afterPause: !tried.canLook };
  // No stream to be had (a budget of its own, a missing scope): an ordinary post does as well.
  const withoutStream = streaming && (code === 'rate-limited' || code === 'refused');
  return { approach: { streaming: streaming && !withoutStream, doubt: undefined }, afterPause: !withoutStream };
}

function draftOf(target: Target, part: PartToMake): Draft {
  const { text, card, calls } = part;
  return { place: target.place, text, nonce: nonceOf(target.turn, part.ordinal), calls, ...(card && { card }) };
}

/** Calls the platform once. A failure of the call comes back as a value; one before it (a lost lease) is thrown. */
async function attempt(
  outbox: Outbox,
  target: Target,
  part: PartToMake,
): Promise<Made | { failure: Failure; doubt: Doubt | undefined }> {
  const { adapter, access, signal } = target;
  const { number, streaming } = await writeAttempt(outbox, target, part);
  const native = streaming ? adapter.stream : undefined;
  const text = textOf(part, native !== undefined);
  const draft = draftOf(target, { ...part, text });
  const calledAt = outbox.clock.now();
  try {
    const posted = await (native?.start(access, draft, signal) ?? send(target, draft, part.file));
    outbox.metrics.posts.inc({ platform: adapter.platform, outcome: 'sent' });
    return { id: posted.id, attempt: number, streaming: native !== undefined, shows: text };
  } catch (thrown) {
    const failure = toFailure(thrown, 'unknown-outcome');
    outbox.metrics.posts.inc({ platform: adapter.platform, outcome: failure.code });
    const doubt = isUnknown(failure) ? { attempt: number, streaming, calledAt, writtenMsAgo: 0, text } : undefined;
    if (doubt !== undefined)
      target.log.warn({ ordinal: part.ordinal, reason: failure.message }, 'it is not known whether a post was made');
    await Promise.all([
      holdBack(outbox, target, native === undefined ? callOf(part) : 'start', failure),
      settleFailure(outbox, target, { ...part, streaming }, { attempt: number, failure }),
    ]);
    return { failure, doubt };
  }
}

const callOf = ({ file }: Pick<PartToMake, 'file'>): OutboundCall => (file === undefined ? 'post' : 'share');

function send({ adapter, access, signal }: Target, draft: Draft, file: OutFile | undefined): Promise<Posted> {
  if (file === undefined) return adapter.post(access, draft, signal);
  if (adapter.share === undefined) throw new Failure('refused', 'files cannot be sent there');
  return adapter.share(access, draft, file, signal);
}

/**
 * Writes that the call is made now, when its limits allow it.
 * @returns the number of the attempt, and whether it may start a stream: where there is no room for one, a post does.
 * @throws Failure `aborted` when the lease is lost, `rate-limited` when the limits ask for a long wait.
 */
async function writeAttempt(
  outbox: Outbox,
  target: Target,
  { ordinal, answer, text, ...part }: PartToMake,
): Promise<{ number: number; streaming: boolean }> {
  const { clock, store } = outbox;
  const { lease, turn, signal } = target;
  const written = { lease, turn, ordinal, answer, nonce: nonceOf(turn, ordinal) };
  let { streaming } = part;
  let toll = streaming ? tollOf(target, 'start', 'delta') : tollOf(target, callOf(part), 'final');
  for (let stale = 0; stale < MOST_STALE;) {
    const askedAt = clock.now();
    const held = heldHere(outbox, toll);
    const attempted: Attempted =
      held === undefined
        ? await store.attempt(target.organization, { ...written, text: textOf({ text }, streaming), streaming, toll })
        : { kind: 'later', grant: held };
    if (attempted.kind === 'lost' || signal.aborted || target.leaseLeftMs() <= 0)
      throw new Failure('aborted', 'the lease was lost before the post was made');
    const isHeld = heldHere(outbox, toll) !== undefined;
    if (attempted.kind === 'now') {
      if (!isHeld && clock.now() - askedAt < CALL_WITHIN_MS) return { number: attempted.attempt, streaming };
      toll = paidToll(toll);
      stale += isHeld ? 0 : 1;
    } else if (streaming) {
      streaming = false;
      toll = tollOf(target, callOf(part), 'final');
    } else {
      toll = await untilGranted(outbox, target, toll, attempted.grant);
    }
  }
  throw new Failure('unavailable', 'the database takes too long to write that a post is made');
}

/** Only a stream begins with nothing. */
const textOf = ({ text }: Pick<PartToMake, 'text'>, streaming: boolean): string =>
  !streaming && text === '' ? PLACEHOLDER : text;

/** What is still to be paid when the granted moment has come. */
async function untilGranted({ clock }: Outbox, target: Target, toll: Toll, { inMs, granted }: Grant): Promise<Toll> {
  refuseLongWait(inMs, target);
  await clock.pause(inMs, target.signal);
  return granted ? paidToll(toll) : toll;
}

/** An aborted call may have been performed as well as one that timed out. */
function isUnknown(failure: Failure): boolean {
  return failure.code === 'unknown-outcome' || failure.code === 'aborted';
}

async function settleFailure(
  outbox: Outbox,
  target: Target,
  part: PartToMake,
  { attempt, failure }: { attempt: number; failure: Failure },
): Promise<void> {
  const passing = failure.code === 'rate-limited' || failure.code === 'unavailable';
  await outbox.store.settle(target.organization, {
    turn: target.turn,
    ordinal: part.ordinal,
    attempt,
    state: isUnknown(failure) ? 'unknown' : passing ? 'rate-limited' : 'dead',
    externalId: null,
    streaming: part.streaming,
    error: failure.message,
  });
}

async function adopt(
  outbox: Outbox,
  target: Target,
  part: PartToMake,
  { id, attempt, streaming, text }: Doubt & { id: string },
): Promise<Made> {
  await outbox.store.settle(target.organization, {
    turn: target.turn,
    ordinal: part.ordinal,
    attempt,
    state: 'sent',
    externalId: id,
    streaming,
    error: null,
  });
  // Nobody knew it, so nobody changed it. A stream may have ended by itself: that one is set anew.
  return { id, attempt, streaming, shows: streaming ? undefined : text };
}
