import type { StoredPost } from '../db/mailbox.ts';
import type { Card } from '../model/card.ts';
import type { Clock } from '../observe/clock.ts';
import { isFile } from './file-out.ts';
import {
  layoutOf,
  PLACEHOLDER,
  streamsThere,
  type Layout,
  type Posts,
  type Want,
  type Wanted,
  type Ways,
} from './layout.ts';
import type { Target } from './outbox.ts';
import type { Shown } from './update-post.ts';

/** Milliseconds for a fast answer to become whole before its first post: then one call does instead of two. */
const FIRST_POST_AFTER_MS = 350;

/** What brings the posts closer to what should be visible. */
export type Step =
  | {
      readonly kind: 'create';
      readonly want: Want;
      readonly text: string;
      readonly card: Card | undefined;
      readonly streaming: boolean;
      readonly last: boolean;
    }
  | { readonly kind: 'update'; readonly post: Shown; readonly want: Want; readonly close: boolean }
  /** What a closed post says is no part of the answer any more: it is to be taken away, or what came before it is. */
  | { readonly kind: 'disown'; readonly post: Shown }
  /** `mayStay`: it can be changed no more, and perhaps not be taken away either. */
  | { readonly kind: 'remove'; readonly post: Shown; readonly mayStay: boolean }
  /** A post that the answer does not need, and that may have been made. */
  | { readonly kind: 'clear'; readonly post: StoredPost }
  | { readonly kind: 'wait'; readonly ms: number; readonly for: 'text' | 'time' | 'end' }
  | { readonly kind: 'done' };

/** Milliseconds to look again when nothing is due: a longer answer to a text that never comes is the deadline's business. */
const IDLE_MS = 60_000;

/** How things stand beside the posts and the text. */
export type Now = Ways & {
  readonly wanted: Wanted;
  readonly ageMs: number;
  /** Nothing is changed before the whole text is there. */
  readonly whole: boolean;
  /** What may have been made, and was not looked up yet. */
  readonly doubts: readonly StoredPost[];
  /** No further post is begun before then while the text grows, for a limit: `clock.now()`. */
  readonly createAfter: number;
};

/** The first thing that is not yet as it should be. Pure but for the clock. */
export function nextStep(clock: Clock, target: Target, posts: Posts, now: Now): Step {
  const { wanted } = now;
  const early = wanted.complete ? undefined : beforeFirst(target, posts, now);
  if (early !== undefined) return early;
  const layout = layoutOf(target, posts, wanted, now);
  for (const want of layout.wants) {
    const post = posts.get(want.ordinal);
    const step =
      post === undefined || post.stopped === 'before'
        ? creation(clock, target, want, now)
        : correction(clock, target, post, { want, close: wanted.complete || !want.last, final: wanted.complete });
    if (step !== undefined) return step;
  }
  if (wanted.complete) return tidying(posts, now.doubts, layout);
  return { kind: 'wait', ms: IDLE_MS, for: layout.cropped ? 'end' : 'text' };
}

/** What a text that still grows waits for before anything of it is shown. */
function beforeFirst({ adapter }: Target, posts: Posts, { ageMs, whole }: Now): Step | undefined {
  // A platform whose posts cannot be edited (or should not be) gets the whole answer at once.
  if (adapter.limits.editEveryMs === undefined || whole) return { kind: 'wait', ms: IDLE_MS, for: 'end' };
  if (posts.size > 0 || ageMs >= FIRST_POST_AFTER_MS) return undefined;
  return { kind: 'wait', ms: FIRST_POST_AFTER_MS - ageMs, for: 'time' };
}

/** What is visible, or may be, and no part of the whole answer. */
function tidying(posts: Posts, doubts: readonly StoredPost[], { wants, closedTo, kept }: Layout): Step {
  const needed = new Set(wants.map(({ ordinal }) => ordinal));
  const isSurplus = ({ ordinal }: { readonly ordinal: number }): boolean => !needed.has(ordinal) && !kept.has(ordinal);
  const surplus = [...posts.values()].filter(isSurplus).toSorted((one, other) => one.ordinal - other.ordinal);
  // From the end. Of those that were overtaken the closed one goes last: as long as it is known, nobody goes on before it.
  const post = surplus.findLast(({ ordinal }) => ordinal > closedTo) ?? surplus[0];
  const mayStay = post !== undefined && post.ordinal <= closedTo;
  const overtaken = mayStay ? surplus.find(({ ordinal }) => ordinal === closedTo) : undefined;
  // Before anything of it is gone: whoever comes after a crash must not go on after what can be seen no more.
  if (overtaken?.upTo !== undefined) return { kind: 'disown', post: overtaken };
  if (post !== undefined) return { kind: 'remove', post, mayStay };
  const doubt = doubts.find(isSurplus);
  return doubt === undefined ? { kind: 'done' } : { kind: 'clear', post: doubt };
}

function creation(clock: Clock, target: Target, want: Want, { wanted, createAfter }: Now): Step {
  const left = createAfter - clock.now();
  if (!wanted.complete && left > 0) return { kind: 'wait', ms: left, for: 'time' };
  const { findable } = target.adapter.limits;
  const streaming = streamsThere(target) && !wanted.complete && want.last;
  if (findable || want.file)
    return { kind: 'create', want, text: want.text, card: want.card, streaming, last: want.last };
  const small = want.text !== PLACEHOLDER;
  // An empty stream is as small as a placeholder, and can go on with any text.
  const text = streaming ? '' : PLACEHOLDER;
  return { kind: 'create', want, text, card: small ? undefined : want.card, streaming, last: want.last && !small };
}

type Correction = { readonly want: Want; readonly close: boolean; readonly final: boolean };

function correction(clock: Clock, target: Target, post: Shown, { want, ...wish }: Correction): Step | undefined {
  // Another answer would be another file.
  if (isFile(post.ordinal)) return undefined;
  const overdue = isOverdue(clock, target, post);
  const close = wish.close || overdue;
  if (post.text === want.text && !(post.streaming && close))
    return wish.final ? setAgain(clock, post, want) : undefined;
  // The end of an answer waits for the platform's limits alone, not for the pace at which a text grows.
  const left = wish.final ? 0 : growsAt(target, post) - clock.now();
  if (left > 0) return { kind: 'wait', ms: left, for: 'time' };
  return { kind: 'update', post, want: overdue && !wish.final ? asItIs(post, want) : want, close };
}

function isOverdue(clock: Clock, { adapter }: Target, { streaming, madeAt }: Shown): boolean {
  return streaming && clock.now() - madeAt > (adapter.limits.streamForMs ?? Infinity);
}

/** Where there is room for one call at a time, an append before it would always take the place of the end of a stream. */
function asItIs({ text, upTo }: Shown, want: Want): Want {
  return text === undefined ? want : { ...want, text, upTo };
}

function growsAt({ adapter }: Target, { streaming, changedAt, heldUntil }: Shown): number {
  const everyMs = (streaming ? adapter.limits.appendEveryMs : adapter.limits.editEveryMs) ?? 0;
  return Math.max(changedAt + everyMs, heldUntil);
}

/** A final text over which an older one may still come is set once more, when that can happen no longer. */
function setAgain(clock: Clock, post: Shown, want: Want): Step | undefined {
  if (post.lateUntil === undefined) return undefined;
  const left = post.lateUntil - clock.now();
  if (left > 0) return { kind: 'wait', ms: left, for: 'time' };
  const anew = { ...post, text: undefined, upTo: undefined, lateUntil: undefined };
  return { kind: 'update', post: anew, want, close: true };
}
