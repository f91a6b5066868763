import type { z } from 'zod';
import type { Adapter } from '../../src/model/adapter.ts';
import type { Delivery } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { patiently } from '../kit/patiently.ts';
import { writeJson } from '../kit/write-json.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { learnRoles } from './learn.ts';
import { openMemory } from './memory.ts';
import type { Memory } from './memory.ts';
import { listedThreads, channels, guildMember, guilds, rawMessages } from './payload.ts';
import type { channel } from './payload.ts';
import type { Dispatch } from './read.ts';
import { read } from './read.ts';
import { dateOfSnowflake, snowflakeOf } from './snowflake.ts';
import { isReadable } from './visible.ts';
import type { Membership } from './visible.ts';

/** Ours: an answer to what was asked the day before yesterday helps nobody, and each busy channel costs calls. */
const FURTHEST_MS = 24 * 3_600_000;
/** The most that Discord gives at once: messages, and guilds of a bot. */
const MESSAGES_PER_PAGE = 100;
const GUILDS_PER_PAGE = 200;
/** 2,000 messages of one channel: a limit of ours. The oldest are found, the rest is left. */
const MOST_PAGES = 20;
/** The least time without a word after which Discord archives a thread; before, none that was spoken in can be. */
const ARCHIVED_AFTER_MS = 60 * 60_000;
/** Docs, "Channel Types": text, announcement, forum and media channels can have public threads that are archived. */
const WITH_THREADS = new Set([0, 5, 15, 16]);
/** There `last_message_id` is that of the newest thread. */
const WITHOUT_MESSAGES = new Set([15, 16]);

type Search = {
  readonly client: Client;
  readonly bot: Bot;
  readonly memory: Memory;
  readonly since: Date;
  readonly signal: AbortSignal;
};
type Channel = z.output<typeof channel>;

/**
 * Messages in guilds, read back channel by channel where something is newer than `since`, and translated as if the gateway
 * had told them. Direct conversations are not found: Discord lists them to no bot. Nor are private threads that were
 * archived meanwhile, clicks and commands, whose time to be answered is over.
 */
export function openMissed(client: Client, bot: Bot): NonNullable<Adapter['missed']> {
  return async function* (_installs, since, signal) {
    const earliest = new Date(Math.max(since.getTime(), Date.now() - FURTHEST_MS));
    const search: Search = { client, bot, memory: openMemory(bot.user), since: earliest, signal };
    for await (const member of memberships(search)) yield* inGuild(search, member);
  };
}

async function* memberships(search: Search): AsyncIterable<Membership> {
  for (let after = '0'; ;) {
    const query = { limit: String(GUILDS_PER_PAGE), after };
    const page = await get(search, guilds, '/users/@me/guilds', query);
    for (const { id, permissions } of page) {
      const member = await orClosed(get(search, guildMember, `/guilds/${id}/members/${search.bot.user}`));
      if (member !== undefined) yield { guild: id, bot: search.bot.user, permissions, roles: member.roles };
    }
    if (page.length < GUILDS_PER_PAGE) return;
    after = page.at(-1)?.id ?? '';
  }
}

async function* inGuild(search: Search, member: Membership): AsyncIterable<Delivery> {
  const all = (await orClosed(get(search, channels, `/guilds/${member.guild}/channels`))) ?? [];
  const readable = all.filter((one) => isReadable(one, member));
  const ids = new Set(readable.map(({ id }) => id));
  const active = await orClosed(get(search, listedThreads, `/guilds/${member.guild}/threads/active`));
  const inThreads = (active?.threads ?? []).filter(({ parent_id }) => ids.has(parent_id ?? ''));
  const inChannels = readable.filter(({ type }) => !WITHOUT_MESSAGES.has(type));
  for (const one of [...inChannels, ...inThreads]) yield* inChannel(search, member, one);
  if (Date.now() - search.since.getTime() < ARCHIVED_AFTER_MS) return;
  for (const parent of readable.filter(({ type }) => WITH_THREADS.has(type))) {
    // The last archived come first; with more than a page of them within a day the oldest are left.
    const archived = await orClosed(get(search, listedThreads, `/channels/${parent.id}/threads/archived/public`));
    for (const one of archived?.threads ?? []) yield* inChannel(search, member, one);
  }
}

async function* inChannel(search: Search, { guild }: Membership, one: Channel): AsyncIterable<Delivery> {
  const newest = dateOfSnowflake(one.last_message_id ?? '');
  if (newest === undefined || newest < search.since) return;
  let after = snowflakeOf(search.since);
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: String(MESSAGES_PER_PAGE), after };
    const list = (await orClosed(get(search, rawMessages, `/channels/${one.id}/messages`, query))) ?? [];
    for (const message of list.toReversed()) {
      // What the gateway tells beside the message itself.
      const d = { ...message, guild_id: guild, channel_type: one.type };
      const delivery = await deliveryOf(search, { t: 'MESSAGE_CREATE', s: 0, d });
      if (delivery !== undefined) yield delivery;
    }
    if (list.length < MESSAGES_PER_PAGE) return;
    after = list[0]?.id ?? after;
  }
}

async function deliveryOf(search: Search, dispatch: Dispatch): Promise<Delivery | undefined> {
  const { client, bot, memory, signal } = search;
  await learnRoles(dispatch, memory, client, signal);
  const means = read(dispatch, { bot, memory, session: 'read back' });
  return means && { ...means, raw: Buffer.from(writeJson(dispatch) ?? '', 'utf8') };
}

async function get<Shape extends z.ZodType>(
  { client, signal }: Search,
  shape: Shape,
  route: `/${string}`,
  query: Readonly<Record<string, string>> = {},
): Promise<z.output<Shape>> {
  const answer = await patiently(signal, () => client.request({ method: 'GET', route, query }, signal));
  return shaped(shape, answer, 'unavailable');
}

/** A channel or guild that was closed to the bot meanwhile has nothing for it. */
async function orClosed<Result>(asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Failure && (thrown.code === 'gone' || thrown.code === 'refused')) return undefined;
    throw thrown;
  }
}
