import type { Delivery, Event } from '../../src/model/event.ts';
import type { Author } from '../../src/model/message.ts';

/** What PostgreSQL's `text`, `jsonb` and `timestamptz` take, and what a reader expects of an event: asked for anew here. */
const MOST = { id: 600, place: 1_200, address: 8_000, name: 200, reason: 400 };

/** What is wrong with a delivery; undefined when everything in it can be stored and read. */
export function flawOf({ id, raw, events }: Delivery): string | undefined {
  if (!/^[\x20-\x7e]{1,200}$/.test(id)) return `the delivery's id: ${JSON.stringify(id).slice(0, 300)}`;
  if (!(raw instanceof Uint8Array)) return 'its bytes are not kept';
  if (events.length === 0) return 'it means nothing at all';
  for (const event of events) {
    const flaw = flawIn(event) ?? flawOfEvent(event);
    if (flaw !== undefined) return `${event.kind}: ${flaw}`;
  }
  return undefined;
}

/** Of every value, however deep. */
function flawIn(event: Event): string | undefined {
  const waiting: { path: string; value: unknown }[] = [{ path: '', value: event }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, value } = next;
    const flaw = flawOfValue(value);
    if (flaw !== undefined) return `${path}: ${flaw}`;
    if (typeof value !== 'object' || value === null || value instanceof Date) continue;
    for (const [key, inner] of Object.entries(value)) waiting.push({ path: `${path}.${key}`, value: inner });
  }
  return undefined;
}

function flawOfValue(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) return 'NUL';
    return value.isWellFormed() ? undefined : 'half of a character';
  }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : `the number ${value}`;
  if (!(value instanceof Date))
    return ['object', 'boolean', 'undefined'].includes(typeof value) ? undefined : typeof value;
  const year = Number.isNaN(value.getTime()) ? undefined : value.getUTCFullYear();
  return year !== undefined && year >= 1970 && year <= 9999 ? undefined : `the time ${String(value)}`;
}

const WHYS = ['mention', 'direct', 'command', 'review', 'follow-up', 'overheard'];
const AUTHORS = ['human', 'bot', 'self'];

type Part = readonly [text: string, what: keyof typeof MOST, least?: number];

/** The first of an event's texts that is empty or has no end. */
function flawOfEvent(event: Event): string | undefined {
  if (event.kind === 'message' && !WHYS.includes(event.why)) return `why: ${event.why}`;
  return partsOf(event)
    .filter(([text, what, least = 1]) => text.length < least || text.length > MOST[what])
    .map(([text, what]) => `a ${what} of ${text.length} characters`)[0];
}

function partsOf(event: Event): readonly Part[] {
  if (event.kind === 'ignored') return [[event.reason, 'reason']];
  if (event.kind === 'uninstalled') return [[event.install, 'place']];
  if (event.kind === 'installed') {
    return [
      [event.install, 'place'],
      [event.name, 'name'],
    ];
  }
  const { install, channel, thread, address } = event.place;
  return [[install, 'place'], [channel, 'place'], [thread, 'place'], [address, 'address'], ...contentOf(event)];
}

function contentOf(event: Extract<Event, { place: unknown }>): readonly Part[] {
  if (event.kind === 'deleted') return [[event.messageId, 'id']];
  if (event.kind === 'action' || event.kind === 'submitted' || event.kind === 'pressed')
    return partsOfAuthor(event.author);
  if (event.kind === 'reaction')
    return [[event.messageId, 'id'], [event.emoji, 'name', 0], ...partsOfAuthor(event.author)];
  const { id, version, author, attachments } = event.message;
  const files = attachments.map(({ name }): Part => [name, 'name', 0]);
  return [[id, 'id'], [version, 'id'], ...partsOfAuthor(author), ...files];
}

function partsOfAuthor({ id, name, kind }: Author): readonly Part[] {
  const known: Part = [AUTHORS.includes(kind) ? kind : '', 'name'];
  return [[id, 'id', 0], [name, 'name', 0], known];
}
