import type { Adapter, Credentials, Limits } from '../../src/model/adapter.ts';
import { baseUrl, required } from '../kit/base-url.ts';
import { botOf } from './bot.ts';
import { openClient } from './client.ts';
import { openFetchAttachment } from './fetch-attachment.ts';
import { openIdentifyPace } from './identify-pace.ts';
import { openInteractions } from './interactions.ts';
import { openListen } from './listen.ts';
import { openLookup } from './lookup.ts';
import { openMissed } from './missed.ts';
import { publicKeyOf, receive } from './receive.ts';
import { openPerson } from './person.ts';
import { openReach, under } from './reach.ts';
import { openReact } from './react.ts';
import { registerCommands } from './register-commands.ts';
import { render } from './render.ts';
import { openSending } from './send.ts';
import { openWhisper } from './whisper.ts';

const LIMITS: Limits = {
  // Docs, Create Message: "up to 2000 characters". Discord counts code points, we count UTF-16 units, never fewer.
  part: 2000,
  measure: (markdown) => render(markdown).length,
  // The headers of PATCH say five in five seconds per channel; a little more for the clock.
  editEveryMs: 1100,
  appendEveryMs: undefined,
  streamForMs: undefined,
  findable: true,
  // Undocumented; ours. The nonce covers what is not to be seen yet.
  readLagMs: 2_000,
  lateMs: 15_000,
  // Ours: 40,000 characters and more are still posts.
  mostPosts: 30,
  // A call with a file ends within thirty seconds (fetch.ts).
  shareLagMs: 32_000,
  // Docs, Trigger Typing Indicator: it "expires after 10 seconds".
  statusForMs: 10_000,
  // Docs, Rate Limits, "Global Rate Limit". The limits of routes are told by the headers of answers and kept by the client;
  // those of posts and edits have said five in five seconds per channel for years, and are shared by all processes here, so
  // that the ends of answers go before texts that grow.
  budgets: [
    { calls: ['post', 'share', 'edit', 'find', 'show'], per: 'app', windows: [{ most: 50, everyMs: 1_000 }] },
    { calls: ['post', 'share'], per: 'channel', windows: [{ most: 5, everyMs: 5_000 }] },
    { calls: ['edit'], per: 'channel', windows: [{ most: 5, everyMs: 5_000 }] },
  ],
};

const REGISTER_WITHIN_MS = 10_000;

/**
 * One Discord application with its bot. Opening waits for no call: a token that is wrong is told by the gateway.
 * @throws Failure `invalid` that names the variable to mend.
 */
export async function openDiscord(credentials: Credentials, signal: AbortSignal): Promise<Adapter> {
  const token = required(credentials, 'DISCORD_TOKEN');
  const bot = botOf(token, given(credentials, 'DISCORD_APPLICATION_ID'));
  const hex = given(credentials, 'DISCORD_PUBLIC_KEY');
  const publicKey = hex === undefined ? undefined : publicKeyOf(hex);
  const client = openClient({ token, apiUrl: baseUrl(credentials, 'DISCORD_API_URL', 'https://discord.com/api/v10') });
  const interactions = openInteractions(client, bot);
  void registerCommands(client, bot, AbortSignal.any([signal, AbortSignal.timeout(REGISTER_WITHIN_MS)]));
  return {
    platform: 'discord',
    limits: LIMITS,
    receive: (request) => Promise.resolve(receive(request, publicKey, bot)),
    listen: openListen({ client, token, bot, pace: openIdentifyPace() }),
    ...openSending(client, interactions, bot),
    react: openReact(client),
    whisper: openWhisper(client, interactions),
    reach: openReach(client, bot),
    under,
    person: openPerson(client),
    ...openLookup(client, interactions, bot),
    missed: openMissed(client, bot),
    fetchAttachment: openFetchAttachment(client),
  };
}

function given(credentials: Credentials, name: string): string | undefined {
  const value = credentials[name]?.trim();
  return value === '' ? undefined : value;
}
