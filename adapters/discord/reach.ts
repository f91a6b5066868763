import type { z } from 'zod';
import type { Access, Adapter } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Place } from '../../src/model/event.ts';
import { clean, cut } from '../kit/text.ts';
import { addressOf, DIRECT, idOf, placeOf } from './address.ts';
import type { Bot } from './bot.ts';
import type { Client } from './client.ts';
import { shaped } from './client.ts';
import { bodyOf } from './content.ts';
import { activeThreads, channelFound, opened } from './payload.ts';
import { renderPlain } from './render.ts';
import { dateOfSnowflake } from './snowflake.ts';

/** Docs, "Channel Types". */
const CHANNEL = { text: 0, announcement: 5, forum: 15, media: 16 } as const;
const THREAD = { announcement: 10, public: 11 } as const;
/** Docs, Start Thread: 1 to 100 characters. */
const LONGEST_NAME = 100;
/** Docs, Create Message. */
const LONGEST_TEXT = 2_000;
/** Discord has no key for a thread that is opened twice. One of that name that we opened just now is taken for it; ours. */
const SAME_FOR_MS = 5 * 60_000;

const at = (guild: string | undefined, channel: string): Place =>
  placeOf(guild, { channel, message: undefined, interaction: undefined });

/** A person's direct conversation, a channel, or a thread or forum post of that title in it. */
export function openReach(client: Client, bot: Bot): NonNullable<Adapter['reach']> {
  return async (access, to, signal) => {
    if ('person' in to) return direct(client, to.person, signal);
    const channel = idOf(to.channel, 'channel');
    const title = clean(to.title ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim();
    return title === '' ? at(guildOf(access), channel) : titled(client, bot, { channel, title }, signal);
  };
}

/** What people say under a post is said in its channel: a thread is a channel of its own, and a reply is none. */
export function under(place: Place): Place {
  const { channel } = addressOf(place);
  return { ...place, thread: channel, address: at(place.install, channel).address };
}

const guildOf = ({ install }: Access): string | undefined => (install === DIRECT ? undefined : install);

/** The same one however often it is asked for (docs: Create DM). */
async function direct(client: Client, person: string, signal: AbortSignal): Promise<Place> {
  const body = { recipient_id: idOf(person, 'user') };
  const answer = await client.request({ method: 'POST', route: '/users/@me/channels', body }, signal);
  return at(undefined, shaped(opened, answer, 'unknown-outcome').id);
}

type Titled = { readonly channel: string; readonly title: string };
type Found = z.output<typeof channelFound>;

async function titled(client: Client, bot: Bot, wanted: Titled, signal: AbortSignal): Promise<Place> {
  const asked = await client.request({ method: 'GET', route: `/channels/${wanted.channel}` }, signal);
  const found = shaped(channelFound, asked, 'unavailable');
  const guild = found.guild_id ?? undefined;
  const body = openingOf(found, wanted.title);
  // A direct conversation and a thread have no threads.
  if (body === undefined || guild === undefined) return at(guild, wanted.channel);
  const same = await justOpened(client, bot, { ...wanted, guild }, signal);
  if (same !== undefined) return at(guild, same);
  const route = `/channels/${wanted.channel}/threads` as const;
  const answer = await client.request({ method: 'POST', route, body }, signal);
  return at(guild, shaped(opened, answer, 'unknown-outcome').id);
}

function openingOf({ type }: Found, title: string): object | undefined {
  const name = cut(title, LONGEST_NAME);
  if (type === CHANNEL.text) return { name, type: THREAD.public };
  if (type === CHANNEL.announcement) return { name, type: THREAD.announcement };
  if (type !== CHANNEL.forum && type !== CHANNEL.media) return undefined;
  const content = renderPlain(title);
  if (content.length > LONGEST_TEXT) throw new Failure('too-large', 'the title is longer than a message may be');
  return { name, message: bodyOf(content, {}) };
}

async function justOpened(
  client: Client,
  bot: Bot,
  { guild, channel, title }: Titled & { readonly guild: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await client.request({ method: 'GET', route: `/guilds/${guild}/threads/active` }, signal);
  const name = cut(title, LONGEST_NAME).trim();
  return shaped(activeThreads, answer, 'unavailable').threads.find(
    (one) =>
      one.parent_id === channel &&
      one.owner_id === bot.user &&
      one.name?.trim() === name &&
      Date.now() - (dateOfSnowflake(one.id)?.getTime() ?? 0) < SAME_FOR_MS,
  )?.id;
}
