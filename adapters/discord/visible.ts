import type { z } from 'zod';
import type { channel, guildMember } from './payload.ts';

/** Docs, "Permissions": what it takes to read what was said in a channel. */
const ADMINISTRATOR = 1n << 3n;
const VIEW_CHANNEL = 1n << 10n;
const READ_MESSAGE_HISTORY = 1n << 16n;
const READ = VIEW_CHANNEL | READ_MESSAGE_HISTORY;

/** A guild as the bot is in it. */
export type Membership = {
  readonly guild: string;
  readonly bot: string;
  /** Of the bot's roles together, before channels change them. */
  readonly permissions: bigint;
  readonly roles: z.output<typeof guildMember>['roles'];
};

/**
 * Whether the bot may read a channel (docs, "Permission Overwrites", in that order). Asked here and not of Discord: a guild's
 * list has channels that the bot cannot see, and refusals are counted against the address.
 */
export function isReadable({ permission_overwrites }: z.output<typeof channel>, member: Membership): boolean {
  let own = member.permissions;
  if ((own & ADMINISTRATOR) !== 0n) return true;
  const of = (ids: readonly string[]) => permission_overwrites.filter(({ id }) => ids.includes(id));
  for (const overwrites of [of([member.guild]), of(member.roles), of([member.bot])]) {
    const deny = overwrites.reduce((all, one) => all | one.deny, 0n);
    const allow = overwrites.reduce((all, one) => all | one.allow, 0n);
    own = (own & ~deny) | allow;
  }
  return (own & READ) === READ;
}
