import type { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import type { FailureCode, LimitReach } from '../../src/model/failure.ts';
import type { Access } from '../../src/model/adapter.ts';
import { parseJson } from '../../src/model/parse-json.ts';
import type { Answer, Call } from '../kit/http.ts';
import { call, retryAfterMs } from '../kit/http.ts';
import { apiAnswer } from './payload.ts';

/** Milliseconds of calls that have to end before others: a `trigger_id` is good for three seconds (docs: Modals). */
const WITHIN_MS: ReadonlyMap<string, number> = new Map([['views.open', 2_500]]);

export type Client = {
  /** A method that changes something. */
  readonly write: (access: Access, method: string, args: object, signal: AbortSignal) => Promise<unknown>;
  /** A method that only reads: what may have been performed may as well be asked again. */
  readonly read: (
    access: Access,
    method: string,
    args: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<unknown>;
  /** The Web API's address, with a slash at the end. */
  readonly apiUrl: string;
  readonly tokenFor: (access: Access) => string;
};

/**
 * The Web API over plain HTTP. Not the SDK's WebClient: that one costs 0.27 ms a message and holds 100 requests at most.
 * Every promise rejects with a Failure; nothing is tried twice.
 */
export function openClient({ apiUrl, botToken }: { apiUrl: string; botToken: string | undefined }): Client {
  const tokenFor = (access: Access): string => {
    const token = access.secret ?? botToken;
    if (token !== undefined) return token;
    throw new Failure('unauthorized', 'Slack: this workspace has no token any more: install the app there again');
  };
  const request = (access: Access, method: string, type: string): Omit<Call, 'body'> => {
    const withinMs = WITHIN_MS.get(method);
    return {
      method: 'POST',
      url: `${apiUrl}${method}`,
      headers: { authorization: `Bearer ${tokenFor(access)}`, 'content-type': type },
      ...(withinMs !== undefined && { withinMs }),
    };
  };
  return {
    apiUrl,
    tokenFor,
    async write(access, method, args, signal) {
      const outside = request(access, method, 'application/json; charset=utf-8');
      return judge(method, await call({ ...outside, body: JSON.stringify(args) }, signal));
    },
    // Form and not JSON: Slack's reading methods take no JSON bodies (docs: Using the Slack Web API).
    async read(access, method, args, signal) {
      const outside = request(access, method, 'application/x-www-form-urlencoded');
      try {
        return judge(method, await call({ ...outside, body: new URLSearchParams(args).toString() }, signal));
      } catch (thrown) {
        const repeatable = thrown instanceof Failure && thrown.code === 'unknown-outcome';
        throw repeatable ? new Failure('unavailable', thrown.message, { cause: thrown }) : thrown;
      }
    },
  };
}

/** @throws Failure as `codeOf` says; the message holds Slack's short name of the error and never the request. */
export function judge(method: string, answer: Answer): unknown {
  const retryInMs = retryAfterMs(answer.headers);
  const wait = retryInMs === undefined ? {} : { retryInMs };
  if (answer.status === 429)
    throw failureOf('rate-limited', method, 'ratelimited', { ...wait, reach: reachOf(method) });
  if (answer.status >= 500) throw failureOf('unknown-outcome', method, `http_${answer.status}`, wait);
  const parsed = apiAnswer.safeParse(parseJson(answer.text));
  if (!parsed.success) {
    const code = answer.status >= 400 ? 'refused' : 'unknown-outcome';
    throw failureOf(code, method, `http_${answer.status}_without_json`);
  }
  if (parsed.data.ok) return parsed.data;
  throw refusal(method, parsed.data.error, wait);
}

/** What Slack's own name of an error means. */
export function refusal(method: string, name: string, wait: { retryInMs?: number } = {}): Failure {
  const error = /^\w{1,80}$/.test(name) ? name : 'unknown_error';
  return failureOf(codeOf(error), method, error, wait);
}

/**
 * An answer in the shape that its method promises.
 * @throws Failure `unknown-outcome`: Slack said ok, and something we cannot read.
 */
export function shaped<Shape>(schema: z.ZodType<Shape>, method: string, answer: unknown): Shape {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw failureOf('unknown-outcome', method, 'answer_in_unknown_shape');
}

/** The failure carries Slack's own name of the error as its cause, for the callers inside this folder. */
export function failureOf(
  code: FailureCode,
  method: string,
  error: string,
  options: { retryInMs?: number; reach?: LimitReach } = {},
): Failure {
  return new Failure(code, `${method}: ${error}`, { ...options, cause: error });
}

/** Limits are per method and workspace, but for chat.postMessage: that one is held back per channel (docs: Rate limits). */
function reachOf(method: string): LimitReach {
  return { per: method === 'chat.postMessage' ? 'channel' : 'install', calls: 'same' };
}

export const hasError = (thrown: unknown, ...errors: readonly string[]): boolean =>
  thrown instanceof Failure && typeof thrown.cause === 'string' && errors.includes(thrown.cause);

// Names from the error tables of chat.*, conversations.*, reactions.*, files.*, users.info and views.open (docs.slack.dev).
const CODES: readonly [FailureCode, readonly string[]][] = [
  ['rate-limited', ['ratelimited', 'rate_limited', 'message_limit_exceeded']],
  ['gone', ['message_not_found', 'file_not_found', 'file_deleted']],
  ['closed', ['edit_window_closed']],
  [
    'refused',
    [
      'channel_not_found',
      'is_archived',
      'not_in_channel',
      'thread_not_found',
      'user_not_found',
      'channel_is_limited_access',
      'user_not_in_channel',
      'expired_trigger_id',
      'invalid_blocks',
      'file_uploads_disabled',
      'posting_to_channel_denied',
      'storage_limit_reached',
    ],
  ],
  [
    'unauthorized',
    [
      'invalid_auth',
      'not_authed',
      'token_revoked',
      'token_expired',
      'account_inactive',
      'missing_scope',
      'no_permission',
      'not_allowed_token_type',
      'access_denied',
      'org_login_required',
      'ekm_access_denied',
      'team_access_not_granted',
      'two_factor_setup_required',
    ],
  ],
  [
    'too-large',
    [
      'msg_too_long',
      'markdown_text_too_long',
      'msg_blocks_too_long',
      'metadata_too_large',
      'file_upload_size_restricted',
      'view_too_large',
    ],
  ],
  // The docs say of these that some of the operation may have succeeded before the error.
  ['unknown-outcome', ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'unknown_error']],
];

const CODE_OF = new Map(CODES.flatMap(([code, errors]) => errors.map((error) => [error, code] as const)));

/** What Slack refuses with a name that we do not know, it has not performed. */
function codeOf(error: string): FailureCode {
  return CODE_OF.get(error) ?? 'refused';
}
