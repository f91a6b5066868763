import type { Access, Adapter } from '../../src/model/adapter.ts';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Client } from './client.ts';
import { messageOf } from './message.ts';
import { conversationAnswer, memberAnswer } from './payload.ts';
import { isRefusal } from './private.ts';
import { isChannel, isGroup, spotOf } from './place.ts';
import { activityCall, placeAt } from './send.ts';

type Reaching = Required<Pick<Adapter, 'reach' | 'whisper' | 'person'>>;

/** Who the bot is, and where it reaches conversations that it was told nothing of. */
export type Home = { readonly bot: string; readonly serviceUrl: string };

export function openReaching(client: Client, home: Home): Reaching {
  const chatWith = (access: Access, person: string, signal: AbortSignal): Promise<Place> =>
    openChat(client, home, { access, person }, signal);
  return {
    /** A title is not shown: threads of channels have none that a bot may give. */
    async reach(access, to, signal) {
      if ('person' in to) return chatWith(access, to.person, signal);
      const fresh = isChannel(to.channel);
      return placeAt(access.install, { ...home, conversation: to.channel, ...(fresh && { fresh }) });
    },

    /**
     * A targeted message (docs: Send and receive targeted messages). Chats with one person have none and need none. Where
     * Teams refuses it, it is said in the person's own chat, as the same page advises.
     */
    async whisper(access, place, { person, text }, signal) {
      const { only: _, ...spot } = spotOf(place);
      const to = isGroup(spot.conversation) ? { ...spot, only: person } : spot;
      try {
        await client.call({ ...activityCall('POST', to), body: messageOf({ text }, to) }, signal);
      } catch (thrown) {
        if (to === spot || !isRefusal(thrown)) throw thrown;
        const chat = spotOf(await chatWith(access, person, signal));
        await client.call({ ...activityCall('POST', chat), body: messageOf({ text }, chat) }, signal);
      }
    },

    /** Members are told by conversation only, so it begins one with the person, who is shown nothing of it. */
    async person(access, id, signal) {
      const { serviceUrl, conversation } = spotOf(await chatWith(access, id, signal));
      const path = [conversation, 'members', id];
      const parsed = memberAnswer.safeParse(
        await client.call({ method: 'GET', what: 'member', serviceUrl, path }, signal),
      );
      if (!parsed.success) throw new Failure('unavailable', 'GET member: Teams told nobody');
      const { name } = parsed.data;
      // The language and the time zone come with messages only.
      return { id, name: name === '' ? id : name, locale: undefined, timeZone: undefined };
    },
  };
}

/** The same chat each time: Teams has one for each person and bot. */
async function openChat(
  client: Client,
  home: Home,
  { access, person }: { readonly access: Access; readonly person: string },
  signal: AbortSignal,
): Promise<Place> {
  const { install } = access;
  const body = {
    isGroup: false,
    bot: { id: home.bot },
    members: [{ id: person }],
    tenantId: install,
    channelData: { tenant: { id: install } },
  };
  const { serviceUrl } = home;
  const answer = await client.call({ method: 'POST', what: 'conversation', serviceUrl, path: [], body }, signal);
  const parsed = conversationAnswer.safeParse(answer);
  if (parsed.success) return placeAt(install, { ...home, conversation: parsed.data.id });
  // Asking again opens no other one.
  throw new Failure('unavailable', 'POST conversation: Teams named no conversation');
}
