import type { Place } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Each conversation is a channel of its own with one thread: what is remembered of a channel, and looked for in it, is then
 * what its members have seen.
 * @throws Failure `refused`: it is none of ours.
 */
export function conversationOf({ channel }: Place): string {
  if (!UUID.test(channel)) throw new Failure('refused', 'there is no such conversation');
  return channel;
}
