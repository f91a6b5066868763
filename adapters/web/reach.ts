import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { conversationOf } from './place.ts';
import type { Room } from './room.ts';
import { within } from './within.ts';

/**
 * What is said by itself is said in a conversation that there is, as long as somebody is in it. None is begun for a person: whoever
 * wants to be told of something says so in a conversation of theirs.
 */
export function openReach(room: Room): Required<Pick<Adapter, 'reach'>> {
  return {
    async reach({ install }, to, signal) {
      if ('person' in to)
        throw new Failure('refused', 'nobody is written to here first: name one of their conversations as the channel');
      const place = { install, channel: to.channel, thread: to.channel, address: to.channel };
      if (await within(signal, () => room.isAttended(conversationOf(place)))) return place;
      throw new Failure('refused', 'there is no such conversation, or nobody is in it any more');
    },
  };
}
