import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { AppsView } from '../intake/apps-view.ts';
import { chooseApp, openFindApps, type FindApps } from '../intake/find-apps.ts';
import type { ReceiveHook } from '../intake/hooks.ts';
import type { InboundRequest } from '../model/adapter.ts';
import { Failure, toFailure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Health } from './health.ts';
import type { BodyBudget, ReadBody } from './bodies.ts';
import { openBodies } from './bodies.ts';

/** What a handler knows of its connection. */
export type Env = { Bindings: HttpBindings };

export type HttpOptions = {
  readonly host: string;
  readonly port: number;
  readonly apps: AppsView;
  readonly receive: ReceiveHook;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Shows whoever asks with a nonce which hub this is; absent: nobody is shown. */
  readonly prove?: (nonce: string) => Promise<string>;
  /** Whether people and platforms reach us by TLS: then browsers are told to use nothing else. */
  readonly isSecure?: () => boolean;
  /** Adds what else is served, behind all of ours. */
  readonly attach?: (app: Hono<Env>) => void;
  /** Takes over what asks for another protocol. Without it such a request is one like any other. */
  readonly upgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Default: `LIMITS`. */
  readonly limits?: Partial<HttpLimits>;
};

/** What senders may ask of this process, whoever they are. */
export type HttpLimits = {
  /** Milliseconds for a request to arrive whole. */
  readonly requestMs: number;
  /** Milliseconds for its headers. */
  readonly headersMs: number;
  /** Milliseconds between two looks for those who are late. */
  readonly lookEveryMs: number;
  /** Sockets at once; further ones are closed as soon as they are opened. */
  readonly connections: number;
  /** Milliseconds that requests under way are given when the server closes; what hangs then is cut. */
  readonly closeMs: number;
  readonly bodies: BodyBudget;
};

export type HttpServer = { readonly url: string; readonly [Symbol.asyncDispose]: () => Promise<void> };

type Serving = HttpOptions & { readonly readBody: ReadBody };

/** All ours. */
const LIMITS: HttpLimits = {
  requestMs: 30_000,
  headersMs: 10_000,
  lookEveryMs: 1_000,
  connections: 5_000,
  closeMs: 10_000,
  // The largest payload of a platform has 25 MiB, and takes seven times its size until it is stored (measured: 155 MiB
  // resident before, 338 at the peak, 425 after several): one such at a time, and all that is larger than most beside it.
  bodies: { free: 32 * 1024, most: 32 * 1024 * 1024 },
};

const CLOSE_IDLE_EVERY_MS = 50;

/** A year, as OWASP ASVS 5.0 asks (3.4.1). */
const HSTS = 'max-age=31536000';

/** Listens. @throws Failure `invalid` when the port is taken. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const limits: HttpLimits = { ...LIMITS, ...options.limits };
  const app = routes({ ...options, readBody: openBodies(limits.bodies) });
  const server = createServer({
    requestTimeout: limits.requestMs,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: limits.lookEveryMs,
    keepAliveTimeout: 65_000,
  });
  const answer = getRequestListener(app.fetch);
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
  if (options.upgrade !== undefined) server.on('upgrade', options.upgrade);
  server.maxConnections = limits.connections;
  const port = await listen(server, options);
  return { url: `http://${options.host}:${port}`, [Symbol.asyncDispose]: () => close(server, limits.closeMs) };
}

function close(server: Server, withinMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), withinMs);
  // A connection that was busy when the server closed is kept open for the next request, which will not be taken.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearTimeout(timer);
      clearInterval(idle);
      resolve();
    });
  });
}

function listen(server: Server, { host, port }: HttpOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error) =>
      reject(new Failure('invalid', `cannot listen on ${host}:${port} (${error.message}): set PORT or HOST`)),
    );
    server.listen(port, host, () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function routes(options: Serving): Hono<Env> {
  const { apps, health, metrics, log } = options;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    await next();
    c.res.headers.set('x-content-type-options', 'nosniff');
    if (options.isSecure?.() === true) c.res.headers.set('strict-transport-security', HSTS);
  });
  app.get('/healthz', async (c) => {
    const nonce = c.req.query('nonce') ?? '';
    const proof = /^[\w-]{16,64}$/.test(nonce) ? await options.prove?.(nonce) : undefined;
    return c.json({ alive: true, ...(proof !== undefined && { proof }) });
  });
  app.get('/readyz', async (c) => {
    const readiness = await health.check();
    return c.json(readiness, readiness.ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { oldestWaitingSeconds } = await health.check();
    if (oldestWaitingSeconds !== undefined) metrics.oldestWaiting.set(oldestWaitingSeconds);
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });
  const findApps = openFindApps(apps);
  app.use(async (c, next) => {
    const found = findApps(c.req.path);
    if (found === undefined) return next();
    return c.req.method === 'POST' ? hook(c, found, options) : wrongMethod(c);
  });
  options.attach?.(app);
  app.notFound((c) =>
    c.json({ error: 'nothing is served here; deliveries go to /hooks/:platform of a connected platform' }, 404),
  );
  app.onError((error, c) => {
    log.error({ error }, 'a request failed');
    return c.json({ error: 'internal error' }, 500);
  });
  return app;
}

const wrongMethod = (c: Context<Env>): Response =>
  c.json({ error: 'deliveries are sent with POST' }, 405, { allow: 'POST', connection: 'close' });

async function hook(
  c: Context<Env>,
  found: Exclude<ReturnType<FindApps>, undefined>,
  serving: Serving,
): Promise<Response> {
  if (found === 'away') {
    // Its sender tries again, and by then it may be mended.
    return c.json({ error: 'this app cannot be opened now' }, 503, { connection: 'close', 'retry-after': '30' });
  }
  const { incoming } = c.env;
  const requestId = randomUUID();
  if (incoming.headers['content-encoding'] !== undefined) {
    // A gigabyte of one letter is a megabyte of gzip, and no platform compresses what it sends.
    return c.json({ error: 'content-encoding is not taken: send the body as it is' }, 415, { connection: 'close' });
  }
  const read = await serving
    .readBody(incoming, Math.max(...found.map(({ listing }) => listing.bodyLimit)))
    .catch((thrown: unknown) => toFailure(thrown, 'aborted'));
  if (read instanceof Failure) {
    serving.log.info({ requestId, reason: read.message }, 'a request was not read whole');
    return unread(c, read);
  }
  // Held until it is answered: what is made of a body on its way to the database is larger than itself.
  using body = read;
  const inbound = toInbound(incoming, body.bytes);
  const connected = await chooseApp(found, inbound);
  if (connected === undefined) return c.notFound();
  const { status, headers, body: text } = await serving.receive(connected, inbound);
  return new Response(text === '' ? null : text, { status, headers: { ...headers, 'x-request-id': requestId } });
}

function unread(c: Context<Env>, { code, message, retryInMs = 0 }: Failure): Response {
  // What is left of the body is not waited for.
  const headers = { connection: 'close' };
  if (code === 'too-large') return c.json({ error: message }, 413, headers);
  if (code !== 'unavailable') return c.json({ error: message }, 400, headers);
  return c.json({ error: message }, 503, { ...headers, 'retry-after': String(Math.ceil(retryInMs / 1000)) });
}

/** A header that came twice is both of them: taking one would leave it to the sender which one a proxy had checked. */
function toInbound(incoming: HttpBindings['incoming'], body: Buffer): InboundRequest {
  const headers = Object.fromEntries(
    Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values?.join(', ')]),
  );
  return { method: incoming.method ?? '', url: incoming.url ?? '', headers, body, receivedAt: new Date() };
}
