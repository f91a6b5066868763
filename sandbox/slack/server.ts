import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnanswered, leaveUnanswered } from '../kit/fails-after.ts';
import { failsBefore } from '../kit/fails-before.ts';
import type { Fault, Faults } from '../kit/faults.ts';
import { objectIn } from '../kit/json.ts';
import type { Ledger } from '../kit/ledger.ts';
import type { Answering } from '../kit/server.ts';
import { doorOf, openDoor } from './doors.ts';
import { sendFile } from './files.ts';
import type { Limits } from './limits.ts';
import type { Args, Around, Method, Outcome } from './method.ts';
import { failed, textArg } from './method.ts';
import { mayCall } from './scopes.ts';

export type Serving = {
  readonly methods: ReadonlyMap<string, Method>;
  readonly around: Around;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Slack's name of an error that the call is refused with now, used up by asking. */
  readonly nextError: (method: string) => string | undefined;
  readonly answerDelayMs: number;
};

/** Answers calls with all that a stand-in of Slack is made of. */
export function answering(serving: Serving): Answering {
  return (request, response) => answer(request, response, serving);
}

async function answer(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname.startsWith('/files-pri/')) return sendFile(request, response, pathname, serving);
  const door = doorOf(pathname);
  if (door !== undefined) return openDoor(door, { request, response, path: pathname }, serving);
  const method = pathname.replace(/^\/api\//, '');
  const body = await text(request);
  const fault = serving.faults.next(method);
  const refuse = (status: number, retryAfterMs = 1000): void => {
    if (status === 429) send(response, status, failed('ratelimited'), retryAfterMs);
    else sendFailure(response, status);
  };
  if (await failsBefore(fault, { call: method, response, ledger: serving.ledger, refuse })) return;

  const args = argsOf(request, body, searchParams);
  const wait = serving.limits.take(method, textArg(args, 'channel'));
  if (wait !== undefined) {
    serving.ledger.write({ call: method, performed: false, status: 429, about: 'over its limit' });
    return send(response, 429, failed('ratelimited'), wait);
  }
  const outcome = perform(method, args, request, serving);
  const status = statusAfter(outcome, fault);
  const about = 'error' in outcome ? outcome.error : (outcome.about ?? textArg(args, 'channel'));
  serving.ledger.write({ call: method, performed: !('error' in outcome), status, about });
  if (status === 0) return leaveUnanswered(fault, response);
  if (serving.answerDelayMs > 0) await sleep(serving.answerDelayMs);
  const { scopes } = serving.around.settings;
  if (scopes !== undefined) response.setHeader('x-oauth-scopes', scopes.join(','));
  if (status === 200) send(response, 200, outcome);
  else sendFailure(response, status);
}

/** Slack refuses with status 200; 0 is no answer for ever. */
function statusAfter(outcome: Outcome, fault: Fault | undefined): number {
  if (isUnanswered(fault)) return 0;
  if (fault?.kind === 'perform-then-fail' && !('error' in outcome)) return fault.status ?? 500;
  return 200;
}

function perform(method: string, args: Args, request: IncomingMessage, serving: Serving): Outcome {
  const run = serving.methods.get(method);
  if (run === undefined) return failed('unknown_method');
  const problem = checkToken(method, args, request, serving) ?? serving.nextError(method);
  return problem === undefined ? run(args, serving.around) : failed(problem);
}

/** Slack takes the token as a header or as a form field. */
function checkToken(method: string, args: Args, request: IncomingMessage, { around }: Serving): string | undefined {
  const { world } = around;
  const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? textArg(args, 'token');
  if (token === '') return 'not_authed';
  const endsAt = world.tokens.get(token);
  if (endsAt === undefined) return world.installed ? 'invalid_auth' : 'account_inactive';
  if (endsAt <= Date.now()) return 'token_expired';
  if (!world.installed) return 'account_inactive';
  return mayCall(around.settings.scopes, method, args, world) ? undefined : 'missing_scope';
}

export function send(response: ServerResponse, status: number, outcome: Outcome, retryAfterMs?: number): void {
  const body = JSON.stringify(
    'error' in outcome ? { ok: false, error: outcome.error } : { ok: true, ...outcome.fields },
  );
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(retryAfterMs !== undefined && { 'retry-after': String(retryAfterMs / 1000) }),
  });
  response.end(body);
}

function sendFailure(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Server Error</h1>');
}

export function argsOf(request: IncomingMessage, body: string, query: URLSearchParams): Args {
  if (request.headers['content-type']?.startsWith('application/json') === true) {
    return objectIn(body) ?? {};
  }
  return { ...Object.fromEntries(query), ...Object.fromEntries(new URLSearchParams(body)) };
}
