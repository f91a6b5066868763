import { Failure } from '../../src/model/failure.ts';

/** Counts the calls that Discord did not like. */
export type InvalidCalls = {
  /** @throws Failure `rate-limited` when there were so many that none may be made for a while. */
  readonly check: (what: string) => void;
  readonly count: (status: number, headers: Headers) => void;
};

/**
 * 10,000 answers of 401, 403 or 429 within ten minutes ban the sender's address (docs: Rate Limits, "Invalid Request
 * Limit"). We stop at a tenth of that: several processes may share an address, and a hub that has run into limits for a
 * moment must not fall silent for ten minutes.
 */
const WITHIN_MS = 10 * 60_000;
const MOST = 1_000;

export function openInvalidCalls(now: () => number = Date.now): InvalidCalls {
  const seen: number[] = [];
  return {
    check(what) {
      while ((seen[0] ?? Infinity) <= now() - WITHIN_MS) seen.shift();
      const [oldest] = seen;
      if (seen.length < MOST || oldest === undefined) return;
      throw new Failure('rate-limited', `${what}: not sent, Discord refused ${MOST} calls within ten minutes`, {
        retryInMs: oldest + WITHIN_MS - now(),
        reach: { per: 'app', calls: 'all' },
      });
    },
    count(status, headers) {
      // A limit that is shared with others is not held against us (same page).
      const shared = status === 429 && headers.get('x-ratelimit-scope') === 'shared';
      if ((status === 401 || status === 403 || status === 429) && !shared) seen.push(now());
    },
  };
}
