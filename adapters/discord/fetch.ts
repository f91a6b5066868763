import type { RESTOptions } from '@discordjs/rest';
import { Failure } from '../../src/model/failure.ts';
import { call } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';
import type { InvalidCalls } from './invalid-calls.ts';

const METHODS = { GET: 'GET', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' } as const;
const WITHIN_MS = 10_000;
/** With files, ten megabytes of which take a while. */
const UPLOAD_WITHIN_MS = 30_000;

/** An interaction's token stands in the address: `/webhooks/<application>/<token>`, `/interactions/<id>/<token>`. */
export const withoutToken = (text: string): string =>
  text.replaceAll(/(\/(?:webhooks|interactions)\/[^/\s]+\/)[^/\s?:]+/g, '$1…');

/** The library's way out: one call under one deadline, whose failures name neither token nor query. */
export function openFetch(invalid: InvalidCalls): RESTOptions['makeRequest'] {
  return async (url, init) => {
    const method = Object.entries(METHODS).find(([name]) => name === init.method)?.[1] ?? 'GET';
    const what = withoutToken(`${method} ${new URL(url).pathname}`);
    invalid.check(what);
    const headers = Object.fromEntries(
      Object.entries(init.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const upload = init.body instanceof FormData ? await encoded(init.body) : undefined;
    const body = typeof init.body === 'string' ? { body: init.body } : {};
    const signal = init.signal ?? new AbortController().signal;
    try {
      const answer = await (upload === undefined
        ? call({ method, url, headers, ...body, withinMs: WITHIN_MS }, signal)
        : call(
            { method, url, headers: { ...headers, ...upload.headers }, body: upload.body, withinMs: UPLOAD_WITHIN_MS },
            signal,
          ));
      invalid.count(answer.status, answer.headers);
      return new Response(answer.status === 204 ? null : answer.text, {
        status: answer.status,
        headers: answer.status === 429 ? withExactWait(answer) : answer.headers,
      });
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      throw new Failure(thrown.code, withoutToken(thrown.message));
    }
  };
}

/** A form as the bytes that carry it, and the type that names its boundary. */
async function encoded(form: FormData): Promise<{ headers: Record<string, string>; body: Uint8Array }> {
  const written = new Response(form);
  const headers = { 'content-type': written.headers.get('content-type') ?? '' };
  return { headers, body: new Uint8Array(await written.arrayBuffer()) };
}

/** The body says the wait in fractions of a second, the header in whole ones; the library reads the header. */
function withExactWait({ headers, text }: Answer): Headers {
  const seconds = retryAfterIn(text);
  const exact = new Headers(headers);
  if (seconds !== undefined) exact.set('retry-after', String(seconds));
  return exact;
}

function retryAfterIn(text: string): number | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('retry_after' in body)) return undefined;
    return typeof body.retry_after === 'number' && body.retry_after >= 0 ? body.retry_after : undefined;
  } catch {
    return undefined;
  }
}
