import { z } from 'zod';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { parseJson } from '../../src/model/parse-json.ts';
import type { Activity } from './payload.ts';

const spot = z.object({
  /** Where the Connector of this conversation was when the activity was sent; it may move. */
  serviceUrl: z.string().min(1),
  /** The conversation to post in: of a thread in a channel, with `;messageid=`. */
  conversation: z.string().min(1),
  /** The message that this place came with. */
  replyTo: z.string(),
  /** This bot's account there, `28:<app id>`. */
  bot: z.string(),
  /** The one person who is spoken to, and nobody else sees it: a targeted message in a group's conversation. */
  only: z.string().optional(),
  /** The team of a channel, where it was told. */
  team: z.string().optional(),
  /** A channel in which nothing was said yet: what is posted begins a thread. */
  fresh: z.literal(true).optional(),
});

/** What a place of ours stands for; written into `Place.address`, so that nothing has to be asked. */
export type Spot = z.infer<typeof spot>;

export const ROOT = ';messageid=';

/** Undefined when the activity names no tenant or no conversation. */
export function placeOf(activity: Activity): Place | undefined {
  const install = tenantOf(activity);
  const { conversation, root, channel } = partsOf(activity);
  if (install === '' || conversation === '') return undefined;
  // The first message of a channel's thread may come without the thread's id, which is its own.
  const open = root === '' ? channel : `${channel}${ROOT}${root}`;
  const only = isTargeted(activity) ? activity.from.id : undefined;
  const team = teamOf(activity);
  const address: Spot = {
    serviceUrl: activity.serviceUrl,
    conversation: open,
    replyTo: activity.type === 'message' || activity.replyToId === '' ? activity.id : activity.replyToId,
    bot: activity.recipient.id,
    ...(team !== '' && { team }),
    ...(only !== undefined && { only }),
  };
  // What one person says to the bot alone is a conversation of its own: the others must not be answered with it.
  const thread = only === undefined ? open : `${open}|${only}`;
  return { install, channel, thread, address: JSON.stringify(address) };
}

/** Where a channel is; empty: it is none, or that was not told. */
const teamOf = (activity: Activity): string =>
  kindOf(activity) === 'channel' ? (activity.channelData.team?.id ?? '') : '';

/** The same conversation, with answers that the writer alone sees. In a chat with one person there is nobody else. */
export function privately(place: Place, person: string): Place {
  const spot = spotOf(place);
  if (!isGroup(spot.conversation) || spot.only !== undefined || person === '') return place;
  // What is said to all has no preview above an answer to one.
  return { ...place, address: JSON.stringify({ ...spot, replyTo: '', only: person }) };
}

/** Seen by its writer and the bot alone, in the middle of a group's conversation. */
export const isTargeted = ({ recipient, from }: Activity): boolean => recipient.isTargeted && from.id !== '';

/** The conversation that people have under a post which began it. Pure. */
export function under(place: Place, postId: string): Place {
  const { fresh, ...spot } = spotOf(place);
  if (fresh === undefined) return place;
  const thread = `${place.channel}${ROOT}${postId}`;
  return { ...place, thread, address: JSON.stringify({ ...spot, conversation: thread, replyTo: postId }) };
}

/** The conversation in which a message of this place is. */
export const conversationOf = ({ conversation, fresh }: Spot, messageId: string): string =>
  fresh === undefined ? conversation : `${conversation}${ROOT}${messageId}`;

/** Ids of channels; those of group chats end in `@thread.v2`, of chats with one person they begin with `a:`. */
export const isChannel = (conversation: string): boolean => /@thread\.(?:tacv2|skype)$/.test(conversation);

/** Others are there, too. */
export const isGroup = (conversation: string): boolean => conversation.startsWith('19:');

/** In a chat with one person. Pure; a place of another making is none. */
export function isAlone(place: Place): boolean {
  const parsed = spot.safeParse(parseJson(place.address));
  return parsed.success && !isGroup(parsed.data.conversation) && parsed.data.fresh === undefined;
}

/** @throws Failure `invalid`: the address was not written by this adapter. */
export function spotOf(place: Place): Spot {
  const parsed = spot.safeParse(parseJson(place.address));
  if (!parsed.success) throw new Failure('invalid', 'this is no place in Teams');
  return parsed.data;
}

/** Microsoft's id of the organization, which is what installs the app. */
export function tenantOf({ conversation, channelData }: Activity): string {
  return conversation.tenantId === '' ? (channelData.tenant?.id ?? '') : conversation.tenantId;
}

export type Kind = 'personal' | 'groupChat' | 'channel';

/** Older payloads and some clients leave the type out: then the ids have to tell. */
export function kindOf({ conversation, channelData }: Activity): Kind {
  const { conversationType, id } = conversation;
  if (conversationType === 'personal' || conversationType === 'groupChat') return conversationType;
  const channel = conversationType === 'channel' || id.includes(ROOT) || channelData.teamsChannelId !== '';
  if (channel) return 'channel';
  return id.startsWith('19:') ? 'groupChat' : 'personal';
}

/** A message in a channel that answers another one. */
export function isReply(activity: Activity): boolean {
  const { root } = partsOf(activity);
  return root !== '' && root !== activity.id;
}

function partsOf(activity: Activity): { conversation: string; channel: string; root: string } {
  const { id } = activity.conversation;
  const at = id.indexOf(ROOT);
  if (at !== -1) return { conversation: id, channel: id.slice(0, at), root: id.slice(at + ROOT.length) };
  if (kindOf(activity) !== 'channel') return { conversation: id, channel: id, root: '' };
  const root = activity.replyToId === '' ? activity.id : activity.replyToId;
  return { conversation: id, channel: id, root };
}
