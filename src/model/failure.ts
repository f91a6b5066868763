/**
 * Why something did not happen, in the words that decide what to do next.
 *
 * - `rate-limited`: not performed; try again after `retryInMs`.
 * - `unavailable`: surely not performed (connection refused, 503 before work, no such host); try again.
 * - `unknown-outcome`: may or may not have been performed (a time-out, a reset, a 5xx after sending): look it up first.
 * - `refused`: the other side understood and said no; the same call will fail again. So also where the place or the person
 *   cannot be reached any more (archived or unknown channel, kicked bot, removed installation, blocked by the person).
 * - `unauthorized`: our credentials were not taken; an admin must act.
 * - `gone`: the message, post or file that we meant to touch no longer exists itself: somebody deleted it. Where a platform
 *   does not say whether the post or its whole place is gone, it is `refused`.
 * - `closed`: the post is there and can be changed no more (its time for that, or the number of its changes, is used up); others
 *   can be made. Nothing was changed.
 * - `stopped`: the person for whom a text is streamed has ended it: it stays as it is, and we may not change it.
 * - `too-large`: over a limit of size.
 * - `invalid`: input that makes no sense, with a message that names the fix.
 * - `aborted`: we ended it ourselves (a deadline, a stop, a lost lease).
 */
export type FailureCode =
  | 'rate-limited'
  | 'unavailable'
  | 'unknown-outcome'
  | 'refused'
  | 'unauthorized'
  | 'gone'
  | 'closed'
  | 'stopped'
  | 'too-large'
  | 'invalid'
  | 'aborted';

/** How far a platform's "not so fast" reaches: where, and whether for calls of the same kind or for all. */
export type LimitReach = {
  readonly per: 'app' | 'install' | 'channel' | 'thread';
  readonly calls: 'same' | 'all';
};

/** The one error that crosses folder walls. Its message is safe to log and to show: it never holds a secret. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  /** Milliseconds the other side asked us to wait, when it did. */
  readonly retryInMs: number | undefined;
  /** Of a `rate-limited`, where the platform's answer tells it. */
  readonly reach: LimitReach | undefined;

  constructor(
    code: FailureCode,
    message: string,
    options: { retryInMs?: number; reach?: LimitReach; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryInMs = options.retryInMs;
    this.reach = options.reach;
  }
}

/** Any thrown value as a Failure; what is not one already becomes `fallback`. */
export function toFailure(thrown: unknown, fallback: FailureCode): Failure {
  if (thrown instanceof Failure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure(fallback, message, { cause: thrown });
}
