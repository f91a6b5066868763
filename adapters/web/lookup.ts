import type { Adapter } from '../../src/model/adapter.ts';
import { conversationOf } from './place.ts';
import type { Room } from './room.ts';
import { within } from './within.ts';

type Lookup = Required<Pick<Adapter, 'history' | 'fetchAttachment' | 'findPost' | 'missed'>>;

export function openLookup(room: Room): Lookup {
  return {
    history: (_, place, range, signal) => within(signal, () => room.past(conversationOf(place), range)),
    fetchAttachment: (_, handle, mostBytes, signal) => within(signal, () => room.file(handle, mostBytes)),
    async findPost(_, { place, nonce }, _since, signal) {
      const id = await within(signal, () => room.find(conversationOf(place), nonce));
      return id === undefined ? undefined : { id };
    },
    async *missed(_installs, since, signal) {
      for await (const delivery of room.unheard(since)) {
        if (signal.aborted) return;
        yield delivery;
      }
    },
  };
}
