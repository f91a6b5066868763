import type { Said } from '../db/mailbox.ts';
import type { Summary } from '../db/recall-memories.ts';
import type { Route } from '../llm/route.ts';

/** What of the past a prompt has. */
export type Past = {
  readonly history: readonly Said[];
  /** Of what was said before that. */
  readonly summary: Summary | undefined;
  /** It is time to put more of it in short. */
  readonly isFull: boolean;
};

/** Messages that stay as they were said when the others are put in short. */
export const KEPT_AS_SAID = 12;

/** Messages of the past from which on they are put in short: below those that a turn is given at the most. */
const MANY = 30;

/** The part of a model's window that the past may take before it is put in short, and the most that it takes before that is done. */
const FULL = 0.7;
const MOST = 0.8;

/** A model of which nothing is known: what the smallest of the common ones have. Tokens. */
const USUAL_WINDOW = 128_000;

/** Bytes of a token at least; see src/llm/tokens.ts. */
const BYTES_PER_TOKEN = 3;

const windowOf = ({ windowTokens = USUAL_WINDOW }: Route): number => Math.min(windowTokens, 1_000_000);

/** Tokens of what is put in short in one call. */
export const summaryTokens = (route: Route): number => Math.floor(windowOf(route) / 4);

/**
 * The past as a prompt has it: the summary, and what was said since. Its beginning stays the same from turn to turn until more
 * is put in short, so that a provider's cache serves it. Pure.
 * @param askedMs when the question was sent: a summary of what was said later is none for it.
 */
export function pastOf(
  history: readonly Said[],
  { summary, askedMs, route }: { summary: Summary | undefined; askedMs: number; route: Route },
): Past {
  const isBefore = summary !== undefined && summary.untilMs < askedMs;
  const since = isBefore ? history.filter(({ at }) => at.getTime() > summary.untilMs) : history;
  const window = windowOf(route);
  const sizes = since.map(({ text, name }) => (Buffer.byteLength(text) + name.length) / BYTES_PER_TOKEN);
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const isFull = since.length >= MANY || size > window * FULL;
  return { history: fitting(since, sizes, window * MOST), summary: isBefore ? summary : undefined, isFull };
}

/** The newest, as many as there is room for. */
function fitting(said: readonly Said[], sizes: readonly number[], room: number): readonly Said[] {
  let left = room;
  const first = sizes.findLastIndex((size) => (left -= size) < 0);
  return said.slice(first + 1);
}
