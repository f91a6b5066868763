import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../kit/faults.ts';
import type { Ledger } from '../kit/ledger.ts';
import type { Limits } from './limits.ts';
import type { Asked, Outcome, Route } from './route.ts';
import { failed } from './route.ts';
import type { Tokens } from './routes-login.ts';
import type { World } from './world.ts';

export type Serving = {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** An outcome that the call has now in place of its own, used up by asking. */
  readonly nextError: (call: string) => Outcome | undefined;
  readonly answerDelayMs: number;
};

export type Listening = {
  readonly url: string;
  /** From now on calls are answered; there must be none before. */
  readonly serve: (serving: Serving) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Listens on 127.0.0.1, at a port of the system's choice unless one is given. */
export async function openServer(port = 0): Promise<Listening> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
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

async function answer(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { route, parts } = findRoute(serving.routes, request.method ?? '', pathname);
  const asked: Asked = { world: serving.world, request, body: await bodyOf(request), query: searchParams, parts };
  const call = typeof route.call === 'string' ? route.call : route.call(asked);
  const fault = serving.faults.next(call);
  if (await failsBefore(fault, call, response, serving.ledger)) return;

  const outcome = perform(route, call, asked, serving);
  const shown = after(outcome, fault);
  const about = outcome.about ?? parts[0] ?? '';
  serving.ledger.write({ call, performed: outcome.status < 400, status: shown?.status ?? 0, about });
  if (shown === undefined) return;
  if (serving.answerDelayMs > 0) await sleep(serving.answerDelayMs);
  send(response, shown);
}

/** What is answered once the work is done; undefined: nothing, for ever. */
function after(outcome: Outcome, fault: Fault | undefined): Outcome | undefined {
  if (fault?.kind === 'perform-then-hang') return undefined;
  if (fault?.kind !== 'perform-then-fail' || outcome.status >= 400) return outcome;
  return failed(fault.status ?? 500, 'ServiceError');
}

const NOWHERE: Omit<Route, 'method' | 'pattern'> = {
  call: 'unknown',
  guarded: false,
  limited: false,
  run: () => failed(404, 'NotFound'),
};

type Found = { readonly route: Omit<Route, 'method' | 'pattern'>; readonly parts: readonly string[] };

function findRoute(routes: readonly Route[], method: string, path: string): Found {
  for (const route of routes) {
    const found = route.method === method ? route.pattern.exec(path) : null;
    if (found !== null) return { route, parts: found.slice(1).map(decodeURIComponent) };
  }
  return { route: NOWHERE, parts: [] };
}

function perform(route: Found['route'], call: string, asked: Asked, serving: Serving): Outcome {
  if (route.guarded && !serving.tokens.accepts(asked.request.headers.authorization)) {
    return failed(401, 'Unauthorized', 'Authorization has been denied for this request.');
  }
  const error = serving.nextError(call);
  if (error !== undefined) return error;
  const wait = route.limited ? serving.limits.take(asked.parts[0] ?? '') : undefined;
  return wait === undefined ? route.run(asked) : overLimit(wait);
}

const overLimit = (waitMs: number): Outcome => ({
  ...failed(429, 'TooManyRequests', 'API calls quota exceeded.'),
  headers: { 'retry-after': String(waitMs / 1000) },
});

/** Plays a fault that comes before the work; true when the call ends with it. */
async function failsBefore(
  fault: Fault | undefined,
  call: string,
  response: ServerResponse,
  ledger: Ledger,
): Promise<boolean> {
  if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 100, undefined, { ref: false });
  if (fault?.kind === 'reset') {
    ledger.write({ call, performed: false, status: 0, about: 'connection cut' });
    response.socket?.resetAndDestroy();
    return true;
  }
  if (fault?.kind !== 'refuse') return false;
  const status = fault.status ?? 503;
  ledger.write({ call, performed: false, status, about: 'refused on purpose' });
  send(response, status === 429 ? overLimit(fault.retryAfterMs ?? 1000) : failed(status, 'ServiceError'));
  return true;
}

function send(response: ServerResponse, { status, json, bytes, headers }: Outcome): void {
  const content = bytes?.content ?? (json === undefined ? '' : JSON.stringify(json));
  response.writeHead(status, {
    'content-type': bytes?.mediaType ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(content),
    ...headers,
  });
  response.end(content);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
