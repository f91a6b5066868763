import type { Event, Why } from '../../src/model/event.ts';
import { emojiOf } from './emoji.ts';
import type { Envelope, SlackMessage } from './payload.ts';
import { changedEvent, deletedEvent, messageEvent, reactionEvent, revokedEvent, stoppedEvent } from './payload.ts';
import type { Spot } from './place.ts';
import { isDirect, placeOf } from './place.ts';
import type { Bot } from './read-message.ts';
import { isOurs, readMessage } from './read-message.ts';

/** For whom the delivery is: the install, and this bot in it. */
type Addressee = { readonly install: string; readonly bot: Bot };
type SlackEvent = NonNullable<Envelope['event']>;
type Reader = (event: SlackEvent, to: Addressee) => Event;

/** What an Events API request means. Never throws; what is not for us says why. */
export function readEvent(body: Envelope): Event {
  const { event } = body;
  if (event === null || event === undefined) return ignored(`a request of type ${short(body.type)}`);
  const to = addresseeOf(body);
  if (to.install === '') return ignored('it names no workspace');
  return (READERS.get(event.type) ?? unknownEvent)(event, to);
}

const ignored = (reason: string): Event => ({ kind: 'ignored', reason });
const short = (name: string): string => name.replaceAll(/[^\w/.-]/g, '?').slice(0, 60);
const unknownEvent: Reader = (event) => ignored(`an event of type ${short(event.type)}`);
const unreadable: Reader = (event) => ignored(`an event of type ${short(event.type)} in an unknown shape`);

/**
 * The workspace or organization whose installation this is for: with Slack Connect and Enterprise Grid it is another
 * than the one where the message was written (docs: Events API, "authorizations").
 */
function addresseeOf({ authorizations, team_id, enterprise_id, api_app_id }: Envelope): Addressee {
  const first = authorizations?.find((one) => one.is_bot === true) ?? authorizations?.[0];
  const bot = { user: first?.is_bot === true ? first.user_id : '', app: api_app_id };
  if (first?.is_enterprise_install === true) return { install: first.enterprise_id, bot };
  const team = first === undefined || first.team_id === '' ? team_id : first.team_id;
  return { install: team === '' ? enterprise_id : team, bot };
}

/** What people write: plain, with a file, as `/me`, copied to the channel; other subtypes are Slack's own notes. */
const WRITTEN = new Set(['', 'file_share', 'me_message', 'thread_broadcast', 'bot_message']);

const readWritten: Reader = (event, to) => {
  if (event.subtype === 'message_changed') return readChanged(event, to);
  if (event.subtype === 'message_deleted') return readDeleted(event, to);
  if (!WRITTEN.has(event.subtype)) return ignored(`a message of subtype ${short(event.subtype)}`);
  const parsed = messageEvent.safeParse(event);
  if (!parsed.success) return unreadable(event, to);

  const written = parsed.data;
  return {
    kind: 'message',
    place: placeOf({
      ...spotOfMessage(written, written.channel, to),
      // Streams go to the writer in the writer's own workspace.
      user: written.user,
      team: written.team === '' ? to.install : written.team,
    }),
    why: whyWritten({ ...written, type: event.type }, to),
    message: readMessage(written, to.bot),
    hasPast: isReply(written),
  };
};

type Written = SlackMessage & { readonly type: string; readonly channel: string; readonly channel_type: string };

function whyWritten(message: Written, { bot }: Addressee): Why {
  const { type, text, channel } = message;
  if (message.channel_type === 'im' || isDirect(channel)) return 'direct';
  const named = bot.user !== '' && (text.includes(`<@${bot.user}>`) || text.includes(`<@${bot.user}|`));
  if (type === 'app_mention' || named) return 'mention';
  return isReply(message) ? 'follow-up' : 'overheard';
}

const isReply = ({ thread_ts, ts }: SlackMessage): boolean =>
  thread_ts !== null && thread_ts !== undefined && thread_ts !== '' && thread_ts !== ts;

function spotOfMessage(
  { ts, thread_ts }: Pick<SlackMessage, 'ts' | 'thread_ts'>,
  channel: string,
  to: Addressee,
): Spot {
  const inThread = thread_ts ?? '';
  const threadTs = inThread === '' && !isDirect(channel) ? ts : inThread;
  return { install: to.install, channel, threadTs, ts, user: '', team: '', botUser: to.bot.user, app: to.bot.app };
}

function readChanged(event: SlackEvent, to: Addressee): Event {
  const parsed = changedEvent.safeParse(event);
  if (!parsed.success) return unreadable(event, to);
  const { channel, message, previous_message } = parsed.data;
  const place = placeOf(spotOfMessage(message, channel, to));
  // The first message of a thread leaves a stone when it is deleted.
  if (message.subtype === 'tombstone') return { kind: 'deleted', place, messageId: message.ts };
  if (isOurs(message, to.bot)) return ignored('this bot changed a message of its own');
  if (previous_message?.text === message.text) return ignored('a message changed, but not its text');
  return {
    kind: 'edited',
    place,
    why: whyWritten({ ...message, type: 'message', channel, channel_type: '' }, to),
    message: readMessage(message, to.bot),
  };
}

function readDeleted(event: SlackEvent, to: Addressee): Event {
  const parsed = deletedEvent.safeParse(event);
  if (!parsed.success) return unreadable(event, to);
  const { channel, deleted_ts, previous_message } = parsed.data;
  const place = placeOf(spotOfMessage({ ts: deleted_ts, thread_ts: previous_message?.thread_ts }, channel, to));
  return { kind: 'deleted', place, messageId: deleted_ts };
}

const readReaction: Reader = (event, to) => {
  const parsed = reactionEvent.safeParse(event);
  if (!parsed.success) return unreadable(event, to);
  const { user, reaction, item } = parsed.data;
  if (item.type !== 'message' || item.channel === '' || item.ts === '') return ignored('a reaction to no message');
  return {
    kind: 'reaction',
    // The thread is not told; a message that is known is found by its id.
    place: placeOf(spotOfMessage({ ts: item.ts, thread_ts: undefined }, item.channel, to)),
    messageId: item.ts,
    author: { id: user, name: user, kind: user === to.bot.user ? 'self' : 'human' },
    emoji: emojiOf(reaction),
    added: event.type === 'reaction_added',
  };
};

const readRevoked: Reader = (event, to) => {
  const parsed = revokedEvent.safeParse(event);
  if (!parsed.success) return unreadable(event, to);
  if ((parsed.data.tokens.bot ?? []).length === 0) return ignored('tokens of users were revoked, not the bot’s');
  return { kind: 'uninstalled', install: to.install };
};

/** The stop button of a streamed answer. */
const readStopped: Reader = (event, to) => {
  const parsed = stoppedEvent.safeParse(event);
  if (!parsed.success) return unreadable(event, to);
  const { channel, user, thread_ts } = parsed.data;
  return {
    kind: 'pressed',
    button: 'stop',
    place: placeOf({ ...spotOfMessage({ ts: thread_ts, thread_ts }, channel, to), user }),
    author: { id: user, name: user, kind: 'human' },
  };
};

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['message', readWritten],
  ['app_mention', readWritten],
  ['reaction_added', readReaction],
  ['reaction_removed', readReaction],
  ['tokens_revoked', readRevoked],
  ['app_uninstalled', (_, to) => ({ kind: 'uninstalled', install: to.install })],
  ['agent_session_stopped', readStopped],
]);
