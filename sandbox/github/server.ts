import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../kit/faults.ts';
import type { Ledger } from '../kit/ledger.ts';
import type { Access } from './access.ts';
import type { RateLimits } from './limits.ts';
import { match, notFound, refusal } from './route.ts';
import type { Answer, Found, Request, Route } from './route.ts';

export type Serving = {
  readonly routes: readonly Route[];
  readonly access: Access;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly ledger: Ledger;
};

export type Listening = {
  readonly url: string;
  /** From now on calls are answered; there must be none before. */
  readonly serve: (serving: Serving) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Listens on 127.0.0.1 at a port of the system's choice. */
export async function openServer(): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    serve(serving) {
      server.on('request', (request, response) => {
        answer(request, response, serving).catch(() => request.socket.destroy());
      });
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(incoming: IncomingMessage, response: ServerResponse, parts: Serving): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const { method = 'GET' } = incoming;
  const found = match(parts.routes, method, url.pathname);
  const call = found === undefined ? `${method} ${url.pathname}` : `${method} ${found.route.pattern}`;
  const given = { url, text: await bodyOf(incoming), accept: incoming.headers.accept ?? '' };
  const fault = parts.faults.next(call);
  if (fault !== undefined && (await failsBefore(fault, call, { response, ledger: parts.ledger }))) return;

  const { done, shown } = await work(found, given, { incoming, parts, fault });
  const about = done.about ?? url.pathname;
  parts.ledger.write({ call, performed: done.status < 400, status: shown?.status ?? 0, about });
  if (shown !== undefined) send(response, shown, parts.limits);
}

type Around = { readonly incoming: IncomingMessage; readonly parts: Serving; readonly fault: Fault | undefined };

/** What came of the call, and what its caller is told of it. */
async function work(
  found: Found | undefined,
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
  if (fault?.kind === 'perform-then-hang') return undefined;
  return fault?.kind === 'perform-then-fail' ? refusal(fault.status ?? 502, 'Server Error') : done;
}

type Given = { readonly url: URL; readonly text: string; readonly accept: string };

async function perform(found: Found | undefined, { url, text, accept }: Given): Promise<Answer> {
  if (found === undefined) return notFound();
  return found.route.handle({ params: found.params, query: url.searchParams, body: json(text), url, accept });
}

/** A refusal before the work: credentials, then limits. */
function checked(route: Route, incoming: IncomingMessage, { access, limits }: Serving): Answer | undefined {
  const { authorization } = incoming.headers;
  if (route.auth === 'none') return undefined;
  const problem = route.auth === 'app' ? access.checkApp(authorization) : access.checkInstallation(authorization);
  if (problem !== undefined) return refusal(401, problem);
  return route.auth === 'installation' ? limits.take(route.writes ?? false) : undefined;
}

type Failing = { readonly response: ServerResponse; readonly ledger: Ledger };

/** Carries out a fault that comes before the work; true when the call ends with it. */
async function failsBefore(fault: Fault, call: string, { response, ledger }: Failing): Promise<boolean> {
  if (fault.kind === 'slow') await sleep(fault.delayMs ?? 100, undefined, { ref: false });
  if (fault.kind === 'reset') {
    ledger.write({ call, performed: false, status: 0, about: 'connection cut' });
    response.socket?.resetAndDestroy();
    return true;
  }
  if (fault.kind !== 'refuse') return false;
  const status = fault.status ?? 503;
  ledger.write({ call, performed: false, status, about: 'refused on purpose' });
  const after = fault.retryAfterMs === undefined ? {} : { 'retry-after': String(fault.retryAfterMs / 1000) };
  send(response, { ...refusal(status, WORDS[status] ?? 'Server Error'), headers: after }, undefined);
  return true;
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

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function json(text: string): Request['body'] {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
