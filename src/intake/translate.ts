import { EDITED_EARLY, type Accepted, type MessageRow } from '../db/deliveries.ts';
import { deriveId } from '../db/derive-id.ts';
import type { Delivery, Event, Place, Why } from '../model/event.ts';
import type { AppId } from '../model/ids.ts';

/** Where and when a delivery came in. */
export type Arrival = { readonly app: AppId; readonly correlation: string; readonly receivedAt: Date };

/** What a delivery leaves behind, as rows. Pure: the same delivery gives the same keys. */
export function translate(delivery: Delivery, arrival: Arrival): Accepted {
  const { events } = delivery;
  const messages = events.filter((event) => event.kind === 'message');
  return {
    delivery: {
      app_id: arrival.app,
      delivery_id: delivery.id.slice(0, 200),
      correlation: arrival.correlation,
      raw: delivery.raw,
      ...outcomeOf(events),
      received_at: arrival.receivedAt.toISOString(),
    },
    installs: events.flatMap((event) => installRow(event, arrival.app)),
    threads: messages.map(({ place }) => ({
      id: threadKey(arrival.app, place),
      install_id: installKey(arrival.app, place.install),
      channel: place.channel,
      external_id: place.thread,
    })),
    messages: messages.map((event) => messageRow(event, arrival)),
    early: events.flatMap((event) => earlyRow(event, arrival)),
    edits: events
      .filter((event) => event.kind === 'edited')
      .map(({ place, message }) => ({
        id: messageKey(arrival.app, place, message.id),
        version: message.version,
        text: message.text,
        attachments: message.attachments,
      })),
    deletions: events
      .filter((event) => event.kind === 'deleted')
      .map(({ place, messageId }) => ({ id: messageKey(arrival.app, place, messageId) })),
  };
}

const installKey = (app: AppId, install: string): string => deriveId('install', app, install);
const threadKey = (app: AppId, place: Place): string => deriveId('thread', app, place.install, place.thread);

/** Meant for the bot whatever was said before; the other two are answered by what is known of the thread, or never. */
export const isAddressed = (why: string): boolean => why !== 'overheard' && why !== 'follow-up';

/** The second of the two keys against doubles: a message is the same whatever delivery it came with. */
export const messageKey = (app: AppId, place: Place, message: string): string =>
  deriveId('message', app, place.install, place.channel, message);

function outcomeOf(events: readonly Event[]): Pick<Accepted['delivery'], 'outcome' | 'reason'> {
  if (events.some((event) => event.kind === 'message')) return { outcome: 'message', reason: null };
  const reasons = events.flatMap((event) => notActedOn(event) ?? []);
  if (reasons.length < events.length) return { outcome: 'handled', reason: null };
  return { outcome: 'ignored', reason: reasons.join('; ') || 'it holds no event' };
}

function notActedOn(event: Event): string | undefined {
  if (event.kind === 'ignored') return event.reason;
  if (event.kind === 'reaction') return 'a reaction is not acted on yet';
  if (event.kind === 'action') return 'a click is not acted on yet';
  return undefined;
}

function installRow(event: Event, app: AppId): Accepted['installs'] {
  if (event.kind === 'ignored') return [];
  const external = 'place' in event ? event.place.install : event.install;
  return [
    {
      id: installKey(app, external),
      app_id: app,
      external_id: external,
      name: event.kind === 'installed' ? event.name : null,
      state: event.kind === 'uninstalled' ? 'uninstalled' : 'active',
    },
  ];
}

/** A message, or what is known of one that has not come: that has a `why` of its own. */
type Known = Omit<Event & { kind: 'message' }, 'why'> & { readonly why: Why | 'deleted' };

function messageRow(event: Known, arrival: Arrival): MessageRow {
  const { message, place } = event;
  const ignored = reasonToIgnore(event);
  return {
    id: messageKey(arrival.app, place, message.id),
    thread_id: threadKey(arrival.app, place),
    external_id: message.id,
    version: message.version,
    author_id: message.author.id,
    author_name: message.author.name,
    author_kind: message.author.kind,
    text: message.text,
    attachments: message.attachments,
    anchor: message.anchor ?? null,
    address: place.address,
    why: event.why,
    has_past: event.hasPast,
    state: ignored === null ? 'waiting' : 'ignored',
    reason: ignored,
    correlation: arrival.correlation,
    sent_at: message.sentAt.toISOString(),
    received_at: arrival.receivedAt.toISOString(),
  };
}

/** What is left of a message that was edited or deleted before it came: deliveries overtake each other. */
function earlyRow(event: Event, arrival: Arrival): readonly MessageRow[] {
  if (event.kind === 'edited' && event.message.author.kind === 'human') {
    const row = messageRow({ ...event, kind: 'message', why: 'overheard', hasPast: false }, arrival);
    return [{ ...row, state: 'ignored', reason: EDITED_EARLY }];
  }
  if (event.kind !== 'deleted') return [];
  const { place, messageId: id } = event;
  const author = { id: '', name: '', kind: 'human' } as const;
  const sentAt = arrival.receivedAt;
  const message = { id, version: '', author, text: '', attachments: [], anchor: undefined, sentAt };
  const row = messageRow({ kind: 'message', why: 'deleted', hasPast: false, place, message }, arrival);
  return [{ ...row, state: 'ignored', reason: 'deleted by its author before it came' }];
}

/** What can be told without looking at the thread; the rest is admitted or not when the thread is drained. */
function reasonToIgnore({ message, why }: Known): string | null {
  if (message.author.kind === 'self') return 'written by this bot itself';
  if (message.author.kind === 'bot') return 'written by another bot';
  if (why === 'overheard') return 'the bot was not addressed';
  return null;
}
