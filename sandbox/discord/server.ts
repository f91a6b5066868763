import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../kit/faults.ts';
import type { Ledger } from '../kit/ledger.ts';
import { GLOBAL, limited } from './limits.ts';
import type { RateLimits } from './limits.ts';
import { match, notFound, refusal } from './route.ts';
import type { Answer, Found, Request, Route } from './route.ts';

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

export type Listening = {
  readonly url: string;
  readonly server: Server;
  /** From now on calls are answered; there must be none before. */
  readonly serve: (serving: Serving) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Where the API is under the server's address. */
export const BASE = '/api/v10';

/** Listens on 127.0.0.1, at a port of the system's choice unless one is named. */
export async function openServer(port = 0): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    server,
    serve(serving) {
      server.on('request', (request, response) => {
        answer(request, response, serving).catch(() => request.socket.destroy());
      });
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(incoming: IncomingMessage, response: ServerResponse, parts: Serving): Promise<void> {
  const { call, found, query } = calledBy(incoming, parts.routes);
  const body = json(await bodyOf(incoming));
  if (parts.answerDelayMs > 0) await sleep(parts.answerDelayMs);
  const fault = parts.faults.next(call);
  if (fault !== undefined && (await failsBefore(fault, call, { response, ledger: parts.ledger }))) return;

  const { answer, headers } = perform(found, incoming, parts, { query, body });
  const shown = spoiled(answer, fault);
  const about = answer.about ?? found?.params['c'] ?? '';
  parts.ledger.write({ call, performed: answer.status < 400, status: shown?.status ?? 0, about });
  if (shown !== undefined) send(response, { ...shown, headers: { ...headers, ...shown.headers } });
}

type Called = { readonly call: string; readonly found: Found | undefined; readonly query: URLSearchParams };

function calledBy({ url = '/', method = 'GET' }: IncomingMessage, routes: readonly Route[]): Called {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  const found = match(routes, method, path);
  return { call: `${method} ${found?.route.pattern ?? path}`, found, query: searchParams };
}

type Performed = { readonly answer: Answer; readonly headers: Readonly<Record<string, string>> };

function perform(
  found: Found | undefined,
  { headers }: IncomingMessage,
  { token, limits, nextRefusal }: Serving,
  given: Pick<Request, 'query' | 'body'>,
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
  if (fault?.kind === 'perform-then-hang') return undefined;
  return fault?.kind === 'perform-then-fail' ? refusal(fault.status ?? 502, 0, 'Bad Gateway') : done;
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
  send(
    response,
    status === 429 ? limited((fault.retryAfterMs ?? 1000) / 1000) : refusal(status, 0, `${status}: refused`),
  );
  return true;
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const bytes = body instanceof Uint8Array;
  response.writeHead(status, {
    ...(body === undefined || bytes ? {} : { 'content-type': 'application/json' }),
    ...headers,
  });
  response.end(body === undefined || bytes ? body : JSON.stringify(body));
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function json(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
