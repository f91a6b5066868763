import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import type { Adapter, InboundResponse, Received } from '../../../src/model/adapter.ts';
import type { Form } from '../../../src/model/card.ts';
import type { Event } from '../../../src/model/event.ts';
import { openListener } from '../../kit/listen.ts';
import { never, receive } from './signed.ts';
import type { Talk } from './talk.ts';

/** An endpoint that hands what the stand-in delivers to the adapter, and shows a form for the clicks that ask for one. */
export type Ear = AsyncDisposable & {
  readonly events: readonly Event[];
  readonly received: readonly Received[];
  /** The last event, which has to be of this kind. */
  readonly last: <Kind extends Event['kind']>(kind: Kind) => Event & { kind: Kind };
  /** Shown for the next click on this control. */
  readonly showFor: (control: string, form: Form) => void;
};

export async function openEar({ slack, adapter }: Pick<Talk, 'slack' | 'adapter'>): Promise<Ear> {
  const [events, received]: [Event[], Received[]] = [[], []];
  const forms = new Map<string, Form>();
  const listener = await openListener((incoming, response) => {
    const { method = '', url = '' } = incoming;
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    buffer(incoming)
      .then((body) => receive(adapter, { method, url, headers, body, receivedAt: new Date() }))
      .then((one) => {
        received.push(one);
        events.push(...(one.delivery?.events ?? []));
        return answerOf(one, forms);
      })
      .then(({ status, headers, body }) => response.writeHead(status, { ...headers }).end(body))
      .catch(() => response.writeHead(500).end());
  });
  slack.deliverTo(listener.url);
  return {
    events,
    received,
    last(kind) {
      const event = events.at(-1);
      const isKind = (one: Event | undefined): one is Event & { kind: typeof kind } => one?.kind === kind;
      assert.ok(isKind(event), `${kind} in ${JSON.stringify(event)}`);
      return event;
    },
    showFor: (control, form) => void forms.set(control, form),
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

async function answerOf({ response, click }: Received, forms: Map<string, Form>): Promise<InboundResponse> {
  const form = click === undefined ? undefined : forms.get(click.action);
  forms.delete(click?.action ?? '');
  return form === undefined || click === undefined ? response : click.open(form, never);
}

/** The functions that an adapter may lack, and this one has. */
export function moreOf({ react, whisper, reach, under, share, person }: Adapter) {
  assert.ok(react && whisper && reach && under && share && person);
  return { react, whisper, reach, under, share, person };
}
