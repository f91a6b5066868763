import assert from 'node:assert/strict';
import type { Access, Adapter, Credentials, InboundRequest, Received } from '../../../src/model/adapter.ts';
import type { Form } from '../../../src/model/card.ts';
import type { Event, Place } from '../../../src/model/event.ts';
import type { Draft } from '../../../src/model/reply.ts';
import { openTeams } from '../../../adapters/teams/index.ts';
import type { TeamsSettings, TeamsStandIn } from '../../../sandbox/teams/index.ts';
import { openTeamsStandIn } from '../../../sandbox/teams/index.ts';
import { openEndpoint } from '../../kit/endpoint.ts';

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
  given: { readonly form?: Form } = {},
): Promise<Talk> {
  await using closers = new AsyncDisposableStack();
  const teams = closers.use(await openTeamsStandIn({ limits: 'off', patience: { retriesMs: [] }, ...settings }));
  const adapter = await openTeams({ ...teams.environment, ...change(teams.environment) }, never);
  const hub = closers.use(await openEndpoint(async (request) => shown(await receive(adapter, request), given.form)));
  const { received } = hub;
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

/** As the hub does: a click that asks for a form is answered with it. */
async function shown(received: Received, form: Form | undefined): Promise<Received> {
  if (received.click === undefined || form === undefined) return received;
  return { ...received, response: await received.click.open(form, never) };
}

export function receive(adapter: Adapter, request: InboundRequest): Promise<Received> {
  assert.ok(adapter.receive);
  return adapter.receive(request);
}

export function partsOf({ show, remove }: Adapter): Required<Pick<Adapter, 'show' | 'remove'>> {
  assert.ok(show && remove);
  return { show, remove };
}
