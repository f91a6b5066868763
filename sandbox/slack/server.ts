import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../kit/faults.ts';
import type { Ledger } from '../kit/ledger.ts';
import { sendFile } from './files.ts';
import type { Limits } from './limits.ts';
import type { Args, Around, Method, Outcome } from './method.ts';
import { failed, textArg } from './method.ts';

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
  if (pathname.startsWith('/files-pri/')) return sendFile(request, response, pathname, serving);
  const method = pathname.replace(/^\/api\//, '');
  const body = await bodyOf(request);
  const fault = serving.faults.next(method);
  if (await failsBefore(fault, method, response, serving.ledger)) return;

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
  if (status === 0) return;
  if (serving.answerDelayMs > 0) await sleep(serving.answerDelayMs);
  if (status === 200) send(response, 200, outcome);
  else response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Server Error</h1>');
}

/** Slack refuses with status 200; 0 is no answer for ever. */
function statusAfter(outcome: Outcome, fault: Fault | undefined): number {
  if (fault?.kind === 'perform-then-hang') return 0;
  if (fault?.kind === 'perform-then-fail' && !('error' in outcome)) return fault.status ?? 500;
  return 200;
}

function perform(method: string, args: Args, request: IncomingMessage, serving: Serving): Outcome {
  const run = serving.methods.get(method);
  if (run === undefined) return failed('unknown_method');
  const problem = checkToken(args, request, serving) ?? serving.nextError(method);
  return problem === undefined ? run(args, serving.around) : failed(problem);
}

/** Slack takes the token as a header or as a form field. */
function checkToken(args: Args, request: IncomingMessage, { around }: Serving): string | undefined {
  const { world } = around;
  const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? textArg(args, 'token');
  if (token === '') return 'not_authed';
  if (token !== world.bot.token) return 'invalid_auth';
  return world.installed ? undefined : 'account_inactive';
}

/** Carries out a fault that comes before the work; true when the call ends with it. */
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
  if (status === 429) send(response, status, failed('ratelimited'), fault.retryAfterMs ?? 1000);
  else response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Server Error</h1>');
  return true;
}

function send(response: ServerResponse, status: number, outcome: Outcome, retryAfterMs?: number): void {
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

function argsOf(request: IncomingMessage, body: string, query: URLSearchParams): Args {
  if (request.headers['content-type']?.startsWith('application/json') === true) {
    try {
      const parsed: unknown = JSON.parse(body);
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    } catch {
      return {};
    }
  }
  return { ...Object.fromEntries(query), ...Object.fromEntries(new URLSearchParams(body)) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
