import { createHash } from 'node:crypto';
import type { Answer, Bucket } from './route.ts';

/** As the headers of Discord say; or every route's bucket with other numbers. */
export type LimitSetting = 'as-discord' | 'off' | { readonly calls: number; readonly perMs: number };

export type RateLimits = {
  /** Counts a call; the headers that go with its answer, and the refusal that it runs into. */
  readonly take: (bucket: Bucket, major: string) => { headers: Readonly<Record<string, string>>; refused?: Answer };
};

type Window = { used: number; resetAt: number };

/** Where nothing else is known: Discord's global limit, 50 calls a second. */
export const GLOBAL: Bucket = { name: 'global', calls: 50, perMs: 1_000 };

export function openRateLimits(setting: LimitSetting): RateLimits {
  const windows = new Map<string, Window>();
  return {
    take(own, major) {
      if (setting === 'off') return { headers: {} };
      const bucket = setting === 'as-discord' ? own : { ...own, ...setting };
      const key = `${bucket.name}/${major}`;
      const now = Date.now();
      const open = windows.get(key);
      const window = open === undefined || open.resetAt <= now ? { used: 0, resetAt: now + bucket.perMs } : open;
      windows.set(key, window);
      window.used += 1;
      const resetAfter = (window.resetAt - now) / 1000;
      const headers = {
        'x-ratelimit-limit': String(bucket.calls),
        'x-ratelimit-remaining': String(Math.max(0, bucket.calls - window.used)),
        'x-ratelimit-reset': (window.resetAt / 1000).toFixed(3),
        'x-ratelimit-reset-after': resetAfter.toFixed(3),
        'x-ratelimit-bucket': createHash('md5').update(bucket.name).digest('hex'),
      };
      if (window.used <= bucket.calls) return { headers };
      return { headers, refused: limited(resetAfter) };
    },
  };
}

/** 429: the header in whole seconds, the body exactly. */
export function limited(seconds: number): Answer {
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: seconds, global: false },
    headers: { 'retry-after': String(Math.ceil(seconds)), 'x-ratelimit-scope': 'user' },
  };
}
