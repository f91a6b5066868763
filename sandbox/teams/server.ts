import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnanswered, leaveUnanswered } from '../kit/fails-after.ts';
import { failsBefore } from '../kit/fails-before.ts';
import type { Fault, Faults } from '../kit/faults.ts';
import type { Ledger } from '../kit/ledger.ts';
import type { Answering } from '../kit/server.ts';
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
  readonly reactionLimits: Limits;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** An outcome that the call has now in place of its own, used up by asking. */
  readonly nextError: (call: string) => Outcome | undefined;
  readonly answerDelayMs: number;
};

/** Answers calls with all that a stand-in of Teams is made of. */
export function answering(serving: Serving): Answering {
  return (request, response) => answer(request, response, serving);
}

async function answer(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { route, parts } = findRoute(serving.routes, request.method ?? '', pathname);
  const asked: Asked = { world: serving.world, request, body: await text(request), query: searchParams, parts };
  const call = typeof route.call === 'string' ? route.call : route.call(asked);
  const fault = serving.faults.next(call);
  const refuse = (status: number, retryAfterMs = 1000): void =>
    send(response, status === 429 ? overLimit(retryAfterMs) : failed(status, 'ServiceError'));
  if (await failsBefore(fault, { call, response, ledger: serving.ledger, refuse })) return;

  const outcome = perform(route, call, asked, serving);
  const shown = after(outcome, fault);
  const about = outcome.about ?? parts[0] ?? '';
  serving.ledger.write({ call, performed: outcome.status < 400, status: shown?.status ?? 0, about });
  if (shown === undefined) return leaveUnanswered(fault, response);
  if (serving.answerDelayMs > 0) await sleep(serving.answerDelayMs);
  send(response, shown);
}

/** What is answered once the work is done; undefined: nothing, for ever. */
function after(outcome: Outcome, fault: Fault | undefined): Outcome | undefined {
  if (isUnanswered(fault)) return undefined;
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
  const wait = waitOf(route, asked, serving);
  return wait === undefined ? route.run(asked) : overLimit(wait);
}

function waitOf({ limited }: Found['route'], { parts }: Asked, serving: Serving): number | undefined {
  if (limited === 'reactions') return serving.reactionLimits.take('');
  return limited ? serving.limits.take(parts[0] ?? '') : undefined;
}

const overLimit = (waitMs: number): Outcome => ({
  ...failed(429, 'TooManyRequests', 'API calls quota exceeded.'),
  headers: { 'retry-after': String(waitMs / 1000) },
});

function send(response: ServerResponse, { status, json, bytes, headers }: Outcome): void {
  const content = bytes?.content ?? (json === undefined ? '' : JSON.stringify(json));
  response.writeHead(status, {
    'content-type': bytes?.mediaType ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(content),
    ...headers,
  });
  response.end(content);
}
