import type { StoredPost } from '../db/mailbox.ts';
import type { PostOutcome } from '../db/posts.ts';
import { Failure } from '../model/failure.ts';
import type { Clock } from '../observe/clock.ts';
import { split, type Part } from '../model/split.ts';
import { createPost } from './create-post.ts';
import { isInDoubt, lookUp, traceOf } from './look-up.ts';
import type { Outbox, Target } from './outbox.ts';
import { removePost, updatePost, type Shown } from './update-post.ts';

/** Makes the posts of one answer follow its text while it grows, and at its end be the text. */
export type Writer = {
  /** The text so far. It may also shrink: the model began anew. */
  readonly write: (text: string) => void;
  /** Nothing more will come. What is said `instead` of an answer is not kept as one. */
  readonly finish: (text: string, as?: 'answer' | 'instead') => void;
  /** Resolves when every part is visible, with the posts; rejects with the Failure that stopped it. */
  readonly delivered: Promise<readonly Shown[]>;
};

/** Milliseconds for a fast answer to become whole before its first post: then one call does instead of two. */
const FIRST_POST_AFTER_MS = 350;

/** Shown where a platform cannot tell later whether a post was made: something small goes first, and is all that is doubled. */
const PLACEHOLDER = '…';

/**
 * Starts writing. The same loop serves a new answer and one that an earlier worker left half-way: it compares the parts
 * that should be visible with the posts that are, and takes the first step that brings them closer.
 */
export function openWriter(outbox: Outbox, target: Target, earlier: readonly StoredPost[]): Writer {
  const { clock } = outbox;
  const startedAt = clock.now();
  let wanted: Wanted = { text: '', complete: false, kept: true };
  let wake = Promise.withResolvers<void>();
  /** During a wait for its time a longer text changes nothing: dividing it anew at every token would cost more than the model. */
  let onlyEndWakes = false;

  const set = (next: typeof wanted): void => {
    wanted = next;
    if (next.complete || !onlyEndWakes) wake.resolve();
  };

  const run = async (): Promise<readonly Shown[]> => {
    const posts = adoptSent(clock, earlier);
    let saved = false;
    const open = new Map(earlier.map((post) => [post.ordinal, post]));
    for (;;) {
      wake = Promise.withResolvers();
      const now = { wanted, ageMs: clock.now() - startedAt };
      const step = nextStep(clock, target, posts, { ...now, doubts: doubtsIn(open) });
      // A decided answer is on the disk before its end is shown: after a crash the model is not asked once more. The first
      // post takes it along by itself.
      if (step.kind === 'done') return posts;
      const decided = wanted.complete && wanted.kept && !saved && posts.length > 0;
      if (decided) saved = await save(outbox, target, wanted.text);
      if (step.kind === 'wait') {
        onlyEndWakes = step.for !== 'text';
        await untilWokenOrLate(clock, wake.promise, step.ms, target.signal);
        onlyEndWakes = false;
      } else {
        await take(outbox, target, { posts, open, wanted: now.wanted }, step);
        saved ||= step.kind === 'create' && now.wanted.complete;
      }
    }
  };

  const delivered = run();
  delivered.catch(() => {});
  return {
    write: (text) => set({ text, complete: false, kept: true }),
    finish: (text, as = 'answer') => set({ text, complete: true, kept: as === 'answer' }),
    delivered,
  };
}

/** Leaves no timer behind: a stream wakes its writer many times. */
async function untilWokenOrLate(clock: Clock, woken: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([woken, clock.pause(ms, AbortSignal.any([signal, over.signal]))]);
  } finally {
    over.abort();
  }
}

function adoptSent(clock: Clock, earlier: readonly StoredPost[]): Shown[] {
  const posts: Shown[] = [];
  for (const post of earlier)
    if (post.state === 'sent' && post.externalId !== undefined)
      posts[post.ordinal] = adopt(clock, post, post.externalId);
  return posts;
}

function adopt(clock: Clock, post: StoredPost, id: string): Shown {
  const longAgo = -Infinity;
  return {
    id,
    ordinal: post.ordinal,
    attempt: post.attempts,
    text: undefined,
    streaming: post.streaming,
    changedAt: longAgo,
    madeAt: clock.now(),
    heldUntil: longAgo,
    lateUntil: undefined,
  };
}

