import type { Adapter } from '../../src/model/adapter.ts';
import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { spotOf } from './place.ts';
import { placeAt } from './send.ts';

type Sending = Required<Pick<Adapter, 'post' | 'edit' | 'remove' | 'reach'>>;

/** Between the conversation and the post's id there; neither has it. */
const APART = '|';

/**
 * What one person alone should see goes as a targeted message into the group's conversation; where Teams refuses it (they
 * are a preview, and their reader has to be a member), into the person's own chat, as its docs advise (docs: Targeted
 * messages, "Handle errors"). Such a post's id names that chat as well. Never to all.
 */
export function openPrivately(sending: Sending): Pick<Sending, 'post' | 'edit' | 'remove'> {
  return {
    async post(access, draft, signal) {
      const { only } = spotOf(draft.place);
      try {
        return await sending.post(access, draft, signal);
      } catch (thrown) {
        if (only === undefined || !isRefusal(thrown)) throw thrown;
        const place = await sending.reach(access, { person: only }, signal);
        const { id } = await sending.post(access, { ...draft, place }, signal);
        return { id: `${place.channel}${APART}${id}` };
      }
    },
    edit(access, postId, draft, signal) {
      const { id, place } = whereOf(postId, draft.place);
      return sending.edit(access, id, { ...draft, place }, signal);
    },
    remove(access, postId, given, signal) {
      const { id, place } = whereOf(postId, given);
      return sending.remove(access, id, place, signal);
    },
  };
}

function whereOf(postId: string, place: Place): { readonly id: string; readonly place: Place } {
  const at = postId.lastIndexOf(APART);
  if (at < 0) return { id: postId, place };
  const { serviceUrl, bot } = spotOf(place);
  const conversation = postId.slice(0, at);
  return { id: postId.slice(at + 1), place: placeAt(place.install, { serviceUrl, bot, conversation }) };
}

/** Surely not performed, and not for want of time. */
export function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Failure && (thrown.code === 'refused' || thrown.cause === 403);
}
