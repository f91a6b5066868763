import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Adapter, Received } from '../../src/model/adapter.ts';
import type { Event } from '../../src/model/event.ts';
import { openListener } from './listen.ts';
import type { Listener } from './listen.ts';

export type Endpoint = Listener & {
  /** Everything that was received, in order. */
  readonly received: Received[];
  /** The events of it all. */
  readonly events: readonly Event[];
};

/** The hub's end of webhooks, as far as an adapter can tell: hands every request to `receive` and gives its answer. */
export async function openEndpoint(receive: NonNullable<Adapter['receive']>): Promise<Endpoint> {
  const received: Received[] = [];
  const events: Event[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const body = await buffer(request);
    const one = await receive({ method, url, headers, body, receivedAt: new Date() });
    received.push(one);
    events.push(...(one.delivery?.events ?? []));
    response.writeHead(one.response.status, { ...one.response.headers }).end(one.response.body);
  };
  const listener = await openListener((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return { ...listener, received, events };
}
