import type { Args, Around, Method, Outcome } from './method.ts';
import { failed, flagArg, openChannel, textArg } from './method.ts';
import { messageShape } from './shapes.ts';
import type { Channel, Held } from './world.ts';

/** The token that calls is taken back, and with it the app's last way into the workspace. */
const revoke: Method = (_, { world }) => {
  world.installed = false;
  world.tokens.clear();
  return { about: world.team.id, fields: { revoked: true } };
};

const authTest: Method = (_, { world }) => ({
  fields: {
    url: `https://${world.team.domain}.slack.com/`,
    team: world.team.domain,
    team_id: world.team.id,
    user: world.bot.name,
    user_id: world.bot.user,
    bot_id: world.bot.id,
    app_id: world.app.id,
    enterprise_id: world.enterprise ?? null,
    is_enterprise_install: world.enterprise !== undefined,
  },
});

/** A thread, oldest first; its first message comes with every range, as at Slack. */
const replies: Method = (args, around) => {
  const channel = openChannel(args, around.world);
  if (typeof channel === 'string') return failed(channel);
  const root = textArg(args, 'ts');
  const first = channel.messages.get(root);
  const thread = channel.threads.get(root) ?? [root];
  const held = thread.flatMap((ts) => channel.messages.get(ts) ?? []);
  if (held.length === 0) return failed('thread_not_found');
  const inRange = held.filter((one) => one !== first && isWanted(one, args, around));
  return page(channel, first === undefined ? inRange : [first, ...inRange], args, around);
};

/** The top of a channel, newest first. */
const history: Method = (args, around) => {
  const channel = openChannel(args, around.world);
  if (typeof channel === 'string') return failed(channel);
  const held = topOf(channel).filter((one) => isWanted(one, args, around));
  return page(channel, held.toReversed(), args, around);
};

const topOf = (channel: Channel): Held[] =>
  [...channel.messages.values()].filter(({ threadTs, ts }) => threadTs === undefined || threadTs === ts);

function isWanted({ ts, at }: Held, args: Args, { settings }: Around): boolean {
  const [oldest, latest] = [textArg(args, 'oldest'), textArg(args, 'latest')];
  const number = Number(ts);
  const after = oldest === '' || number > Number(oldest) || (flagArg(args, 'inclusive') && ts === oldest);
  const before = latest === '' || number < Number(latest) || (flagArg(args, 'inclusive') && ts === latest);
  return after && before && at.getTime() + settings.readLagMs <= Date.now();
}

function page(channel: Channel, held: readonly Held[], args: Args, { world, settings }: Around): Outcome {
  const limit = Math.min(Number(textArg(args, 'limit')) || 100, settings.mostObjects);
  const from = Number(Buffer.from(textArg(args, 'cursor'), 'base64').toString().replace('next:', '')) || 0;
  const more = from + limit < held.length;
  const cursor = more ? Buffer.from(`next:${from + limit}`).toString('base64') : '';
  const metadata = flagArg(args, 'include_all_metadata');
  return {
    fields: {
      messages: held
        .slice(from, from + limit)
        .map((one) => ({ ...messageShape(world, one, metadata), ...threadShape(channel, one) })),
      has_more: more,
      ...(more && { response_metadata: { next_cursor: cursor } }),
    },
  };
}

/** What a thread's first message tells about it, in lists only. */
function threadShape(channel: Channel, { ts }: Held): object {
  const [, ...replies] = channel.threads.get(ts) ?? [];
  const latest_reply = replies.findLast((reply) => channel.messages.has(reply));
  return latest_reply === undefined ? {} : { thread_ts: ts, reply_count: replies.length, latest_reply };
}

/** The conversations that the bot is in, of the kinds that are asked for. */
const ownConversations: Method = (args, { world }) => {
  const types = (textArg(args, 'types') || 'public_channel').split(',');
  const shown = [...world.channels.values()].filter(
    ({ direct, archived }) =>
      types.includes(direct ? 'im' : 'public_channel') && !(archived && flagArg(args, 'exclude_archived')),
  );
  const channels = shown.map(({ id, name, direct }) => ({
    id,
    ...(direct ? { is_im: true } : { name, is_channel: true, is_im: false, is_mpim: false, is_private: false }),
    is_archived: false,
    updated: 0,
  }));
  return { fields: { channels, response_metadata: { next_cursor: '' } } };
};

const conversationInfo: Method = (args, { world }) => {
  const channel = world.channels.get(textArg(args, 'channel'));
  if (channel === undefined) return failed('channel_not_found');
  const { id, name, direct, archived } = channel;
  return {
    fields: { channel: { id, name, is_im: direct, is_channel: !direct, is_archived: archived, is_member: true } },
  };
};

function react(add: boolean): Method {
  return (args, { world, tellReaction }) => {
    const channel = openChannel(args, world);
    if (typeof channel === 'string') return failed(channel);
    const held = channel.messages.get(textArg(args, 'timestamp'));
    const name = textArg(args, 'name');
    if (held === undefined) return failed('message_not_found');
    if (!/^[\w'+-]{1,100}$/.test(name)) return failed('invalid_name');
    const users = held.reactions.get(name) ?? new Set<string>();
    if (users.has(world.bot.user) === add) return failed(add ? 'already_reacted' : 'no_reaction');
    if (add) held.reactions.set(name, users.add(world.bot.user));
    else if (users.delete(world.bot.user) && users.size === 0) held.reactions.delete(name);
    tellReaction(held, name, add);
    return { about: held.ts, fields: {} };
  };
}

const setStatus: Method = (args, { world }) => {
  const channel = openChannel(args, world, 'channel_id');
  if (typeof channel === 'string') return failed(channel);
  if (args['status'] === undefined) return failed('invalid_arguments');
  return textArg(args, 'thread_ts') === '' ? failed('invalid_thread_ts') : { fields: {} };
};

export const otherMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['auth.test', authTest],
  ['auth.revoke', revoke],
  ['conversations.replies', replies],
  ['conversations.history', history],
  ['conversations.info', conversationInfo],
  ['users.conversations', ownConversations],
  ['reactions.add', react(true)],
  ['reactions.remove', react(false)],
  ['assistant.threads.setStatus', setStatus],
]);
