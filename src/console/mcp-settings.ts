import { z } from 'zod';

/** Headers that the protocol and HTTP write themselves. */
const TAKEN = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** What is wrong with a header's name; undefined: nothing. */
function problemWith(name: string): string | undefined {
  if (!/^[A-Za-z0-9-]{1,100}$/.test(name)) return 'must be a header’s name: letters, digits and `-`';
  return TAKEN.has(name.toLowerCase()) ? 'is written by the protocol itself: leave it out' : undefined;
}

/** Printable ASCII: what else a header may hold means something else to each server. */
const HeaderValue = z.string().regex(/^[\t\x20-\x7e]{1,8000}$/, 'must be one line of plain characters');

const MOST_HEADERS = 20;

/** Where a server is, and what it is sent. */
export const Settings = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an address: https://…' }).max(2_000),
  /** All of them; absent: those that are kept; null: none. */
  headers: z
    .record(z.string(), HeaderValue)
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        const message = problemWith(name);
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
      }
    })
    .refine((headers) => Object.keys(headers).length <= MOST_HEADERS, `at most ${MOST_HEADERS}`)
    .nullable()
    .optional(),
  /** Milliseconds for one call of a tool. */
  timeoutMs: z.int().min(1_000).max(600_000).default(60_000),
});
