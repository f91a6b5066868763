import type { Event, Place, Why } from '../../src/model/event.ts';
import type { Hosts } from './hosts.ts';
import type { Activity } from './payload.ts';
import { isReply, isTargeted, kindOf, placeOf, privately, tenantOf } from './place.ts';
import { isPrivate } from './is-private.ts';
import { emojiOf } from './reaction.ts';
import { invokeOf, readDialog, readExecuted, readFetch, readSubmitted } from './read-click.ts';
import { authorOf, isMentioned, readMessage } from './read-message.ts';

type Located = { readonly activity: Activity; readonly place: Place; readonly receivedAt: Date };
type Reader = (located: Located) => readonly Event[];

/** What an activity means. Never throws; what is not for us says why. */
export function read(activity: Activity, hosts: Hosts, receivedAt: Date): readonly Event[] {
  const { serviceUrl } = activity;
  // Nothing could be answered there, because no token of ours goes there.
  const url = URL.parse(serviceUrl);
  if (url === null || !hosts(url))
    return ignored(`its serviceUrl is on ${short(url?.host ?? 'no host')}, not in TEAMS_ALLOWED_HOSTS`);
  if (activity.type === 'installationUpdate') return readInstallation(activity);
  const place = placeOf(activity);
  if (place === undefined) return ignored('it names no tenant or no conversation');
  const reader = READERS.get(activity.type);
  return reader === undefined
    ? ignored(`an activity of type ${short(activity.type)}`)
    : reader({ activity, place, receivedAt });
}

const ignored = (reason: string): readonly Event[] => [{ kind: 'ignored', reason }];
const short = (name: string): string => name.replaceAll(/[^\w/.-]/g, '?').slice(0, 60);

const readWritten: Reader = ({ activity, place, receivedAt }) => {
  if (activity.id === '') return ignored('a message without an id');
  const { text, value } = activity;
  if (value !== null && typeof value === 'object' && text.trim() === '') return [readSubmitted(activity, place)];
  const hasPast = isThreaded(activity) || kindOf(activity) === 'groupChat';
  const message = readMessage(activity, receivedAt);
  const where = isPrivate(message.text) ? privately(place, message.author.id) : place;
  return [{ kind: 'message', place: where, why: whyOf(activity), message, hasPast }];
};

const isThreaded = (activity: Activity): boolean => kindOf(activity) === 'channel' && isReply(activity);

function whyOf(activity: Activity): Why {
  if (kindOf(activity) === 'personal' || isTargeted(activity)) return 'direct';
  if (isMentioned(activity)) return 'mention';
  return isThreaded(activity) ? 'follow-up' : 'overheard';
}

const readInvoke: Reader = ({ activity, place }) => {
  const name = invokeOf(activity);
  if (name === undefined) return ignored(`an invoke of ${short(activity.name)}`);
  return [INVOKES[name](activity, place)];
};

const INVOKES = { 'adaptiveCard/action': readExecuted, 'task/fetch': readFetch, 'task/submit': readDialog } as const;

const readUpdate: Reader = ({ activity, place, receivedAt }) => {
  const { eventType } = activity.channelData;
  // A message that is restored was deleted here for good.
  if (eventType === 'undeleteMessage') return ignored('a deleted message was restored');
  if (activity.id === '') return ignored('an edit without the id of its message');
  const message = readMessage(activity, receivedAt);
  if (message.author.kind === 'self') return ignored('this bot changed a message of its own');
  return [{ kind: 'edited', place, why: whyOf(activity), message }];
};

const readDelete: Reader = ({ activity, place }) => {
  if (activity.id === '') return ignored('a deletion without the id of its message');
  return [{ kind: 'deleted', place, messageId: activity.id }];
};

const readReaction: Reader = ({ activity, place }) => {
  const messageId = activity.replyToId === '' ? activity.id : activity.replyToId;
  if (messageId === '') return ignored('a reaction to no message');
  const author = authorOf(activity);
  const eventsOf = (types: Activity['reactionsAdded'], added: boolean): Event[] =>
    types.map(({ type }) => ({ kind: 'reaction', place, messageId, author, emoji: emojiOf(type), added }));
  const events = [...eventsOf(activity.reactionsAdded, true), ...eventsOf(activity.reactionsRemoved, false)];
  return events.length > 0 ? events : ignored('a reaction without a type');
};

/** Members come and go; the bot among them means that the app is at work in a team or chat of this tenant. */
const readMembers: Reader = ({ activity, place }) => {
  const isBot = ({ id }: { id: string }): boolean => id !== '' && id === activity.recipient.id;
  if (activity.membersAdded.some(isBot)) return [{ kind: 'installed', install: place.install, name: place.install }];
  // The tenant's other teams and chats go on; that the app itself is removed comes as installationUpdate.
  if (activity.membersRemoved.some(isBot)) return ignored('the bot left one team or chat');
  return ignored(`a conversationUpdate ${short(activity.channelData.eventType || 'of its members')}`);
};

function readInstallation(activity: Activity): readonly Event[] {
  const install = tenantOf(activity);
  if (install === '') return ignored('it names no tenant');
  const { action } = activity;
  // A tenant has no name that a bot is told.
  if (action === 'add' || action === 'add-upgrade') return [{ kind: 'installed', install, name: install }];
  if (action !== 'remove') return ignored(`an installationUpdate ${short(action)}`);
  if (isOfOneScope(activity)) return ignored('the app was removed from one team, chat or person of the tenant');
  return [{ kind: 'uninstalled', install }];
}

/**
 * An app is installed for each team, chat and person by itself, and each of them is named when it goes; what names none is
 * of the whole organization (Bot Framework Activity, "Installation update activity": a tenant, a team, or another unit).
 */
const isOfOneScope = ({ conversation, channelData }: Activity): boolean =>
  conversation.conversationType !== '' || (channelData.team?.id ?? '') !== '';

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['message', readWritten],
  ['messageUpdate', readUpdate],
  ['messageDelete', readDelete],
  ['messageReaction', readReaction],
  ['invoke', readInvoke],
  ['conversationUpdate', readMembers],
]);
