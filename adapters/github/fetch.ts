import { call } from '../kit/http.ts';
import type { Answer, Call } from '../kit/http.ts';
import { Failure, toFailure } from '../../src/model/failure.ts';
import { refusal } from './errors.ts';

/** What Octokit hands to the `fetch` it is given. */
type Init = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

const METHODS = { GET: 'GET', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' } as const;
const WITHIN_MS = 10_000;

/**
 * Octokit's way out: one call, one deadline, answers of 400 and above thrown as a Failure. A renamed repository is
 * followed, which sends nothing twice: a redirect says that nothing was done yet.
 */
export function openFetch(apiUrl: string): (url: string, init: Init) => Promise<Response> {
  return async (url, init) => {
    const request = requestOf(url, init);
    const what = `${request.method} ${new URL(url).pathname}`;
    const signal = init.signal ?? new AbortController().signal;
    try {
      const answer = await follow(request, apiUrl, signal);
      if (answer.status >= 300) throw refusal(what, answer);
      return new Response(answer.status === 204 ? null : withExactIds(answer.text), {
        status: answer.status,
        headers: {
          'content-type': answer.headers.get('content-type') ?? 'application/json',
          link: answer.headers.get('link') ?? '',
        },
      });
    } catch (thrown) {
      throw settle(toFailure(thrown, 'unknown-outcome'), request);
    }
  };
}

/** Deliveries have ids of 64 bits, of which a number in JavaScript holds 53: such long ones become strings. */
const withExactIds = (json: string): string => json.replaceAll(/(?<="id":\s{0,9})\d{16,19}(?=[\s,}])/g, '"$&"');

function requestOf(url: string, init: Init): Call {
  const method = Object.values(METHODS).find((known) => known === init.method);
  if (method === undefined) throw new Failure('invalid', `no such method: ${init.method}`);
  return {
    method,
    url,
    headers: init.headers,
    withinMs: WITHIN_MS,
    ...(init.body === undefined ? {} : { body: init.body }),
  };
}

async function follow(request: Call, apiUrl: string, signal: AbortSignal): Promise<Answer> {
  const answer = await call(request, signal);
  const location = answer.headers.get('location');
  if (location === null || ![301, 302, 307, 308].includes(answer.status)) return answer;
  const target = new URL(location, request.url);
  // The token goes to GitHub's own host and nowhere else.
  if (target.origin !== new URL(apiUrl).origin) return answer;
  return call({ ...request, url: target.href }, signal);
}

/** What only reads, or only makes a token, has surely not done what the caller wanted: it may simply be tried again. */
function settle(failure: Failure, request: Call): Failure {
  const harmless = request.method === 'GET' || new URL(request.url).pathname.endsWith('/access_tokens');
  if (failure.code !== 'unknown-outcome' || !harmless) return failure;
  return new Failure('unavailable', failure.message, { cause: failure.cause });
}
