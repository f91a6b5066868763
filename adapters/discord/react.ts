import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { addressOf, messageIdOf } from './address.ts';
import type { Client } from './client.ts';
import { isNumber } from './errors.ts';

/** Unknown message, unknown emoji: there is nothing of ours to take away. */
const GONE = [10_008, 10_014] as const;

/** To set a reaction twice sets it once (docs: Create Reaction). */
export function openReact(client: Client): NonNullable<Adapter['react']> {
  return async (_access, { place, messageId }, { emoji, added }, signal) => {
    const { channel } = addressOf(place);
    if (emoji === '') throw new Failure('invalid', 'a reaction needs an emoji');
    const sign = encodeURIComponent(emoji);
    const route = `/channels/${channel}/messages/${messageIdOf(messageId)}/reactions/${sign}/@me` as const;
    try {
      await client.request({ method: added ? 'PUT' : 'DELETE', route }, signal);
    } catch (thrown) {
      if (added || !isNumber(thrown, ...GONE)) throw thrown;
    }
  };
}
