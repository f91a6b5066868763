import type { Answer, Bucket, Request, Route } from './route.ts';
import { refusal, unknownEmoji } from './route.ts';
import type { OnMessage } from './in-channel.ts';
import type { Speech } from './speech.ts';
import type { Message, World } from './world.ts';

/** One in a quarter of a second per channel, as the headers of these routes say. */
const BUCKET: Bucket = { name: 'reactions', calls: 1, perMs: 250 };
const PATTERN = '/channels/:c/messages/:m/reactions/:emoji/@me';
/** Docs, "JSON Error Codes", 30010. */
const MOST_KINDS = 20;
/** An emoji itself, or name and id of one of the guild's own. */
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?|\w{2,32}:\d{15,20})$/v;

/** Reactions of the bot: set, and taken away. */
export function reactionRoutes(world: World, speech: Speech, onMessage: OnMessage): readonly Route[] {
  return [
    {
      method: 'PUT',
      pattern: PATTERN,
      bucket: BUCKET,
      handle: onMessage((message, request) => add(world, speech, message, request)),
    },
    {
      method: 'DELETE',
      pattern: PATTERN,
      bucket: BUCKET,
      handle: onMessage((message, { params }) => {
        const emoji = params['emoji'] ?? '';
        if (!EMOJI.test(emoji) || !isSet(world, message, emoji)) return unknownEmoji();
        speech.react(message, world.bot, emoji, false);
        return { status: 204, about: message.id };
      }),
    },
  ];
}

function add(world: World, speech: Speech, message: Message, { params }: Request): Answer {
  const emoji = params['emoji'] ?? '';
  if (!EMOJI.test(emoji)) return unknownEmoji();
  const kinds = new Set(world.reactions.filter((one) => one.message === message.id).map((one) => one.emoji));
  if (!kinds.has(emoji) && kinds.size >= MOST_KINDS) {
    return refusal(400, 30_010, 'Maximum number of reactions reached (20)');
  }
  // Set twice it is there once, and told once.
  if (!isSet(world, message, emoji)) speech.react(message, world.bot, emoji, true);
  return { status: 204, about: message.id };
}

const isSet = ({ reactions, bot }: World, message: Message, emoji: string): boolean =>
  reactions.some((one) => one.message === message.id && one.user === bot.id && one.emoji === emoji);
