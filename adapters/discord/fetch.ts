import type { RESTOptions } from '@discordjs/rest';
import { z } from 'zod';
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
      return responseOf(answer);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      throw new Failure(thrown.code, withoutToken(thrown.message));
    }
  };
}

/** The answer as the library is to see it. */
function responseOf(answer: Answer): Response {
  const { status, headers, text } = answer;
  if (status !== 429) return new Response(status === 204 ? null : text, { status, headers });
  return new Response(text, { status: isOldEdit(answer) ? 400 : status, headers: withExactWait(answer) });
}

/**
 * The edits of an old message are used up (docs: JSON Error Codes, 30046). It comes as a 429, of which the library would keep
 * the time alone; but this is about one message, and other calls of the route go on.
 */
const isOldEdit = ({ text }: Answer): boolean => numberIn(text, 'code') === 30_046;

/** A form as the bytes that carry it, and the type that names its boundary. */
async function encoded(form: FormData): Promise<{ headers: Record<string, string>; body: Uint8Array }> {
  const written = new Response(form);
  const headers = { 'content-type': written.headers.get('content-type') ?? '' };
  return { headers, body: new Uint8Array(await written.arrayBuffer()) };
}

/** The body says the wait in fractions of a second, the header in whole ones; the library reads the header. */
function withExactWait({ headers, text }: Answer): Headers {
  const seconds = numberIn(text, 'retry_after');
  const exact = new Headers(headers);
  if (seconds !== undefined) exact.set('retry-after', String(seconds));
  return exact;
}

const numbers = z.record(z.string(), z.unknown());

function numberIn(text: string, name: string): number | undefined {
  try {
    const value = numbers.safeParse(JSON.parse(text)).data?.[name];
    return typeof value === 'number' && value >= 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
