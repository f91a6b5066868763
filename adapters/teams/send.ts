import type { Activity } from 'botbuilder';
import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Client } from './client.ts';
import { resource } from './payload.ts';
import { spotOf } from './place.ts';
import type { Spot } from './place.ts';
import { render } from './render.ts';

type Sending = Pick<Adapter, 'post' | 'edit'> & Required<Pick<Adapter, 'remove' | 'show'>>;
type Message = Pick<Activity, 'type' | 'text' | 'textFormat'> & { readonly from?: { readonly id: string } };

/** An empty message would be refused. */
function messageOf(markdown: string, { bot }: Spot): Message {
  const text = render(markdown) || '…';
  return { type: 'message', text, textFormat: 'markdown', ...(bot !== '' && { from: { id: bot } }) };
}

export function openSending(client: Client): Sending {
  return {
    async post(_, draft, signal) {
      const spot = spotOf(draft.place);
      const body = { ...messageOf(draft.text, spot), ...(spot.replyTo !== '' && { replyToId: spot.replyTo }) };
      const parsed = resource.safeParse(await client.call({ method: 'POST', spot, body }, signal));
      if (parsed.success) return { id: parsed.data.id };
      throw new Failure('unknown-outcome', 'POST activity: Teams took it and named no id');
    },

    async edit(_, postId, draft, signal) {
      const spot = spotOf(draft.place);
      await client.call({ method: 'PUT', spot, activityId: postId, body: messageOf(draft.text, spot) }, signal);
    },

    async remove(_, postId, place, signal) {
      try {
        await client.call({ method: 'DELETE', spot: spotOf(place), activityId: postId }, signal);
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.code === 'gone')) throw thrown;
      }
    },

    /** The dots of somebody who types; Teams takes them away by itself after a few seconds, or with our message. */
    async show(_, place, status, signal) {
      if (status !== 'working') return;
      const spot = spotOf(place);
      const body: Pick<Activity, 'type'> = { type: 'typing' };
      await client.call({ method: 'POST', spot, body }, signal);
    },
  };
}
