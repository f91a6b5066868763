import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isUnanswered, leaveUnanswered } from '../kit/fails-after.ts';
import { failsBefore } from '../kit/fails-before.ts';
import type { Fault, Faults } from '../kit/faults.ts';
import { jsonIn } from '../kit/json.ts';
import type { Ledger } from '../kit/ledger.ts';
import { match } from '../kit/match.ts';
import type { Found } from '../kit/match.ts';
import type { Answering } from '../kit/server.ts';
import type { Access } from './access.ts';
import type { RateLimits } from './limits.ts';
import { notFound, refusal } from './route.ts';
import type { Answer, Route } from './route.ts';

export type Serving = {
  readonly routes: readonly Route[];
  readonly access: Access;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly ledger: Ledger;
};

/** Answers calls with all that a stand-in of GitHub is made of. */
export function answering(serving: Serving): Answering {
  return (request, response) => answer(request, response, serving);
}

async function answer(incoming: IncomingMessage, response: ServerResponse, parts: Serving): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const { method = 'GET' } = incoming;
  const found = match(parts.routes, method, url.pathname);
  const given = { url, text: await text(incoming), accept: incoming.headers.accept ?? '' };
  const call = nameOf(found, method, given);
  const fault = parts.faults.next(call);
  const refuse = (status: number, retryAfterMs?: number): void =>
    send(response, onPurpose(status, retryAfterMs), undefined);
  if (await failsBefore(fault, { call, response, ledger: parts.ledger, refuse })) return;

  const { done, shown } = await work(found, given, { incoming, parts, fault });
  const about = done.about ?? url.pathname;
  parts.ledger.write({ call, performed: done.performed ?? done.status < 400, status: shown?.status ?? 0, about });
  if (shown === undefined) return leaveUnanswered(fault, response);
  send(response, shown, parts.limits);
}

function nameOf(found: Found<Route> | undefined, method: string, { url, text }: Given): string {
  if (found === undefined) return `${method} ${url.pathname}`;
  return found.route.call?.(jsonIn(text)) ?? `${method} ${found.route.pattern}`;
}

type Around = { readonly incoming: IncomingMessage; readonly parts: Serving; readonly fault: Fault | undefined };

/** What came of the call, and what its caller is told of it. */
async function work(
  found: Found<Route> | undefined,
  given: Given,
  { incoming, parts, fault }: Around,
): Promise<{ done: Answer; shown: Answer | undefined }> {
  const refused = found === undefined ? notFound() : checked(found.route, incoming, parts);
  if (refused !== undefined) return { done: refused, shown: refused };
  const done = await perform(found, given);
  return { done, shown: spoiled(done, fault) };
}

/** What is answered after the work was done; undefined: nothing, for ever. */
function spoiled(done: Answer, fault: Fault | undefined): Answer | undefined {
  if (isUnanswered(fault)) return undefined;
  return fault?.kind === 'perform-then-fail' ? refusal(fault.status ?? 502, 'Server Error') : done;
}

type Given = { readonly url: URL; readonly text: string; readonly accept: string };

async function perform(found: Found<Route> | undefined, { url, text, accept }: Given): Promise<Answer> {
  if (found === undefined) return notFound();
  return found.route.handle({ params: found.params, query: url.searchParams, body: jsonIn(text), url, accept });
}

/** A refusal before the work: credentials, then limits. */
function checked(route: Route, incoming: IncomingMessage, { access, limits }: Serving): Answer | undefined {
  const { authorization } = incoming.headers;
  if (route.auth === 'none') return undefined;
  const problem = route.auth === 'app' ? access.checkApp(authorization) : access.checkInstallation(authorization);
  if (problem !== undefined) return refusal(401, problem);
  return route.auth === 'installation' ? limits.take(route.writes ?? false) : undefined;
}

function onPurpose(status: number, retryAfterMs: number | undefined): Answer {
  const headers = retryAfterMs === undefined ? {} : { 'retry-after': String(retryAfterMs / 1000) };
  return { ...refusal(status, WORDS[status] ?? 'Server Error'), headers };
}

const WORDS: Readonly<Record<number, string>> = {
  401: 'Bad credentials',
  403: 'Resource not accessible by integration',
  404: 'Not Found',
  410: 'This issue was deleted',
  422: 'Validation Failed',
  429: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  503: 'Service Unavailable',
};

function send(response: ServerResponse, answer: Answer, limits: RateLimits | undefined): void {
  const { body } = answer;
  const json = typeof body === 'object' && !(body instanceof Uint8Array);
  response.writeHead(answer.status, {
    ...limits?.headers(),
    ...(body === undefined ? {} : { 'content-type': json ? 'application/json; charset=utf-8' : 'text/plain' }),
    ...answer.headers,
  });
  response.end(json ? JSON.stringify(body) : body);
}
