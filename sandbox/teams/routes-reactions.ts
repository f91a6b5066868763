import type { Asked, Outcome, Route } from './route.ts';
import { failed } from './route.ts';
import { at, reach } from './routes-connector.ts';
import type { Held } from './world.ts';

/** Ids as the reference of Teams' reactions has them: `like`, `1f440_eyes`, `like-tone3`. */
const TYPE = /^[\da-z_-]{2,60}$/;

const addReaction = (asked: Asked): Outcome => {
  const held = reactedOn(asked);
  if ('status' in held) return held;
  // One that is there already is no failure, and is not doubled.
  held.reactions.add(asked.parts[2] ?? '');
  return { status: 200, about: held.id };
};

const deleteReaction = (asked: Asked): Outcome => {
  const held = reactedOn(asked);
  if ('status' in held) return held;
  const there = held.reactions.delete(asked.parts[2] ?? '');
  return there ? { status: 200, about: held.id } : failed(404, 'NotFound', 'The bot has no such reaction there.');
};

function reactedOn({ world, parts }: Asked): Held | Outcome {
  const [conversation = '', id = '', type = ''] = parts;
  const found = reach(world, conversation);
  if ('status' in found) return found;
  const held = found.conversation.messages.get(id);
  if (held === undefined) return failed(404, 'ActivityNotFoundInConversation', 'The activity was not found.');
  if (held.only !== undefined) return failed(400, 'BadArgument', 'Targeted messages take no reactions.');
  return TYPE.test(type) ? held : failed(400, 'BadArgument', 'No such reaction.');
}

const reaction = {
  guarded: true,
  limited: 'reactions',
  pattern: at('conversations/([^/]+)/activities/([^/]+)/reactions/([^/]+)'),
} as const;

export const reactionRoutes: readonly Route[] = [
  { ...reaction, method: 'PUT', call: 'addReaction', run: addReaction },
  { ...reaction, method: 'DELETE', call: 'deleteReaction', run: deleteReaction },
];
