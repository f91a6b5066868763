import { z } from 'zod';
import { Failure } from '../model/failure.ts';
import type { ModelEvent, ModelFault } from './provider.ts';

export type Failed = Extract<ModelEvent, { kind: 'failed' }>;

export function failed(fault: ModelFault, message: string, retryInMs?: number): Failed {
  return { kind: 'failed', fault, message, retryInMs };
}

/** What both SDKs' errors look like; they are told by shape, so that no SDK has to be loaded to ask. */
const SdkError = z.object({
  message: z.string(),
  status: z.number().optional(),
  headers: z.instanceof(Headers).optional(),
  error: z.unknown().optional(),
});

/** The body of an error as the three protocols write it: bare, or within `error`. */
const Detail = z.object({
  type: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
});
const Body = z.object({ error: Detail });

type Described = { readonly status: number | undefined; readonly words: string };

const CONTEXT =
  /context_length|context_window|string_above_max_length|context (length|window)|maximum context|prompt is too long|too many (input )?tokens|request_too_large/i;
const POLICY = /content_filter|content_policy|content management policy|safety|invalid_prompt|usage policy|flagged/i;

/**
 * A thrown error as the event it means. The message is for logs and admins: what the server said, clipped, with
 * everything that looks like a key taken out.
 */
export function failedBy(thrown: unknown, secret: string | undefined): Failed {
  if (thrown instanceof SyntaxError) return failed('garbage', redacted(thrown.message, secret));
  const read = thrown instanceof z.ZodError ? undefined : SdkError.safeParse(thrown).data;
  if (read === undefined) return failed('garbage', 'the server sent an event of another shape than its protocol has');
  const { status, headers, message } = read;
  const detail = Body.safeParse(read.error).data?.error ?? Detail.safeParse(read.error).data;
  if (status === undefined && detail === undefined)
    return failed(faultOfConnection(thrown), redacted(reasonOf(thrown, message), secret));
  const { type, code, message: said = message } = detail ?? {};
  const fault = faultOf({ status, words: [type, code, said, message].join(' ') });
  const text = `${told(fault, said ?? message, secret)}${at(status)}`;
  return failed(fault, text, headers && retryInMs(headers));
}

/** Why we did not go there, in our own words: the SDKs say "Connection error." to everything. */
const reasonOf = (thrown: unknown, said: string): string =>
  thrown instanceof Error && thrown.cause instanceof Failure ? thrown.cause.message : said;

/** What a server says about a key may quote it. */
function told(fault: ModelFault, said: string, secret: string | undefined): string {
  return fault === 'auth' ? 'the server refused the API key, or has no quota left for it' : redacted(said, secret);
}

const at = (status: number | undefined): string => (status === undefined ? '' : ` (HTTP ${status})`);

/** In this order, by type and code where the body has them: an error within a stream carries no status. */
const RULES: readonly { fault: ModelFault; words: RegExp; status?: (status: number) => boolean }[] = [
  { fault: 'auth', words: /insufficient_quota|billing_error/ },
  { fault: 'rate', words: /rate_limit/, status: (status) => status === 429 },
  {
    fault: 'auth',
    words: /authentication_error|permission_error|invalid_api_key/,
    status: (status) => status === 401 || status === 403,
  },
  { fault: 'context', words: CONTEXT, status: (status) => status === 413 },
  { fault: 'policy', words: POLICY, status: (status) => status === 451 },
  {
    fault: 'server',
    words: /overloaded|api_error|server_error|timeout_error|service_unavailable/,
    status: (status) => status === 408 || status === 409 || status >= 500,
  },
  { fault: 'bad-request', words: /invalid_request|not_found/, status: () => true },
];

function faultOf({ status, words }: Described): ModelFault {
  const rule = RULES.find((rule) => rule.words.test(words) || (status !== undefined && rule.status?.(status) === true));
  return rule?.fault ?? 'server';
}

/** No answer at all, or a body that broke off: undici says "terminated", the SDKs "Connection error.". */
function faultOfConnection(thrown: unknown): ModelFault {
  const names = [thrown, thrown instanceof Error ? thrown.cause : undefined]
    .filter((error) => error instanceof Error)
    .map(
      (error) =>
        `${error.constructor.name} ${error.name} ${error.message} ${'code' in error ? String(error.code) : ''}`,
    );
  return /connection|terminated|fetch failed|socket|ECONN|EPIPE|UND_ERR|ENOTFOUND|EAI_AGAIN|aborted/i.test(
    names.join(' '),
  )
    ? 'connection'
    : 'garbage';
}

function redacted(text: string, secret: string | undefined): string {
  const safe = secret === undefined || secret.length < 4 ? text : text.replaceAll(secret, '[key]');
  const clean = safe
    .replace(/\b(?:sk|pk|key|gsk|xai)-[\w*.-]{4,}/gi, '[key]')
    .replace(/\bBearer\s+\S+/gi, 'Bearer [key]');
  return clean
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 300);
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date; in milliseconds. */
function retryInMs(headers: Headers, now = Date.now()): number | undefined {
  const exact = headers.get('retry-after-ms');
  if (exact !== null && Number.isFinite(Number(exact))) return Math.max(0, Math.ceil(Number(exact)));
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1000));
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
