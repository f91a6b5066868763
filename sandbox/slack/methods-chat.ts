import type { Args, Method, Outcome } from './method.ts';
import { blocksArg, failed, openChannel, ownMessage, structureArg, textArg } from './method.ts';
import { messageShape } from './shapes.ts';
import type { Channel } from './world.ts';
import { addMessage, addWhisper, isStreaming, removeMessage } from './world.ts';

/** docs: chat.postMessage, "Truncating content". */
const POST_TRUNCATED_AT = 40_000;
/** docs: chat.update, error `msg_too_long`. */
const UPDATE_FAILS_ABOVE = 4000;

/** docs: chat:write.public, "Send messages to channels the app isn't a member of". */
const isForeign = (channel: Channel, scopes: readonly string[] | undefined): boolean =>
  !channel.member && scopes?.includes('chat:write.public') === false;

const postMessage: Method = (args, { world, tell, settings }) => {
  const channel = openChannel(args, world);
  if (typeof channel === 'string') return failed(channel);
  if (isForeign(channel, settings.scopes)) return failed('not_in_channel');
  const text = textArg(args, 'text');
  const blocks = blocksArg(args, world) ?? [];
  if (typeof blocks === 'string') return failed(blocks);
  if (text === '' && blocks.length === 0) return failed('no_text');
  if (hasBadMetadata(args)) return failed('invalid_metadata_format');
  const held = addMessage(world, channel, {
    threadTs: textArg(args, 'thread_ts') || undefined,
    user: world.bot.user,
    text: text.slice(0, POST_TRUNCATED_AT),
    blocks,
    metadata: structureArg(args, 'metadata'),
  });
  tell('posted', held);
  return {
    about: held.ts,
    fields: {
      channel: channel.id,
      ts: held.ts,
      message: messageShape(world, held, true),
      ...(text.length > POST_TRUNCATED_AT && { warning: 'message_truncated' }),
    },
  };
};

function hasBadMetadata(args: Args): boolean {
  if (args['metadata'] === undefined) return false;
  const metadata = structureArg(args, 'metadata');
  return metadata === undefined || !('event_type' in metadata) || !('event_payload' in metadata);
}

const update: Method = (args, { world, tell, settings }) => {
  const found = ownMessage(args, world);
  if (typeof found === 'string') return failed(found);
  const { channel, held } = found;
  const text = textArg(args, 'text');
  // What names no blocks keeps those that are there; an empty list takes them away.
  const blocks = blocksArg(args, world) ?? held.blocks;
  if (typeof blocks === 'string') return failed(blocks);
  if (text === '' && blocks.length === 0) return failed('no_text');
  if (text.length > UPDATE_FAILS_ABOVE) return failed('msg_too_long');
  if (isStreaming(held)) return failed('streaming_state_conflict');
  // docs: chat.update, "The message cannot be edited due to the team message edit settings".
  if (Date.now() - Number(held.ts) * 1000 > settings.editForMs) return failed('edit_window_closed');
  if (hasBadMetadata(args)) return failed('invalid_metadata_format');
  const before = held.text;
  held.text = text;
  held.blocks = blocks;
  held.edits += 1;
  held.editedTs = world.nextTs();
  held.metadata = structureArg(args, 'metadata') ?? held.metadata;
  tell('changed', held, before);
  return { about: held.ts, fields: { channel: channel.id, ts: held.ts, text } };
};

const postEphemeral: Method = (args, { world }) => {
  const channel = openChannel(args, world);
  if (typeof channel === 'string') return failed(channel);
  const [text, user] = [textArg(args, 'text'), textArg(args, 'user')];
  if (user === '') return failed('invalid_arguments');
  if (!world.names.has(user)) return failed('user_not_in_channel');
  const blocks = blocksArg(args, world) ?? [];
  if (typeof blocks === 'string') return failed(blocks);
  if (text === '' && blocks.length === 0) return failed('no_text');
  const threadTs = textArg(args, 'thread_ts') || undefined;
  const { ts } = addWhisper(world, channel, user, { threadTs, user: world.bot.user, text, blocks });
  if (!isActive(channel, threadTs)) world.whispers.delete(ts);
  return { about: user, fields: { message_ts: ts } };
};

/** docs: "Ephemeral messages in threads are only shown if there is already an active thread." */
const isActive = (channel: Channel, threadTs: string | undefined): boolean =>
  threadTs === undefined || (channel.threads.get(threadTs)?.length ?? 0) > 1;

const remove: Method = (args, { world, tell }) => {
  const found = ownMessage(args, world);
  if (typeof found === 'string') return failed(found === 'cant_update_message' ? 'cant_delete_message' : found);
  removeMessage(found.channel, found.held);
  tell('deleted', found.held);
  return { about: found.held.ts, fields: { channel: found.channel.id, ts: found.held.ts } };
};

const startStream: Method = (args, { world, tell, settings }) => {
  const channel = openChannel(args, world);
  if (typeof channel === 'string') return failed(channel);
  if (!channel.member) return failed('not_in_channel');
  const threadTs = textArg(args, 'thread_ts');
  if (threadTs === '') return failed('invalid_thread_ts');
  if (!channel.direct && textArg(args, 'recipient_user_id') === '') return failed('missing_recipient_user_id');
  if (!channel.direct && textArg(args, 'recipient_team_id') === '') return failed('missing_recipient_team_id');
  const text = textArg(args, 'markdown_text');
  if (text.length > MARKDOWN_MOST) return failed('msg_too_long');
  const streamingUntil = Date.now() + settings.streamForMs;
  const held = addMessage(world, channel, { threadTs, user: world.bot.user, text, streamingUntil });
  tell('posted', held);
  return { about: held.ts, fields: { channel: channel.id, ts: held.ts } };
};

/** docs: chat.startStream, chat.appendStream, "Limit this field to 12,000 characters". */
const MARKDOWN_MOST = 12_000;

const appendStream: Method = (args, { world }) => {
  const found = ownMessage(args, world);
  if (typeof found === 'string') return failed(found);
  const text = textArg(args, 'markdown_text');
  if (text === '') return failed('no_text');
  if (text.length > MARKDOWN_MOST) return failed('msg_too_long');
  if (!isStreaming(found.held)) return failed('message_not_in_streaming_state');
  found.held.text += text;
  return { about: found.held.ts, fields: { channel: found.channel.id, ts: found.held.ts } };
};

const stopStream: Method = (args, { world, tell }): Outcome => {
  const found = ownMessage(args, world);
  if (typeof found === 'string') return failed(found);
  const { channel, held } = found;
  if (!isStreaming(held)) return failed('message_not_in_streaming_state');
  held.streamingUntil = 0;
  held.text += textArg(args, 'markdown_text');
  held.metadata = structureArg(args, 'metadata') ?? held.metadata;
  tell('changed', held, '');
  return {
    about: held.ts,
    fields: { channel: channel.id, ts: held.ts, message: messageShape(world, held, true) },
  };
};

export const chatMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['chat.postMessage', postMessage],
  ['chat.postEphemeral', postEphemeral],
  ['chat.update', update],
  ['chat.delete', remove],
  ['chat.startStream', startStream],
  ['chat.appendStream', appendStream],
  ['chat.stopStream', stopStream],
]);
