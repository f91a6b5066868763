import type { StoredPost } from '../db/mailbox.ts';
import type { Limits } from '../model/adapter.ts';
import { cardText, type Card } from '../model/card.ts';
import type { Called } from '../model/reply.ts';
import { split, type Part } from '../model/split.ts';
import type { Clock } from '../observe/clock.ts';
import type { Target } from './outbox.ts';
import type { Shown } from './update-post.ts';

/** Milliseconds for a fast answer to become whole before its first post: then one call does instead of two. */
const FIRST_POST_AFTER_MS = 350;

/** Shown where a platform cannot tell later whether a post was made: something small goes first, and is all that is doubled. */
export const PLACEHOLDER = '…';

/** What should be visible. */
export type Wanted = {
  readonly text: string;
  /** Below the text, once it is complete. */
  readonly card: Card | undefined;
  readonly calls: readonly Called[];
  readonly complete: boolean;
  readonly kept: boolean;
};

/** What one post should say. */
type Want = { readonly text: string; readonly card: Card | undefined };

/** What brings the posts closer to it. */
export type Step =
  | {
      readonly kind: 'create';
      readonly ordinal: number;
      readonly text: string;
      readonly card: Card | undefined;
      readonly streaming: boolean;
      readonly last: boolean;
    }
  | ({ readonly kind: 'update'; readonly post: Shown; readonly close: boolean } & Want)
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
  now: { wanted: Wanted; ageMs: number; whole: boolean; divide: Divide; doubts: readonly StoredPost[] },
): Step {
  const { wanted, ageMs } = now;
  const { limits } = target.adapter;
  if (!wanted.complete) {
    // A platform whose posts cannot be edited (or should not be) gets the whole answer at once.
    if (limits.editEveryMs === undefined || now.whole) return { kind: 'wait', ms: IDLE_MS, for: 'end' };
    if (posts.length === 0 && ageMs < FIRST_POST_AFTER_MS)
      return { kind: 'wait', ms: FIRST_POST_AFTER_MS - ageMs, for: 'time' };
  }
  const parts = visibleParts(target, posts, wanted, now.divide);
  for (const [ordinal, want] of parts.entries()) {
    const post = posts[ordinal];
    const last = ordinal === parts.length - 1;
    const step =
      post === undefined || post.stopped === 'before'
        ? creation(target, { ordinal, ...want, last }, wanted)
        : correction(clock, target, post, { ...want, close: wanted.complete || !last, final: wanted.complete });
    if (step !== undefined) return step;
  }
  return wanted.complete ? tidying(posts, now.doubts, parts.length) : { kind: 'wait', ms: IDLE_MS, for: 'text' };
}

/** What is visible, or may be, and no part of the whole answer. */
function tidying(posts: readonly Shown[], doubts: readonly StoredPost[], parts: number): Step {
  // From the end, and by their numbers: a post between them may never have been made.
  const surplus = posts.findLast((post) => post !== undefined && post.ordinal >= parts);
  if (surplus !== undefined) return { kind: 'remove', post: surplus };
  const [doubt] = doubts.filter((post) => post.ordinal >= parts);
  return doubt === undefined ? { kind: 'done' } : { kind: 'clear', post: doubt };
}

/** What the posts should say that should be visible now. */
function visibleParts(target: Target, posts: readonly Shown[], wanted: Wanted, divide: Divide): readonly Want[] {
  const texts = visibleTexts(target, posts, wanted, divide).map((text): Want => ({ text, card: undefined }));
  const { card } = wanted;
  return card === undefined || !wanted.complete ? texts : [...texts, { text: cardText(card), card }];
}

function visibleTexts(target: Target, posts: readonly Shown[], wanted: Wanted, divide: Divide): readonly string[] {
  const { limits } = target.adapter;
  const parts = divide(wanted.text);
  const needsPlaceholder = parts.length === 0 && !wanted.complete && posts.length === 0 && !limits.findable;
  if (needsPlaceholder) return [PLACEHOLDER];
  return parts.map((part, ordinal) => {
    const post = posts[ordinal];
    const streams = post === undefined ? streamsThere(target) : post.streaming;
    const grows = streams && !wanted.complete && ordinal === parts.length - 1;
    return grows ? stillOpen(part) : part.text;
  });
}

/** A part that goes on growing in a stream: a fence that is open at its end is not closed yet, or more could not be appended. */
function stillOpen({ text, source }: Part): string {
  const at = text.lastIndexOf(source);
  return at < 0 ? text : text.slice(0, at + source.length);
}

function streamsThere({ adapter, place }: Target): boolean {
  return adapter.limits.appendEveryMs !== undefined && adapter.stream?.fits?.(place) !== false;
}

function creation(target: Target, part: Want & { ordinal: number; last: boolean }, wanted: Wanted): Step {
  const { limits } = target.adapter;
  const small = !limits.findable && part.text !== PLACEHOLDER;
  const streaming = streamsThere(target) && !wanted.complete && part.last;
  // An empty stream is as small as a placeholder, and can go on with any text.
  const begun = streaming ? '' : PLACEHOLDER;
  return {
    kind: 'create',
    ordinal: part.ordinal,
    text: limits.findable || (!small && !streaming) ? part.text : begun,
    card: small ? undefined : part.card,
    streaming,
    last: part.last && !small,
  };
}

function correction(
  clock: Clock,
  target: Target,
  post: Shown,
  want: Want & { close: boolean; final: boolean },
): Step | undefined {
  const { limits } = target.adapter;
  const overdue = post.streaming && clock.now() - post.madeAt > (limits.streamForMs ?? Infinity);
  const close = want.close || overdue;
  if (post.text === want.text && !(post.streaming && close))
    return want.final ? setAgain(clock, post, want) : undefined;
  // The end of an answer waits for the platform's limits alone, not for the pace at which a text grows.
  const everyMs = (post.streaming ? limits.appendEveryMs : limits.editEveryMs) ?? 0;
  const due = want.final ? -Infinity : Math.max(post.changedAt + everyMs, post.heldUntil);
  const left = due - clock.now();
  if (left > 0) return { kind: 'wait', ms: left, for: 'time' };
  return { kind: 'update', post, text: want.text, card: want.card, close };
}

/** A final text over which an older one may still come is set once more, when that can happen no longer. */
function setAgain(clock: Clock, post: Shown, { text, card }: Want): Step | undefined {
  if (post.lateUntil === undefined) return undefined;
  const left = post.lateUntil - clock.now();
  if (left > 0) return { kind: 'wait', ms: left, for: 'time' };
  return { kind: 'update', post: { ...post, text: undefined, lateUntil: undefined }, text, card, close: true };
}

export type Divide = (text: string) => readonly Part[];

/** Remembers the last text: it takes several steps to make a text visible, and dividing it is most of their work. */
export function dividing(limits: Limits): Divide {
  let last: { readonly text: string; readonly parts: readonly Part[] } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, parts: split(text, limits) };
    return last.parts;
  };
}
