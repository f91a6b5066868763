import { randomBytes } from 'node:crypto';
import type { Block } from './blocks.ts';
import { wordsOf } from './blocks.ts';
import type { Around, Method } from './method.ts';
import { blocksArg, failed, openChannel, structureArg, textArg } from './method.ts';
import { fileShape } from './shapes.ts';
import type { SharedFile } from './world.ts';
import { addMessage } from './world.ts';

const fileInfo: Method = (args, { world }) => {
  const file = world.files.get(textArg(args, 'file'));
  return file === undefined ? failed('file_not_found') : { fields: { file: fileShape(world, file) } };
};

/** docs: Working with files, "1 GB". */
const MOST_BYTES = 1_000_000_000;

const reserve: Method = (args, { world }) => {
  const [name, length] = [textArg(args, 'filename'), Number(textArg(args, 'length'))];
  if (name === '' || !Number.isSafeInteger(length) || length < 1) return failed('missing_argument');
  if (length > MOST_BYTES) return failed('file_upload_size_restricted');
  const [key, id] = [randomBytes(24).toString('base64url'), world.nextId('F')];
  world.uploads.set(key, { id, name, length, arrived: false });
  return { about: id, fields: { upload_url: `${world.address}/upload/v1/${key}`, file_id: id } };
};

const complete: Method = (args, around) => {
  const { world, settings } = around;
  const listed = structureArg(args, 'files');
  if (!Array.isArray(listed) || listed.length === 0) return failed('invalid_arguments');
  const files = listed.map((one: unknown) => world.files.get(idOf(one)));
  const blocks = blocksArg(args, world) ?? [];
  if (typeof blocks === 'string') return failed(blocks);
  if (!files.every((one) => one !== undefined)) return failed('file_not_found');
  const fields = { files: files.map(({ id, name }) => ({ id, title: name })) };
  if (textArg(args, 'channel_id') === '') return { about: 'private', fields };
  const channel = openChannel(args, world, 'channel_id');
  if (typeof channel === 'string') return failed(channel === 'channel_not_found' ? 'invalid_channel' : channel);
  const threadTs = textArg(args, 'thread_ts') || undefined;
  const said = { text: textArg(args, 'initial_comment'), blocks, files, threadTs };
  // Slack scans a file before it shows it: the answer does not wait for that.
  if (settings.shareLagMs === 0) showFiles(around, channel.id, said);
  else setTimeout(() => showFiles(around, channel.id, said), settings.shareLagMs).unref();
  return { about: channel.id, fields };
};

type Shown = {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly files: readonly SharedFile[];
  readonly threadTs: string | undefined;
};

function showFiles({ world, tell }: Around, channelId: string, { text, blocks, files, threadTs }: Shown): void {
  const channel = world.channels.get(channelId);
  if (channel === undefined) return;
  const held = addMessage(world, channel, {
    threadTs,
    user: world.bot.user,
    // Blocks count only where there is no comment.
    text: text === '' ? wordsOf(blocks) : text,
    blocks: text === '' ? blocks : [],
    files,
  });
  for (const { id } of files)
    world.shares.set(id, [...(world.shares.get(id) ?? []), { channel: channelId, ts: held.ts }]);
  tell('posted', held);
}

const idOf = (one: unknown): string =>
  typeof one === 'object' && one !== null && 'id' in one && typeof one.id === 'string' ? one.id : '';

export const fileMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['files.info', fileInfo],
  ['files.getUploadURLExternal', reserve],
  ['files.completeUploadExternal', complete],
]);
