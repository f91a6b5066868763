import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Draft } from '../../src/model/reply.ts';
import { clean } from '../kit/text.ts';
import { conversationOf } from './place.ts';
import type { Content, Room } from './room.ts';
import { changing } from './within.ts';

type Sending = Required<Pick<Adapter, 'post' | 'edit' | 'remove' | 'show' | 'react' | 'whisper' | 'share'>>;

const contentOf = ({ text, card }: Draft): Content => ({ text: clean(text), card });

/** Without what turns the order of letters: a name ends as it looks. */
const nameOf = (name: string): string => clean(name).replaceAll(/\p{Bidi_Control}/gu, '_');

export function openSending(room: Room): Sending {
  return {
    async post(_, draft, signal) {
      const post = { ...contentOf(draft), nonce: draft.nonce, file: undefined };
      return { id: await changing(signal, () => room.put(conversationOf(draft.place), post)) };
    },
    async share(_, draft, file, signal) {
      const post = { ...contentOf(draft), nonce: draft.nonce, file: { ...file, name: nameOf(file.name) } };
      return { id: await changing(signal, () => room.put(conversationOf(draft.place), post)) };
    },
    edit: (_, postId, draft, signal) =>
      changing(signal, () => room.change(conversationOf(draft.place), postId, contentOf(draft))),
    async remove(_, postId, place, signal) {
      try {
        await changing(signal, () => room.remove(conversationOf(place), postId));
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.code === 'gone')) throw thrown;
      }
    },
    show: async (_, place) => room.show(conversationOf(place)),
    react: (_, { place, messageId }, reaction, signal) =>
      changing(signal, () => room.react(conversationOf(place), messageId, reaction)),
    whisper: (_, place, { person, text }, signal) =>
      changing(signal, () => room.whisper(conversationOf(place), { person, text: clean(text) })),
  };
}
