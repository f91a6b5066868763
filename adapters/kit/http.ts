import { Failure } from '../../src/model/failure.ts';

/** One outgoing call. */
export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | URLSearchParams | FormData;
  /** Milliseconds from here to the last byte of the answer. Default 10,000. */
  readonly withinMs?: number;
};

/** An answer read whole. `status` may be anything; judging it is the caller's. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

const DEFAULT_WITHIN_MS = 10_000;

/** Errors of connecting: nothing had been sent, so nothing was performed. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Calls once, never again by itself, and reads the answer under one deadline.
 * @throws Failure `unavailable` when nothing was sent, `aborted` when `signal` ended it, else `unknown-outcome`.
 */
export async function call(request: Call, signal: AbortSignal): Promise<Answer> {
  if (signal.aborted) throw new Failure('aborted', `${describe(request)}: ended before it was sent`);
  const deadline = AbortSignal.timeout(request.withinMs ?? DEFAULT_WITHIN_MS);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers ?? {},
      body: request.body ?? null,
      signal: AbortSignal.any([signal, deadline]),
      redirect: 'manual',
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (thrown) {
    throw explain(thrown, request, { deadline, signal });
  }
}

function explain(thrown: unknown, request: Call, ended: { deadline: AbortSignal; signal: AbortSignal }): Failure {
  const what = describe(request);
  if (ended.deadline.aborted) {
    return new Failure(
      'unknown-outcome',
      `${what}: no whole answer within ${request.withinMs ?? DEFAULT_WITHIN_MS} ms`,
    );
  }
  if (ended.signal.aborted) return new Failure('aborted', `${what}: ended while under way`);
  const code = connectionCode(thrown);
  if (NOTHING_SENT.has(code)) return new Failure('unavailable', `${what}: ${code}`);
  return new Failure('unknown-outcome', `${what}: connection lost (${code})`);
}

/** Method, host and path; never the query, which may hold a token. */
function describe(request: Call): string {
  const { host, pathname } = new URL(request.url);
  return `${request.method} ${host}${pathname}`;
}

function connectionCode(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}

/** `Retry-After` in milliseconds, from seconds (also fractional) or an HTTP date; undefined when absent or unreadable. */
export function retryAfterMs(headers: Headers, now = Date.now()): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds >= 0) return Math.ceil(seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