type Wanted = { readonly text: string; readonly complete: boolean; readonly kept: boolean };
type Step =
  | {
      readonly kind: 'create';
      readonly ordinal: number;
      readonly text: string;
      readonly streaming: boolean;
      readonly last: boolean;
    }
  | { readonly kind: 'update'; readonly post: Shown; readonly text: string; readonly close: boolean }
  | { readonly kind: 'remove'; readonly post: Shown }
  /** A post that the answer does not need, and that may have been made. */
  | { readonly kind: 'clear'; readonly post: StoredPost }
  | { readonly kind: 'wait'; readonly ms: number; readonly for: 'text' | 'time' | 'end' }
  | { readonly kind: 'done' };

/** Milliseconds to look again when nothing is due: a longer answer to a text that never comes is the deadline's business. */
const IDLE_MS = 60_000;

/** The first thing that is not yet as it should be. Pure but for the clock. */
export function nextStep(
  clock: Clock,
  target: Target,
  posts: readonly Shown[],
  now: { wanted: Wanted; ageMs: number; doubts: readonly StoredPost[] },
): Step {
  const { wanted, ageMs } = now;
  const { limits } = target.adapter;
  if (!wanted.complete) {
    // A platform whose posts cannot be edited (or should not be) gets the whole answer at once.
    if (limits.editEveryMs === undefined) return { kind: 'wait', ms: IDLE_MS, for: 'end' };
    if (posts.length === 0 && ageMs < FIRST_POST_AFTER_MS)
      return { kind: 'wait', ms: FIRST_POST_AFTER_MS - ageMs, for: 'time' };
  }
  const parts = visibleParts(target, posts, wanted);
  for (const [ordinal, text] of parts.entries()) {
    const post = posts[ordinal];
    const last = ordinal === parts.length - 1;
    const step =
      post === undefined
        ? creation(target, { ordinal, text, last }, wanted)
        : correction(clock, target, post, { text, close: wanted.complete || !last, final: wanted.complete });
    if (step !== undefined) return step;
  }
  if (!wanted.complete) return { kind: 'wait', ms: IDLE_MS, for: 'text' };
  // From the end, and by their numbers: a post between them may never have been made.
  const surplus = posts.findLast((post) => post !== undefined && post.ordinal >= parts.length);
  if (surplus !== undefined) return { kind: 'remove', post: surplus };
  const [doubt] = now.doubts.filter((post) => post.ordinal >= parts.length);
  return doubt === undefined ? { kind: 'done' } : { kind: 'clear', post: doubt };
}

/** The texts of the posts that should be visible now. */
function visibleParts(target: Target, posts: readonly Shown[], wanted: Wanted): readonly string[] {
  const { limits } = target.adapter;
  const parts = split(wanted.text, limits);
  const needsPlaceholder = parts.length === 0 && !wanted.complete && posts.length === 0 && !limits.findable;
  if (needsPlaceholder) return [PLACEHOLDER];
  return parts.map((part, ordinal) => {
    const post = posts[ordinal];
    const streams = post === undefined ? limits.appendEveryMs !== undefined : post.streaming;
    const grows = streams && !wanted.complete && ordinal === parts.length - 1;
    return grows ? stillOpen(part) : part.text;
  });
}

/** A part that goes on growing in a stream: a fence that is open at its end is not closed yet, or more could not be appended. */
function stillOpen({ text, source }: Part): string {
  const at = text.lastIndexOf(source);
  return at < 0 ? text : text.slice(0, at + source.length);
}

function creation(target: Target, part: { ordinal: number; text: string; last: boolean }, wanted: Wanted): Step {
  const { limits } = target.adapter;
  const small = !limits.findable && part.text !== PLACEHOLDER;
  const streaming = limits.appendEveryMs !== undefined && !wanted.complete && part.last;
  return {
    kind: 'create',
    ordinal: part.ordinal,
    text: small ? PLACEHOLDER : part.text,
    streaming,
    last: part.last && !small,
  };
}

