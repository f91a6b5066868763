import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Adapter, Credentials, InboundRequest, Received } from '../../../src/model/adapter.ts';
import type { Event, Place } from '../../../src/model/event.ts';
import type { Draft } from '../../../src/model/reply.ts';
import { openTeams } from '../../../adapters/teams/index.ts';
import type { TeamsSettings, TeamsStandIn } from '../../../sandbox/teams/index.ts';
import { openTeamsStandIn } from '../../../sandbox/teams/index.ts';

export const never = new AbortController().signal;

export type Talk = AsyncDisposable & {
  readonly teams: TeamsStandIn;
  readonly adapter: Adapter;
  readonly access: Access;
  /** Everything that the adapter received from the stand-in, in order. */
  readonly received: Received[];
  /** The events of what was received last. */
  readonly lastEvents: () => readonly Event[];
  readonly draft: (place: Place, text: string) => Draft;
  /** A new thread in the channel, with a question in it. */
  readonly newPlace: () => Promise<Place>;
  /** What the bot's messages there say. */
  readonly shownIn: (place: Place) => string[];
};

/** The adapter, talking to a stand-in which delivers to it over HTTP. */
export async function openTalk(
  settings: TeamsSettings = {},
  change: (environment: Credentials) => Credentials = () => ({}),
): Promise<Talk> {
  await using closers = new AsyncDisposableStack();
  const teams = closers.use(await openTeamsStandIn({ limits: 'off', patience: { retriesMs: [] }, ...settings }));
  const adapter = await openTeams({ ...teams.environment, ...change(teams.environment) }, never);
  const received: Received[] = [];
  const hub = closers.use(await openHub(adapter, received));
  teams.deliverTo(hub.url);
  let nonces = 0;
  const lastEvents = (): readonly Event[] => received.at(-1)?.delivery?.events ?? [];
  const moved = closers.move();
  return {
    teams,
    adapter,
    access: { install: teams.tenant, secret: undefined },
    received,
    lastEvents,
    draft: (place, text) => ({ place, text, nonce: `nonce-${(nonces += 1)}`.padEnd(22, 'x') }),
    async newPlace() {
      await teams.say({ text: 'question' });
      const [event] = lastEvents();
      assert.ok(event?.kind === 'message');
      return event.place;
    },
    shownIn: (place) =>
      teams
        .visible(place.thread)
        .filter((one) => one.fromBot)
        .map((one) => one.text),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

async function openHub(adapter: Adapter, received: Received[]): Promise<{ url: string } & AsyncDisposable> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = '', url = '' } = request;
    const headers = { authorization: request.headers.authorization };
    const body = Buffer.concat(chunks);
    const one = await receive(adapter, { method, url, headers, body, receivedAt: new Date() });
    received.push(one);
    response.writeHead(one.response.status, { ...one.response.headers }).end(one.response.body);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function receive(adapter: Adapter, request: InboundRequest): Promise<Received> {
  assert.ok(adapter.receive);
  return adapter.receive(request);
}

export function partsOf({ show, remove }: Adapter): Required<Pick<Adapter, 'show' | 'remove'>> {
  assert.ok(show && remove);
  return { show, remove };
}
