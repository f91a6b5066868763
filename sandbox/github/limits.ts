import type { Answer } from './route.ts';
import { refusal } from './route.ts';

export type LimitSettings = {
  /** Calls an hour for each installation. Default 5,000, as GitHub's. */
  readonly callsPerHour?: number;
  /** Writes of content a minute before the secondary limit refuses (GitHub: 80). Default: none. */
  readonly contentPerMinute?: number;
};

export type RateLimits = {
  /** The refusal that this call runs into; counts it otherwise. */
  readonly take: (writes: boolean) => Answer | undefined;
  readonly headers: () => Readonly<Record<string, string>>;
};

const HOUR_S = 3600;
const MINUTE_MS = 60_000;

export function openRateLimits({ callsPerHour = 5000, contentPerMinute }: LimitSettings): RateLimits {
  let used = 0;
  let reset = Math.ceil(Date.now() / 1000) + HOUR_S;
  let written: number[] = [];

  const tooMuchContent = (): Answer | undefined => {
    if (contentPerMinute === undefined) return undefined;
    const now = Date.now();
    written = written.filter((at) => at > now - MINUTE_MS);
    const [first = now] = written;
    if (written.length < contentPerMinute) {
      written.push(now);
      return undefined;
    }
    const wait = String(Math.max(1, Math.ceil((first + MINUTE_MS - now) / 1000)));
    return {
      ...refusal(403, 'You have exceeded a secondary rate limit. Please wait.'),
      headers: { 'retry-after': wait },
    };
  };

  return {
    take(writes) {
      const now = Math.ceil(Date.now() / 1000);
      if (now >= reset) [used, reset] = [0, now + HOUR_S];
      if (used >= callsPerHour) return refusal(403, 'API rate limit exceeded for installation.');
      used += 1;
      return writes ? tooMuchContent() : undefined;
    },
    headers: () => ({
      'x-ratelimit-limit': String(callsPerHour),
      'x-ratelimit-remaining': String(callsPerHour - used),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(reset),
      'x-ratelimit-resource': 'core',
    }),
  };
}
