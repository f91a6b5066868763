import type { Client } from './client.ts';
import { shaped } from './client.ts';
import type { Memory } from './memory.ts';
import * as payload from './payload.ts';
import type { Dispatch } from './read.ts';

/** Keeps what a dispatch tells about its guild for those that come later. */
export function learn(dispatch: Dispatch, memory: Memory): void {
  if (Object.hasOwn(LEARNERS, dispatch.t)) LEARNERS[dispatch.t]?.(dispatch.d, memory);
}

const LEARNERS: Readonly<Record<string, (data: unknown, memory: Memory) => void>> = {
  GUILD_CREATE(data, memory) {
    const guild = payload.guildCreated.safeParse(data).data;
    if (guild === undefined) return;
    memory.setRoles(guild.id, guild.roles);
    memory.addThreads(guild.threads.map((thread) => thread.id));
    memory.addNames([...guild.roles, ...guild.channels, ...guild.threads]);
  },
  GUILD_DELETE(data, memory) {
    const guild = payload.guildDeleted.safeParse(data).data;
    if (guild !== undefined) memory.forgetGuild(guild.id);
  },
  GUILD_ROLE_CREATE: learnRole,
  GUILD_ROLE_UPDATE: learnRole,
  CHANNEL_CREATE: learnName,
  CHANNEL_UPDATE: learnName,
  THREAD_UPDATE: learnName,
  THREAD_CREATE(data, memory) {
    const thread = payload.threadCreated.safeParse(data).data;
    if (thread === undefined) return;
    memory.addThreads([thread.id]);
    memory.addNames([thread]);
  },
  THREAD_LIST_SYNC(data, memory) {
    const list = payload.threadsListed.safeParse(data).data;
    if (list === undefined) return;
    memory.addThreads(list.threads.map((thread) => thread.id));
    memory.addNames(list.threads);
  },
  THREAD_DELETE(data, memory) {
    const thread = payload.threadCreated.safeParse(data).data;
    if (thread !== undefined) memory.removeThread(thread.id);
  },
};

function learnRole(data: unknown, memory: Memory): void {
  const given = payload.guildRole.safeParse(data).data;
  if (given === undefined) return;
  memory.addRole(given.guild_id, given.role);
  memory.addNames([given.role]);
}

function learnName(data: unknown, memory: Memory): void {
  const channel = payload.channelChanged.safeParse(data).data;
  if (channel !== undefined) memory.addNames([channel]);
}

/** Milliseconds that a message may be held up to find out what a role in it is. */
const WITHIN_MS = 2_000;

/**
 * Before a message that mentions roles is read: asks for the guild's roles where they were never told, which is so after
 * a session was taken over from an earlier process. Best effort.
 */
export async function learnRoles(
  dispatch: Dispatch,
  memory: Memory,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  if (dispatch.t !== 'MESSAGE_CREATE') return;
  const message = payload.message.safeParse(dispatch.d).data;
  const guild = message?.guild_id;
  if (!guild || message.mention_roles.length === 0 || memory.knowsRolesOf(guild)) return;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
    const answer = await client.request({ method: 'GET', route: `/guilds/${encodeURIComponent(guild)}/roles` }, within);
    const roles = shaped(payload.roles, answer, 'unavailable');
    memory.setRoles(guild, roles);
    memory.addNames(roles);
  } catch {
    // Not asked again for every message: a mention of the bot by name still counts.
    memory.setRoles(guild, []);
  }
}
