import type { Context } from 'hono';
import { z } from 'zod';
import { Failure, type FailureCode } from '../model/failure.ts';

/** An error as RFC 9457 has it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  /** What to do about it. */
  detail: z.string(),
});

type Status = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503;

const TITLES: Readonly<Record<Status, string>> = {
  400: 'That makes no sense',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Not now',
  413: 'Too large',
  415: 'Not this type',
  422: 'Refused by the other side',
  429: 'Too often',
  500: 'Internal error',
  502: 'The other side did not answer',
  503: 'Not available',
};

const STATUS: Readonly<Record<FailureCode, Status>> = {
  invalid: 400,
  unauthorized: 422,
  refused: 422,
  gone: 404,
  closed: 409,
  stopped: 409,
  aborted: 502,
  'too-large': 413,
  'rate-limited': 429,
  unavailable: 503,
  'unknown-outcome': 502,
};

/** @param detail what to do about it; never a secret. */
export function problem(c: Context, status: Status, detail: string, headers: Record<string, string> = {}): Response {
  const body = { type: 'about:blank', title: TITLES[status], status, detail };
  return c.body(JSON.stringify(body), status, { ...headers, 'content-type': 'application/problem+json' });
}

/** What a failure means to whoever asked. */
export function problemOf(c: Context, { code, message, retryInMs, cause }: Failure): Response {
  const headers: Record<string, string> = {};
  if (retryInMs !== undefined) headers['retry-after'] = String(Math.ceil(retryInMs / 1000));
  return problem(c, cause === FORBIDDEN ? 403 : STATUS[code], message, headers);
}

/** Nothing of this name is there, or not for this organization: nobody can tell which. */
export const notFound = (what: string): Failure => new Failure('gone', `there is no such ${what}`);

const FORBIDDEN = Symbol('forbidden');

/** Whoever asks may not, although their role may use the route. @param why with what to do about it. */
export const forbidden = (why: string): Failure => new Failure('refused', why, { cause: FORBIDDEN });
