import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings, type ServerType } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { ConnectedApp, ReceiveHook } from '../intake/hooks.ts';
import type { InboundRequest } from '../model/adapter.ts';
import { Failure, toFailure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Health } from './health.ts';
import { readBody } from './read-body.ts';

export type HttpOptions = {
  readonly host: string;
  readonly port: number;
  readonly apps: readonly ConnectedApp[];
  readonly receive: ReceiveHook;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
};

export type HttpServer = { readonly url: string; readonly [Symbol.asyncDispose]: () => Promise<void> };

type Env = { Bindings: HttpBindings };

/** Milliseconds for a request to arrive whole, and for its headers: a slow sender holds a socket no longer. */
const REQUEST_WITHIN_MS = 30_000;
const HEADERS_WITHIN_MS = 10_000;

/** Listens. @throws Failure `invalid` when the port is taken. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const app = routes(options);
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: HEADERS_WITHIN_MS, keepAliveTimeout: 65_000 },
  });
  const port = await listen(server, options);
  return {
    url: `http://${options.host}:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function listen(server: ServerType, { host, port }: HttpOptions): Promise<number> {
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

function routes(options: HttpOptions): Hono<Env> {
  const { apps, health, metrics, log } = options;
  const app = new Hono<Env>();
  app.get('/healthz', (c) => c.json({ alive: true }));
  app.get('/readyz', async (c) => {
    const readiness = await health.check();
    return c.json(readiness, readiness.ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { oldestWaitingSeconds } = await health.check();
    if (oldestWaitingSeconds !== undefined) metrics.oldestWaiting.set(oldestWaitingSeconds);
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });
  for (const connected of apps) {
    const { platform, paths } = connected.listing;
    for (const path of [`/hooks/${platform}`, `/hooks/${platform}/${connected.app}`, ...paths])
      app.post(path, (c) => hook(c, connected, options));
  }
  app.notFound((c) =>
    c.json({ error: 'nothing is served here; deliveries go to /hooks/:platform of a connected platform' }, 404),
  );
  app.onError((error, c) => {
    log.error({ error }, 'a request failed');
    return c.json({ error: 'internal error' }, 500);
  });
  return app;
}

async function hook(c: Context<Env>, connected: ConnectedApp, { receive, log }: HttpOptions): Promise<Response> {
  const { incoming } = c.env;
  const requestId = randomUUID();
  if (incoming.headers['content-encoding'] !== undefined) {
    // A gigabyte of one letter is a megabyte of gzip, and no platform compresses what it sends.
    return c.json({ error: 'content-encoding is not taken: send the body as it is' }, 415);
  }
  try {
    const body = await readBody(incoming, connected.listing.bodyLimit);
    const { status, headers, body: text } = await receive(connected, toInbound(incoming, body));
    return new Response(text === '' ? null : text, { status, headers: { ...headers, 'x-request-id': requestId } });
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    log.info({ requestId, reason: failure.message }, 'a request was not read whole');
    return c.json({ error: failure.message }, failure.code === 'too-large' ? 413 : 400, { connection: 'close' });
  }
}

function toInbound(incoming: HttpBindings['incoming'], body: Buffer): InboundRequest {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { method: incoming.method ?? '', url: incoming.url ?? '', headers, body, receivedAt: new Date() };
}
