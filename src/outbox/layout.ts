import { cardText, type Card } from '../model/card.ts';
import type { Called } from '../model/reply.ts';
import type { Part } from '../model/split.ts';
import type { Divide } from './divide.ts';
import { FILE_WORDS, fileOrdinal, isFile } from './file-out.ts';
import type { Target } from './outbox.ts';
import type { Shown } from './update-post.ts';

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

/** The posts that are there, by their numbers. */
export type Posts = ReadonlyMap<number, Shown>;

/** What one post should say. */
export type Want = {
  readonly ordinal: number;
  readonly text: string;
  /** The wanted text up to the end of what this post says of it. Undefined: nobody knows. */
  readonly upTo: string | undefined;
  readonly card: Card | undefined;
  /** The whole answer goes along as a file. */
  readonly file: boolean;
  /** Nothing comes after it. */
  readonly last: boolean;
};

export type Layout = {
  readonly wants: readonly Want[];
  /** There is more text than may be posted: it waits for its end, to become a file. */
  readonly cropped: boolean;
  /** Posts up to this number were overtaken by one that can be changed no more; -1: none were. */
  readonly closedTo: number;
  /** Which of them are the beginning of the text, and stay. The others are taken away, as far as the platform lets us. */
  readonly kept: ReadonlySet<number>;
};

/** How texts are divided, and whether files may be made of them. */
export type Ways = { readonly divide: Divide; readonly files: boolean };

/** Which posts should be visible now. */
export function layoutOf(target: Target, posts: Posts, wanted: Wanted, { divide, files }: Ways): Layout {
  const ground = groundOf(posts, wanted.text);
  const all = divide(wanted.text, ground.from);
  const room = files ? roomOf(target, ground) : Infinity;
  // What is visible of an answer that is too large stays; where nothing is, its beginning goes before the file.
  const most = wanted.complete && all.length > room ? visibleFrom(posts, ground, room) : room;
  const parts = all.slice(0, most);
  const cropped = parts.length < all.length;
  const wants = partWants(target, posts, wanted, { ground, parts, grows: !wanted.complete && !cropped });
  if (wanted.complete) wants.push(...endWants(wanted, cropped, ground.first + parts.length));
  const end = cropped && !wanted.complete ? undefined : wants.at(-1)?.ordinal;
  const marked = wants.map((want) => ({ ...want, last: want.ordinal === end }));
  const kept = new Set(ground.kept.map(({ ordinal }) => ordinal));
  return { wants: [...keptWants(ground), ...marked], cropped, closedTo: ground.closedTo, kept };
}

/** Where the posts begin that can still be made to say the text, and at which offset of it. */
type Ground = {
  readonly first: number;
  readonly from: number;
  readonly closedTo: number;
  /** The posts that say what is before `from`. */
  readonly kept: readonly Shown[];
};

/**
 * A post that can be changed no more stays as it is, and so do those before it: the text goes on after what they say. Where
 * they do not say its beginning, the whole text goes below them.
 */
function groundOf(posts: Posts, text: string): Ground {
  const parts = [...posts.values()].filter(({ ordinal }) => !isFile(ordinal));
  const closed = parts.filter((post) => post.closed).toSorted((one, other) => one.ordinal - other.ordinal);
  const last = closed.at(-1);
  if (last === undefined) {
    const first = parts.length === 0 ? 0 : Math.min(...parts.map(({ ordinal }) => ordinal));
    return { first, from: 0, closedTo: -1, kept: [] };
  }
  const { ordinal: closedTo, upTo } = last;
  const below = { first: closedTo + 1, closedTo };
  if (upTo === undefined || !text.startsWith(upTo)) return { ...below, from: 0, kept: [] };
  // What that text went on after; one before it may have been of another text, and this one began anew below.
  const other = closed.findLast((post) => post.upTo === undefined || !upTo.startsWith(post.upTo))?.ordinal ?? -1;
  const kept = parts.filter(({ ordinal }) => ordinal > other && ordinal <= closedTo);
  return { ...below, from: upTo.length, kept };
}

/** How many further posts there may be. */
function roomOf({ adapter }: Target, { kept }: Ground): number {
  const { mostPosts } = adapter.limits;
  return mostPosts === undefined || adapter.share === undefined ? Infinity : Math.max(0, mostPosts - kept.length);
}

/** Of the posts that stay, those that an older change may still come over. */
function keptWants({ kept }: Ground): readonly Want[] {
  return kept.flatMap(({ ordinal, text, upTo = '', card, closed, lateUntil }) =>
    closed || text === undefined || lateUntil === undefined
      ? []
      : [{ ordinal, text, upTo, card, file: false, last: false }],
  );
}

/** How many parts can be seen already, one after the other; where nothing can, one. */
function visibleFrom(posts: Posts, { first, kept }: Ground, room: number): number {
  let count = 0;
  while (count < room && posts.has(first + count)) count += 1;
  return Math.max(count, kept.length === 0 ? 1 : 0);
}

type Division = { readonly ground: Ground; readonly parts: readonly Part[]; readonly grows: boolean };

function partWants(target: Target, posts: Posts, wanted: Wanted, { ground, parts, grows }: Division): Want[] {
  const { first, from } = ground;
  const rest = { card: undefined, file: false, last: false };
  const small = parts.length === 0 && !wanted.complete && posts.size === 0 && !target.adapter.limits.findable;
  if (small) return [{ ordinal: first, text: PLACEHOLDER, upTo: '', ...rest }];
  let at = from;
  return parts.map((part, index) => {
    at += part.source.length;
    const post = posts.get(first + index);
    const streams = post === undefined ? streamsThere(target) : post.streaming;
    const open = streams && grows && index === parts.length - 1;
    const text = open ? stillOpen(part) : part.text;
    return { ordinal: first + index, text, upTo: wanted.text.slice(0, at), ...rest };
  });
}

/** A part that goes on growing in a stream: a fence that is open at its end is not closed yet, or more could not be appended. */
function stillOpen({ text, source }: Part): string {
  const at = text.lastIndexOf(source);
  return at < 0 ? text : text.slice(0, at + source.length);
}

export function streamsThere({ adapter, place }: Target): boolean {
  return adapter.limits.appendEveryMs !== undefined && adapter.stream?.fits?.(place) !== false;
}

/** What comes below a whole text: itself as a file, where not all of it can be seen, and its card. */
function endWants({ text, card }: Wanted, asFile: boolean, ordinal: number): readonly Want[] {
  const rest = { upTo: text, last: false };
  const file = { ordinal: fileOrdinal(text), text: FILE_WORDS, card: undefined, file: true, ...rest };
  const below = card && { ordinal, text: cardText(card), card, file: false, ...rest };
  return [...(asFile ? [file] : []), ...(below ? [below] : [])];
}
