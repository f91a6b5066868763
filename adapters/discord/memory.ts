import type { DiscordRole } from './payload.ts';

/** What earlier dispatches told about guilds, and later ones leave out. Of this process only. */
export type Memory = {
  readonly isThread: (channel: string) => boolean;
  readonly addThreads: (channels: readonly string[]) => void;
  readonly removeThread: (channel: string) => void;
  /** The role that Discord made for the bot in that guild; undefined: there is none, or it is not known. */
  readonly roleIn: (guild: string) => string | undefined;
  /** Whether the guild's roles were ever told. */
  readonly knowsRolesOf: (guild: string) => boolean;
  readonly setRoles: (guild: string, roles: readonly DiscordRole[]) => void;
  readonly addRole: (guild: string, role: DiscordRole) => void;
  /** What a channel, a thread or a role is called. */
  readonly nameOf: (id: string) => string | undefined;
  readonly addNames: (named: readonly { readonly id: string; readonly name: string }[]) => void;
  readonly forgetGuild: (guild: string) => void;
};

/** The oldest are forgotten above so many. A thread's messages name their channel's type too. */
const MOST_THREADS = 50_000;
const MOST_NAMES = 100_000;

export function openMemory(botUser: string): Memory {
  const threads = new Set<string>();
  const names = new Map<string, string>();
  const roles = new Map<string, string | undefined>();
  const isOwn = (role: DiscordRole): boolean => role.tags?.bot_id === botUser;
  return {
    isThread: (channel) => threads.has(channel),
    addThreads(channels) {
      for (const channel of channels) threads.add(channel);
      for (const oldest of threads) {
        if (threads.size <= MOST_THREADS) return;
        threads.delete(oldest);
      }
    },
    removeThread: (channel) => void threads.delete(channel),
    roleIn: (guild) => roles.get(guild),
    knowsRolesOf: (guild) => roles.has(guild),
    setRoles: (guild, all) => void roles.set(guild, all.find(isOwn)?.id),
    addRole(guild, role) {
      if (isOwn(role)) roles.set(guild, role.id);
    },
    nameOf: (id) => names.get(id),
    addNames(named) {
      for (const { id, name } of named) if (name !== '') names.set(id, name);
      for (const oldest of names.keys()) {
        if (names.size <= MOST_NAMES) return;
        names.delete(oldest);
      }
    },
    forgetGuild: (guild) => void roles.delete(guild),
  };
}
