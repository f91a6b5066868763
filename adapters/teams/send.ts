import type { Adapter } from '../../src/model/adapter.ts';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import type { LimitReach } from '../../src/model/failure.ts';
import type { Draft, Posted } from '../../src/model/reply.ts';
import type { Client, ConnectorCall } from './client.ts';
import { answerOf, messageOf } from './message.ts';
import { conversationAnswer, resource } from './payload.ts';
import { conversationOf, ROOT, spotOf } from './place.ts';
import type { Spot } from './place.ts';
import { reactionTypeOf } from './reaction.ts';
import { waitForEnd } from './errors.ts';

type Sending = Pick<Adapter, 'post' | 'edit'> & Required<Pick<Adapter, 'remove' | 'show' | 'react'>>;

export function openSending(client: Client): Sending {
  return {
    post: (_, draft, signal) => post(client, draft, signal),

    async edit(_, postId, draft, signal) {
      const spot = spotOf(draft.place);
      // What is not named stays: a card that is not there any more has to be taken away.
      const body = { attachments: [], ...messageOf(draft, spot) };
      await client.call({ ...activityCall('PUT', spot, postId), body }, signal).catch(waitForEnd);
    },

    async remove(_, postId, place, signal) {
      try {
        await client.call(activityCall('DELETE', spotOf(place), postId), signal);
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.code === 'gone')) throw thrown;
      }
    },

    /** The dots of somebody who types; Teams takes them away by itself after a few seconds, or with our message. */
    async show(_, place, status, signal) {
      const spot = spotOf(place);
      // A channel has no dots above its threads; and they would tell the others of what one said to the bot alone.
      if (status !== 'working' || spot.fresh !== undefined || spot.only !== undefined) return;
      await client.call({ ...activityCall('POST', spot), body: { type: 'typing' } }, signal);
    },

    async react(_, { place, messageId }, { emoji, added }, signal) {
      const type = reactionTypeOf(emoji);
      if (type === undefined) throw new Failure('invalid', `Teams has no reaction ${emoji} that we know the name of`);
      const spot = spotOf(place);
      const { serviceUrl } = spot;
      const path = [conversationOf(spot, messageId), 'activities', messageId, 'reactions', type];
      const method = added ? 'PUT' : 'DELETE';
      try {
        // One that is there already is left alone (docs: Enable agent reactions, "Reaction already added").
        await client.call({ method, what: 'reaction', serviceUrl, path, reach: REACTIONS }, signal);
      } catch (thrown) {
        if (added || !(thrown instanceof Failure && thrown.cause === 404)) throw thrown;
      }
    },
  };
}

/** "Agents are limited to two reactions per second" (docs: Message Reactions, "Rate Limits"). */
const REACTIONS: LimitReach = { per: 'app', calls: 'same' };

async function post(client: Client, draft: Draft, signal: AbortSignal): Promise<Posted> {
  const spot = spotOf(draft.place);
  if (spot.fresh !== undefined) return begin(client, draft, spot, signal);
  const body = answerOf(draft, spot);
  const parsed = resource.safeParse(await client.call({ ...activityCall('POST', spot), body }, signal));
  if (parsed.success) return { id: parsed.data.id };
  throw new Failure('unknown-outcome', 'POST activity: Teams took it and named no id');
}

/** The first message of a thread in a channel (docs: Send proactive messages, "Create a conversation in a channel"). */
async function begin(client: Client, draft: Draft, spot: Spot, signal: AbortSignal): Promise<Posted> {
  const { serviceUrl, conversation, bot } = spot;
  const body = {
    isGroup: true,
    ...(bot !== '' && { bot: { id: bot } }),
    tenantId: draft.place.install,
    channelData: { channel: { id: conversation }, tenant: { id: draft.place.install } },
    activity: messageOf(draft, spot),
  };
  const answer = await client.call({ method: 'POST', what: 'conversation', serviceUrl, path: [], body }, signal);
  const parsed = conversationAnswer.safeParse(answer);
  const id = parsed.data?.activityId ?? parsed.data?.id.split(ROOT)[1];
  if (id !== undefined && id !== '') return { id };
  throw new Failure('unknown-outcome', 'POST conversation: Teams took it and named no id');
}

/** A call about the messages of one conversation, or about one of them. */
export function activityCall(method: 'POST' | 'PUT' | 'DELETE', spot: Spot, activityId?: string): ConnectorCall {
  const { serviceUrl, only } = spot;
  const id = activityId === undefined ? [] : [activityId];
  const conversation = activityId === undefined ? spot.conversation : conversationOf(spot, activityId);
  return {
    method,
    what: 'activity',
    serviceUrl,
    path: [conversation, 'activities', ...id],
    ...(only !== undefined && { targeted: true }),
  };
}

/** A place in which `post` says something without answering anything. */
export const placeAt = (install: string, spot: Omit<Spot, 'replyTo'>): Place => ({
  install,
  channel: spot.conversation,
  thread: spot.conversation,
  address: JSON.stringify({ ...spot, replyTo: '' }),
});
