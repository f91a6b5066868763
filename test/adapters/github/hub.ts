import { createServer } from 'node:http';
import type { Adapter } from '../../../src/model/adapter.ts';
import type { Event } from '../../../src/model/event.ts';
import { openGithub } from '../../../adapters/github/index.ts';
import { openGithubStandIn } from '../../../sandbox/github/index.ts';

/** The adapter, a stand-in to talk to, and an endpoint between them that collects what was received. */
export async function openHub(settings: Parameters<typeof openGithubStandIn>[0] = {}) {
  await using closers = new AsyncDisposableStack();
  const github = closers.use(await openGithubStandIn(settings));
  const adapter = await openGithub(github.environment, AbortSignal.timeout(5000));
  const events: Event[] = [];
  const { receive: take, ...found } = parts(adapter);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const body = Buffer.concat(chunks);
      void take({ method, url, headers, body, receivedAt: new Date() }).then((received) => {
        events.push(...(received.delivery?.events ?? []));
        return response.writeHead(received.response.status).end(received.response.body);
      });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closers.defer(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  github.deliverTo(`http://127.0.0.1:${address.port}`);

  const access = { install: github.installation, secret: undefined };
  const owned = closers.move();
  return { github, adapter, access, events, ...found, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The functions that this adapter has and the seam lets others leave out. */
function parts({ receive, show, history, findPost }: Adapter) {
  if (receive === undefined || show === undefined || history === undefined || findPost === undefined)
    throw new Error('a part is missing');
  return { receive, show, history, findPost };
}

export type Hub = Awaited<ReturnType<typeof openHub>>;

/** Somebody asks; the place to answer at. */
export async function asked(hub: Hub, act: () => Promise<unknown>) {
  await act();
  const event = hub.events.findLast((event) => event.kind === 'message' && event.message.author.kind === 'human');
  if (event?.kind !== 'message') throw new Error('nothing was received');
  return event;
}

export const soon = () => AbortSignal.timeout(5000);

/** 22 characters of base64url, as the outbox makes them. */
export const nonce = (name: string) => name.padEnd(22, '0');