function correction(
  clock: Clock,
  target: Target,
  post: Shown,
  want: { text: string; close: boolean; final: boolean },
): Step | undefined {
  const { limits } = target.adapter;
  const overdue = post.streaming && clock.now() - post.madeAt > (limits.streamForMs ?? Infinity);
  const close = want.close || overdue;
  if (post.text === want.text && !(post.streaming && close))
    return want.final ? setAgain(clock, post, want.text) : undefined;
  const everyMs = (post.streaming ? limits.appendEveryMs : limits.editEveryMs) ?? 0;
  const due = Math.max(post.changedAt + everyMs, want.final ? -Infinity : post.heldUntil);
  const left = due - clock.now();
  if (left > 0) return { kind: 'wait', ms: left, for: 'time' };
  return { kind: 'update', post, text: want.text, close };
}

/** A final text over which an older one may still come is set once more, when that can happen no longer. */
function setAgain(clock: Clock, post: Shown, text: string): Step | undefined {
  if (post.lateUntil === undefined) return undefined;
  const left = post.lateUntil - clock.now();
  if (left > 0) return { kind: 'wait', ms: left, for: 'time' };
  return { kind: 'update', post: { ...post, text: undefined, lateUntil: undefined }, text, close: true };
}

async function save(outbox: Outbox, target: Target, answer: string): Promise<true> {
  const live = await outbox.store.saveAnswer(target.organization, { lease: target.lease, turn: target.turn, answer });
  if (!live) throw new Failure('aborted', 'the lease was lost before the answer was saved');
  return true;
}

type Progress = { readonly posts: Shown[]; readonly open: Map<number, StoredPost>; readonly wanted: Wanted };

async function take(
  outbox: Outbox,
  target: Target,
  progress: Progress,
  step: Exclude<Step, { kind: 'wait' | 'done' }>,
): Promise<void> {
  const { posts, open, wanted } = progress;
  if (step.kind === 'update') {
    const priority = wanted.complete ? 'final' : 'delta';
    const wish = { text: step.text, close: step.close, priority } as const;
    posts[step.post.ordinal] = await updatePost(outbox, target, step.post, wish);
  } else if (step.kind === 'clear') {
    await clear(outbox, target, step.post);
    open.delete(step.post.ordinal);
  } else if (step.kind === 'remove') {
    await removePost(outbox, target, step.post);
    posts.length = step.post.ordinal;
    await outbox.store.settle(target.organization, outcomeOf(target, step.post, 'dead'));
  } else {
    const { ordinal, text, streaming } = step;
    const answer = wanted.complete && wanted.kept ? wanted.text : null;
    const made = await createPost(outbox, target, { ordinal, text, streaming, answer, earlier: open.get(ordinal) });
    open.delete(ordinal);
    const [shown, at] = [made.upToDate ? text : undefined, outbox.clock.now()];
    const { id, attempt } = made;
    const times = { changedAt: at, madeAt: at, heldUntil: -Infinity, lateUntil: undefined };
    const post: Shown = { id, ordinal, attempt, text: shown, streaming: made.streaming, ...times };
    posts[ordinal] = post;
    // The last post of a whole answer is settled together with the end of the turn.
    if (!(wanted.complete && wanted.kept && step.last && made.upToDate))
      await outbox.store.settle(target.organization, outcomeOf(target, post, 'sent'));
  }
}

/** An earlier try of the turn had more parts, and one of them may be visible though nobody saw it made. */
async function clear(outbox: Outbox, target: Target, post: StoredPost): Promise<void> {
  const draft = { place: target.place, text: '', nonce: post.nonce };
  const found = await lookUp(outbox, target, draft, traceOf(outbox, post));
  const shown = adopt(outbox.clock, post, found?.id ?? '');
  if (found !== undefined) await removePost(outbox, target, shown);
  await outbox.store.settle(target.organization, {
    ...outcomeOf(target, shown, 'dead'),
    externalId: found?.id ?? null,
  });
}

function doubtsIn(open: ReadonlyMap<number, StoredPost>): readonly StoredPost[] {
  return [...open.values()].filter(isInDoubt);
}

function outcomeOf(target: Target, post: Shown, state: 'sent' | 'dead'): PostOutcome {
  return {
    turn: target.turn,
    ordinal: post.ordinal,
    attempt: post.attempt,
    state,
    externalId: post.id,
    streaming: post.streaming,
    error: null,
  };
}
