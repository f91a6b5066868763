import type { Held, SharedFile, World } from './world.ts';
import { isStreaming } from './world.ts';

/** A message as events and the reading methods show it. */
export function messageShape(world: World, held: Held, withMetadata: boolean): Record<string, unknown> {
  return {
    type: 'message',
    user: held.user,
    ts: held.ts,
    team: world.team.id,
    text: held.text,
    ...(held.threadTs !== undefined && { thread_ts: held.threadTs }),
    ...(held.fromBot && {
      bot_id: world.bot.id,
      app_id: world.app.id,
      bot_profile: { id: world.bot.id, name: world.bot.name, app_id: world.app.id },
    }),
    ...(held.editedTs !== undefined && { edited: { user: held.user, ts: held.editedTs } }),
    ...(held.blocks.length > 0 && { blocks: held.blocks }),
    ...(held.files.length > 0 && { files: held.files.map((file) => fileShape(world, file)) }),
    ...(withMetadata && held.metadata !== undefined && { metadata: held.metadata }),
    ...(held.streamingUntil !== undefined && { streaming_state: isStreaming(held) ? 'in_progress' : 'completed' }),
    ...(held.reactions.size > 0 && { reactions: reactionsShape(held) }),
  };
}

function reactionsShape(held: Held): object[] {
  return [...held.reactions].map(([name, users]) => ({ name, count: users.size, users: [...users] }));
}

export function fileShape(world: World, file: SharedFile): Record<string, unknown> {
  const path = `${world.address}/files-pri/${world.team.id}-${file.id}`;
  return {
    id: file.id,
    name: file.name,
    title: file.name,
    mimetype: file.mimetype,
    size: file.bytes.byteLength,
    mode: 'hosted',
    file_access: 'visible',
    ...sharesShape(world, file.id),
    url_private: `${path}/${encodeURIComponent(file.name)}`,
    url_private_download: `${path}/download/${encodeURIComponent(file.name)}`,
  };
}

/** Which messages show it: known only once there is one. */
function sharesShape(world: World, id: string): object {
  const shares = world.shares.get(id) ?? [];
  if (shares.length === 0) return {};
  const of = (direct: boolean): [string, object[]][] =>
    shares
      .filter(({ channel }) => (world.channels.get(channel)?.direct === true) === direct)
      .map(({ channel, ts }) => [channel, [{ ts, channel_name: world.channels.get(channel)?.name ?? '' }]]);
  const [open, direct] = [of(false), of(true)];
  return {
    shares: {
      ...(open.length > 0 && { public: Object.fromEntries(open) }),
      ...(direct.length > 0 && { private: Object.fromEntries(direct) }),
    },
  };
}
