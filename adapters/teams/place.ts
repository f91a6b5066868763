import { z } from 'zod';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { parseJson } from './payload.ts';
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
});

/** What a place of ours stands for; written into `Place.address`, so that nothing has to be asked. */
export type Spot = z.infer<typeof spot>;

const ROOT = ';messageid=';

/** Undefined when the activity names no tenant or no conversation. */
export function placeOf(activity: Activity): Place | undefined {
  const install = tenantOf(activity);
  const { conversation, root, channel } = partsOf(activity);
  if (install === '' || conversation === '') return undefined;
  // The first message of a channel's thread may come without the thread's id, which is its own.
  const thread = root === '' ? channel : `${channel}${ROOT}${root}`;
  const address: Spot = {
    serviceUrl: activity.serviceUrl,
    conversation: thread,
    replyTo: activity.type === 'message' || activity.replyToId === '' ? activity.id : activity.replyToId,
    bot: activity.recipient.id,
  };
  return { install, channel, thread, address: JSON.stringify(address) };
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
