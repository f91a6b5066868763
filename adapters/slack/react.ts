import type { Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Client } from './client.ts';
import { hasError } from './client.ts';
import { shortNameOf } from './emoji.ts';
import { spotOf } from './place.ts';

/** Slack refuses a reaction that is there already, and the removal of one that is not: both are what was wanted. */
export function openReact(client: Client): NonNullable<Adapter['react']> {
  return async (access, { place, messageId }, { emoji, added }, signal) => {
    const name = shortNameOf(emoji);
    if (name === undefined) {
      throw new Failure('invalid', 'Slack’s name of this emoji is not known: give the short name, e.g. eyes');
    }
    const args = { channel: spotOf(place).channel, timestamp: messageId, name };
    try {
      await client.write(access, added ? 'reactions.add' : 'reactions.remove', args, signal);
    } catch (thrown) {
      if (!hasError(thrown, added ? 'already_reacted' : 'no_reaction')) throw thrown;
    }
  };
}
