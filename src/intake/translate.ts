import { EDITED_EARLY, type Accepted, type MessageRow } from '../db/deliveries.ts';
import { DELETED, isWeak } from '../db/changes.ts';
import { deriveId } from '../db/derive-id.ts';
import type { PersonRow } from '../db/insert-people.ts';
import type { ActRow } from '../db/insert-acts.ts';
import { installKey, threadKey } from '../db/keys.ts';
import { readCommand, type CommandCall } from '../model/commands.ts';
import type { Delivery, Event, Place, Why } from '../model/event.ts';
import type { AppId } from '../model/ids.ts';
import type { Policy } from '../model/policy.ts';
import { isQuestion } from '../model/question.ts';

/** Where and when a delivery came in, and how the bot behaves there. */
export type Arrival = {
  readonly app: AppId;
  readonly correlation: string;
  readonly receivedAt: Date;
  readonly policyOf: (place: Place) => Policy;
};

/** What a delivery leaves behind, as rows. Pure: the same delivery gives the same keys. */
export function translate(delivery: Delivery, arrival: Arrival): Accepted {
  const { events } = delivery;
  const from: From = { ...arrival, deliveryId: delivery.id.slice(0, 200) };
  const messages = events.filter((event) => event.kind === 'message');
  return {
    delivery: {
      app_id: arrival.app,
      delivery_id: from.deliveryId,
      correlation: arrival.correlation,
      raw: delivery.raw,
      ...outcomeOf(events),
      received_at: arrival.receivedAt.toISOString(),
    },
    installs: events.flatMap((event) => installRow(event, arrival.app)),
    threads: events
      .filter((event) => event.kind === 'message' || event.kind === 'edited')
      .map(({ place }) => ({
        id: threadKey(arrival.app, place),
        install_id: installKey(arrival.app, place.install),
        channel: place.channel,
        external_id: place.thread,
      })),
    messages: messages.map((event) => messageRow(event, from)),
    early: events.flatMap((event) => earlyRow(event, from)),
    edits: events
      .filter((event) => event.kind === 'edited')
      .map(({ place, message, why }) => ({
        id: messageKey(arrival.app, place, message.id),
        version: message.version,
        ...saidIn({ message, why }),
        attachments: message.attachments,
        why,
        address: place.address,
        delivery_id: from.deliveryId,
        again: arrival.policyOf(place).edits === 'answer-again',
      })),
    deletions: events
      .filter((event) => event.kind === 'deleted')
      .map(({ place, messageId }) => ({
        id: messageKey(arrival.app, place, messageId),
        app_id: arrival.app,
        delivery_id: from.deliveryId,
      })),
    people: events.flatMap((event) => personRow(event, arrival.app)),
    acts: events.flatMap((event, index) => actRow(event, from, index)),
  };
}

type From = Arrival & { readonly deliveryId: string };

/** Meant for the bot whatever was said before; the other two are answered by what is known of the thread, or never. */
export const isAddressed = (why: string): boolean => !isWeak(why);

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
  if (event.kind === 'reaction' && event.author.kind === 'self') return 'a reaction of this bot itself';
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

function messageRow(event: Known, arrival: From): MessageRow {
  const { message, place } = event;
  const ignored = reasonToIgnore(event, arrival.policyOf(place));
  const { text, command } = saidIn(event);
  return {
    id: messageKey(arrival.app, place, message.id),
    thread_id: threadKey(arrival.app, place),
    external_id: message.id,
    version: message.version,
    author_id: message.author.id,
    author_name: message.author.name,
    author_kind: message.author.kind,
    text,
    attachments: message.attachments,
    anchor: message.anchor ?? null,
    address: place.address,
    why: event.why,
    has_past: event.hasPast,
    command,
    delivery_ids: [arrival.deliveryId],
    state: ignored === null ? 'waiting' : 'ignored',
    reason: ignored,
    correlation: arrival.correlation,
    sent_at: message.sentAt.toISOString(),
    received_at: arrival.receivedAt.toISOString(),
  };
}

/** What somebody said, and whether it is a command; a question that was asked by one is a question. */
function saidIn(event: Pick<Known, 'message' | 'why' | 'command'>): { text: string; command: CommandCall | null } {
  const { text, author } = event.message;
  if (author.kind !== 'human' || event.why === 'overheard' || event.why === 'deleted') return { text, command: null };
  const call = event.command ?? readCommand(text);
  if (call === undefined) return { text, command: null };
  return call.name === 'ask' && call.text !== '' ? { text: call.text, command: null } : { text, command: call };
}

/** A reaction, a click, a form, a button: what is to be done about it is found out by a job of its own. */
function actRow(event: Event, from: From, index: number): readonly ActRow[] {
  if (event.kind !== 'reaction' && event.kind !== 'action' && event.kind !== 'submitted' && event.kind !== 'pressed')
    return [];
  const { place, author, ...rest } = event;
  if (author.kind === 'self') return [];
  return [
    {
      id: deriveId('act', from.app, from.deliveryId, String(index)),
      app_id: from.app,
      install: place.install,
      channel: place.channel,
      thread_id: threadKey(from.app, place),
      address: place.address,
      author_id: author.id,
      author_name: author.name,
      author_kind: author.kind,
      event: rest,
      received_at: from.receivedAt.toISOString(),
    },
  ];
}

/** Where a platform tells of a person with what that person does. */
function personRow(event: Event, app: AppId): readonly PersonRow[] {
  const author = event.kind === 'message' ? event.message.author : 'author' in event ? event.author : undefined;
  if (author?.kind !== 'human' || !('place' in event)) return [];
  const { id: person, name, locale = null, timeZone: time_zone = null } = author;
  if (locale === null && time_zone === null) return [];
  const { install } = event.place;
  return [{ id: `${install}/${person}`, app_id: app, install, person, name, locale, time_zone }];
}

/** What is left of a message that was edited or deleted before it came: deliveries overtake each other. */
function earlyRow(event: Event, arrival: From): readonly MessageRow[] {
  if (event.kind === 'edited' && event.message.author.kind === 'human') {
    const row = messageRow({ ...event, kind: 'message', hasPast: false }, arrival);
    // Named by the edit, it is a question by itself: the message may be older than the bot.
    return [row.state === 'waiting' && isAddressed(row.why) ? row : { ...row, state: 'ignored', reason: EDITED_EARLY }];
  }
  if (event.kind !== 'deleted') return [];
  const { place, messageId: id } = event;
  const author = { id: '', name: '', kind: 'human' } as const;
  const sentAt = arrival.receivedAt;
  const message = { id, version: '', author, text: '', attachments: [], anchor: undefined, sentAt };
  const row = messageRow({ kind: 'message', why: 'deleted', hasPast: false, place, message }, arrival);
  return [{ ...row, state: 'ignored', reason: `${DELETED} before it came` }];
}

/** What can be told without looking at the thread; the rest is admitted or not when the thread is drained. */
function reasonToIgnore({ message, why }: Known, policy: Policy): string | null {
  const { author, text } = message;
  if (author.kind === 'self') return 'written by this bot itself';
  const isWelcome = policy.bots.includes('*') || policy.bots.includes(author.id);
  if (author.kind === 'bot' && !isWelcome) return 'written by another bot';
  if (why !== 'overheard') return null;
  if (policy.answer === 'all' && author.kind === 'human') return null;
  if (policy.answer === 'questions' && author.kind === 'human')
    return isQuestion(text) ? null : 'the bot was not addressed, and it looks like no question';
  return 'the bot was not addressed';
}
