import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnanswered, leaveUnanswered } from '../kit/fails-after.ts';
import { failsBefore } from '../kit/fails-before.ts';
import type { Fault, Faults } from '../kit/faults.ts';
import type { Ledger } from '../kit/ledger.ts';
import { match } from '../kit/match.ts';
import type { Found } from '../kit/match.ts';
import type { Answering } from '../kit/server.ts';
import { GLOBAL, limited } from './limits.ts';
import { readBody } from './multipart.ts';
import type { RateLimits } from './limits.ts';
import { notFound, refusal } from './route.ts';
import type { Answer, Request, Route } from './route.ts';

export type Serving = {
  readonly routes: readonly Route[];
  readonly token: string;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Waited before every answer. */
  readonly answerDelayMs: number;
  /** A refusal in Discord's own words that was planned for this call. */
  readonly nextRefusal: (call: string) => Answer | undefined;
};

/** Where the API is under the server's address. */
export const BASE = '/api/v10';

/** Answers calls with all that a stand-in of Discord is made of. */
export function answering(serving: Serving): Answering {
  return (request, response) => answer(request, response, serving);
}

async function answer(incoming: IncomingMessage, response: ServerResponse, parts: Serving): Promise<void> {
  const { call, found, query } = calledBy(incoming, parts.routes);
  const given = await readBody(incoming);
  if (parts.answerDelayMs > 0) await sleep(parts.answerDelayMs);
  const fault = parts.faults.next(call);
  const refuse = (status: number, retryAfterMs = 1000): void =>
    send(response, status === 429 ? limited(retryAfterMs / 1000) : refusal(status, 0, `${status}: refused`));
  if (await failsBefore(fault, { call, response, ledger: parts.ledger, refuse })) return;

  const { answer, headers } = perform(found, incoming, parts, { query, ...given });
  const shown = spoiled(answer, fault);
  const about = answer.about ?? found?.params['c'] ?? '';
  parts.ledger.write({ call, performed: answer.status < 400, status: shown?.status ?? 0, about });
  if (shown === undefined) return leaveUnanswered(fault, response);
  send(response, { ...shown, headers: { ...headers, ...shown.headers } });
}

type Called = { readonly call: string; readonly found: Found<Route> | undefined; readonly query: URLSearchParams };

function calledBy({ url = '/', method = 'GET' }: IncomingMessage, routes: readonly Route[]): Called {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  const found = match(routes, method, path);
  return { call: `${method} ${found?.route.pattern ?? path}`, found, query: searchParams };
}

type Performed = { readonly answer: Answer; readonly headers: Readonly<Record<string, string>> };

function perform(
  found: Found<Route> | undefined,
  { headers }: IncomingMessage,
  { token, limits, nextRefusal }: Serving,
  given: Omit<Request, 'params'>,
): Performed {
  if (found === undefined) return { answer: notFound(), headers: {} };
  const { route, params } = found;
  if (route.open !== true && headers.authorization !== `Bot ${token}`) {
    return { answer: refusal(401, 0, '401: Unauthorized'), headers: {} };
  }
  const taken = limits.take(
    route.bucket ?? GLOBAL,
    route.bucket === undefined ? '' : (params['c'] ?? params['token'] ?? ''),
  );
  const refused = taken.refused ?? nextRefusal(`${route.method} ${route.pattern}`);
  return { answer: refused ?? route.handle({ params, ...given }), headers: taken.headers };
}

/** What is answered after the work was done; undefined: nothing, for ever. */
function spoiled(done: Answer, fault: Fault | undefined): Answer | undefined {
  if (isUnanswered(fault)) return undefined;
  return fault?.kind === 'perform-then-fail' ? refusal(fault.status ?? 502, 0, 'Bad Gateway') : done;
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const bytes = body instanceof Uint8Array;
  response.writeHead(status, {
    ...(body === undefined || bytes ? {} : { 'content-type': 'application/json' }),
    ...headers,
  });
  response.end(body === undefined || bytes ? body : JSON.stringify(body));
}
