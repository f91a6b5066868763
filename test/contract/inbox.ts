import { createServer } from 'node:http';
import type { Adapter, InboundRequest, Received } from '../../src/model/adapter.ts';
import type { Form } from '../../src/model/card.ts';
import type { Delivery, Event } from '../../src/model/event.ts';

type MessageEvent = Event & { kind: 'message' };

/** Everything that an adapter was told, over HTTP and at its gateway. */
export type Inbox = AsyncDisposable & {
  /** Where a platform delivers to. */
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** What a click is answered with, by the `Control.id`. */
  readonly forms: Map<string, Form>;
  /** Requests over HTTP as they came, with what became of them. */
  readonly requests: readonly { readonly request: InboundRequest; readonly received: Received }[];
  /** The first event that fits, once it is there. */
  readonly event: <Kind extends Event['kind']>(
    kind: Kind,
    fits?: (event: Event & { kind: Kind }) => boolean,
  ) => Promise<Event & { kind: Kind }>;
  /** The message with this text. */
  readonly message: (text: string) => Promise<MessageEvent>;
};

const WITHIN_MS = 5_000;

/** A hub of nothing but an adapter: an endpoint that hands requests to `receive`, and an ear at the gateway. */
export async function openInbox(adapter: Adapter): Promise<Inbox> {
  const deliveries: Delivery[] = [];
  const forms = new Map<string, Form>();
  const requests: { request: InboundRequest; received: Received }[] = [];
  let news = Promise.withResolvers<void>();
  const keep = (delivery: Delivery | undefined): void => {
    if (delivery !== undefined) deliveries.push(delivery);
    news.resolve();
    news = Promise.withResolvers();
  };
  const take = async (request: InboundRequest): Promise<Received> => {
    const received = await receive(adapter, request);
    requests.push({ request, received });
    keep(received.delivery);
    const form = forms.get(received.click?.action ?? '');
    if (received.click === undefined || form === undefined) return received;
    return { ...received, response: await received.click.open(form, AbortSignal.timeout(WITHIN_MS)) };
  };
  const endpoint = await openEndpoint(take);
  const ear = listen(adapter, keep);

  const event: Inbox['event'] = async (kind, fits = () => true) => {
    const isKind = (event: Event): event is Event & { kind: typeof kind } => event.kind === kind;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`no such ${kind} among ${JSON.stringify(deliveries.flatMap((one) => one.events))}`)),
      WITHIN_MS,
    );
    try {
      for (;;) {
        const found = deliveries
          .flatMap((one) => one.events)
          .filter(isKind)
          .find(fits);
        if (found !== undefined) return found;
        await Promise.race([news.promise, late.promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    url: endpoint.url,
    deliveries,
    forms,
    requests,
    event,
    message: (text) => event('message', ({ message }) => message.text === text),
    async [Symbol.asyncDispose]() {
      await ear[Symbol.asyncDispose]();
      await endpoint[Symbol.asyncDispose]();
    },
  };
}

function listen(adapter: Adapter, keep: (delivery: Delivery | undefined) => void): AsyncDisposable {
  const stopping = new AbortController();
  const ended = (async () => {
    for await (const heard of adapter.listen?.(undefined, stopping.signal) ?? []) keep(heard.delivery);
  })();
  ended.catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended.catch(() => undefined);
    },
  };
}

type Take = (request: InboundRequest) => Promise<Received>;

async function openEndpoint(take: Take): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '' } = incoming;
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      );
      const request = { method, url, headers, body: Buffer.concat(chunks), receivedAt: new Date() };
      take(request).then(
        (received) =>
          response.writeHead(received.response.status, { ...received.response.headers }).end(received.response.body),
        () => response.destroy(),
      );
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the endpoint has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function receive(adapter: Adapter, request: InboundRequest): Promise<Received> {
  if (adapter.receive === undefined) throw new Error('this adapter takes nothing over HTTP');
  return adapter.receive(request);
}
