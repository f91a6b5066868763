import { z } from 'zod';
import { text } from './components.ts';
import { formProblem } from './form-problem.ts';
import { readCreation } from './message-body.ts';
import type { Answer, Request, Route } from './route.ts';
import { refusal, unknownChannel } from './route.ts';
import type { InChannel } from './in-channel.ts';
import { withChannel } from './in-channel.ts';
import { channelJson, messageJson, userJson } from './shapes.ts';
import type { Speech } from './speech.ts';
import type { Channel, World } from './world.ts';
import { addChannel, CHANNEL_TYPE, directChannel, userOf } from './world.ts';

const thread = z.object({
  name: text(100, 1),
  type: z.int().optional(),
  auto_archive_duration: z.union([z.literal(60), z.literal(1440), z.literal(4320), z.literal(10_080)]).optional(),
});
const forumPost = thread.extend({ message: z.looseObject({}) });
const recipient = z.object({ recipient_id: z.string().regex(/^\d{15,20}$/) });

/** Channels as such, threads and forum posts in them, direct conversations, and who people are. */
export function channelRoutes(world: World, speech: Speech): readonly Route[] {
  const inChannel: InChannel = (use) => (request) => withChannel(world, request, (channel) => use(channel, request));
  return [
    {
      method: 'GET',
      pattern: '/channels/:c',
      handle: inChannel((channel) => ({ status: 200, body: channelJson(channel), about: channel.id })),
    },
    {
      method: 'POST',
      pattern: '/channels/:c/threads',
      handle: inChannel((channel, request) => start(world, speech, channel, request)),
    },
    { method: 'POST', pattern: '/users/@me/channels', handle: (request) => openDirect(world, request) },
    {
      method: 'GET',
      pattern: '/users/:u',
      handle({ params }) {
        const user = userOf(world, params['u'] ?? '');
        return user === undefined ? refusal(404, 10_013, 'Unknown User') : { status: 200, body: userJson(user) };
      },
    },
  ];
}

function start(world: World, speech: Speech, channel: Channel, { body, files }: Request): Answer {
  if (channel.type === CHANNEL_TYPE.forum) return startPost(world, speech, channel, { body, files });
  if (channel.type !== CHANNEL_TYPE.text) {
    return refusal(400, 50_024, 'Cannot execute action on this channel type');
  }
  const parsed = thread.safeParse(body);
  if (!parsed.success) return formProblem(parsed.error);
  // Docs, Start Thread without Message: without a type it is a private one.
  if (parsed.data.type !== CHANNEL_TYPE.thread) return refusal(403, 50_013, 'Missing Permissions');
  return { status: 201, body: channelJson(open(world, speech, channel, parsed.data.name)) };
}

/** Docs, Start Thread in Forum or Media Channel: its first message has the same id. No nonce counts here. */
function startPost(
  world: World,
  speech: Speech,
  forum: Channel,
  { body, files }: Pick<Request, 'body' | 'files'>,
): Answer {
  const parsed = forumPost.safeParse(body);
  if (!parsed.success) return formProblem(parsed.error);
  const said = readCreation(world, { body: parsed.data.message, files });
  if (said.problem !== undefined) return said.problem;
  const channel = open(world, speech, forum, parsed.data.name);
  const { flags } = said.given;
  const message = speech.post({ channel, author: world.bot, flags, ...said.parts });
  return { status: 201, body: { ...channelJson(channel), message: messageJson(world, message) }, about: channel.id };
}

function open(world: World, speech: Speech, { guild, id }: Channel, name: string): Channel {
  const made = addChannel(world, { type: CHANNEL_TYPE.thread, guild, parent: id, name, owner: world.bot.id });
  speech.opened(made);
  return made;
}

function openDirect(world: World, { body }: Request): Answer {
  const parsed = recipient.safeParse(body);
  if (!parsed.success) return formProblem(parsed.error);
  const user = userOf(world, parsed.data.recipient_id);
  if (user === undefined) return unknownChannel();
  if (user.bot) return refusal(403, 50_007, 'Cannot send messages to this user');
  const channel = directChannel(world, user.name);
  return { status: 200, body: { ...channelJson(channel), recipients: [userJson(user)] }, about: channel.id };
}
