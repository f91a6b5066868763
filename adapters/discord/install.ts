import { z } from 'zod';
import type { CheckedInstall, ConnectAbout, Connecting, ConnectStep, ConnectValues } from '../../src/model/connect.ts';
import { Failure } from '../../src/model/failure.ts';
import { baseUrl, required } from '../kit/base-url.ts';
import { name } from '../kit/shape.ts';
import { botOf } from './bot.ts';
import { openClient, shaped, type Client } from './client.ts';
import { check, hasMessageContent } from './install-check.ts';
import { applicationAnswer } from './install-answers.ts';
import { registerCommands } from './register-commands.ts';

/** Connecting a bot by its token. */
export const connecting: Connecting = {
  begin: (way, values, about) =>
    way === 'token' ? byToken(values, about) : Promise.reject(new Failure('invalid', `Discord has no way “${way}”`)),
  install: async (credentials, about) => ({ installs: [], go: { url: invitation(credentials, about), aside: true } }),
  installs: listGuilds,
  leave,
  check: (credentials, _installs, about) => check(clientFor(credentials, about), about),
};

/** docs: Permissions: view channels, send messages, in threads too, create public threads, embed links, attach files, read history, add reactions. */
const PERMISSIONS = [10, 11, 38, 35, 14, 15, 16, 6].reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);

async function byToken(values: ConnectValues, about: ConnectAbout): Promise<ConnectStep> {
  const token = required(values, 'DISCORD_TOKEN').replace(/^Bot\s+/i, '');
  const client = clientFor({ DISCORD_TOKEN: token }, about);
  const answer = await client.request({ method: 'GET', route: '/applications/@me' }, about.signal);
  const application = shaped(applicationAnswer, answer, 'unavailable');
  const self = await client.request({ method: 'GET', route: '/users/@me' }, about.signal);
  const user = shaped(z.object({ id: z.string(), username: name }), self, 'unavailable');
  await registerCommands(client, { user: user.id, application: application.id }, about.signal);
  const credentials = {
    DISCORD_TOKEN: token,
    DISCORD_APPLICATION_ID: application.id,
    DISCORD_PUBLIC_KEY: application.verify_key,
  };
  const invite = invitation(credentials, about);
  const details = {
    external: application.id,
    bot: user.id,
    messageContent: hasMessageContent(application.flags),
    invite,
  };
  const installs = await listGuilds(credentials, about);
  return {
    credentials,
    name: user.username,
    details,
    installs,
    ...(installs.length === 0 && { go: { url: invite, aside: true } }),
  };
}

/** Leads nowhere back: that the bot has come into a guild is told by the gateway. */
function invitation(credentials: ConnectValues, about: ConnectAbout): string {
  const query = new URLSearchParams({
    client_id: required(credentials, 'DISCORD_APPLICATION_ID'),
    scope: 'bot applications.commands',
    permissions: PERMISSIONS.toString(),
  });
  return `${baseUrl(about.settings, 'DISCORD_URL', 'https://discord.com')}/oauth2/authorize?${query.toString()}`;
}

const guilds = z.array(z.object({ id: z.string().regex(/^\d{1,20}$/), name }));

async function listGuilds(credentials: ConnectValues, about: ConnectAbout) {
  const request = { method: 'GET', route: '/users/@me/guilds' } as const;
  const answer = shaped(guilds, await clientFor(credentials, about).request(request, about.signal), 'unavailable');
  return answer.map(({ id, name: title }) => ({ install: id, name: title, details: {} }));
}

async function leave(credentials: ConnectValues, { install }: CheckedInstall, about: ConnectAbout): Promise<void> {
  if (!/^\d{1,20}$/.test(install)) return;
  const route = `/users/@me/guilds/${install}` as const;
  await clientFor(credentials, about).request({ method: 'DELETE', route }, about.signal);
}

/** @throws Failure `invalid`: it is no token. */
export function clientFor(credentials: ConnectValues, about: ConnectAbout): Client {
  const token = required(credentials, 'DISCORD_TOKEN');
  botOf(token, undefined);
  return openClient({ token, apiUrl: baseUrl(about.settings, 'DISCORD_API_URL', 'https://discord.com/api/v10') });
}
