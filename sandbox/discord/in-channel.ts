import type { Answer, Request, Route } from './route.ts';
import { refusal, unknownChannel } from './route.ts';
import type { Channel, Message, World } from './world.ts';

export type InChannel = (use: (channel: Channel, request: Request) => Answer) => Route['handle'];
export type OnMessage = (use: (message: Message, request: Request) => Answer) => Route['handle'];

/** What a call does in a channel that the bot sees; else Discord's refusal. */
export function withChannel(world: World, { params }: Request, use: (channel: Channel) => Answer): Answer {
  const channel = world.channels.get(params['c'] ?? '');
  if (channel === undefined) return unknownChannel();
  const hidden = channel.hidden || world.channels.get(channel.parent ?? '')?.hidden === true;
  const closed = channel.guild !== undefined && !world.member.here;
  return hidden || closed ? refusal(403, 50_001, 'Missing Access') : use(channel);
}
