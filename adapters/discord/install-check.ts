import { z } from 'zod';
import type { ConnectAbout, Finding } from '../../src/model/connect.ts';
import { toFailure } from '../../src/model/failure.ts';
import { COMMANDS } from '../../src/model/commands.ts';
import { baseUrl } from '../kit/base-url.ts';
import { checkClock } from '../kit/clock-skew.ts';
import { call } from '../kit/http.ts';
import { shaped, type Client } from './client.ts';
import { applicationAnswer } from './install-answers.ts';

/** docs: Application Flags, GATEWAY_MESSAGE_CONTENT and _LIMITED: of verified bots, and of those in fewer than 100 guilds. */
export const hasMessageContent = (flags: number): boolean => (flags & ((1 << 18) | (1 << 19))) !== 0;

type Application = z.output<typeof applicationAnswer>;

/** Looks at the token, the intents, the commands, where interactions go, the guilds, and the clock. */
export async function check(client: Client, about: ConnectAbout): Promise<readonly Finding[]> {
  const clock = await askClock(about);
  try {
    const get = (route: `/${string}`) => client.request({ method: 'GET', route }, about.signal);
    const application = shaped(applicationAnswer, await get('/applications/@me'), 'unavailable');
    const commands = shaped(
      z.array(z.object({ name: z.string() })),
      await get(`/applications/${application.id}/commands`),
      'unavailable',
    );
    const guilds = shaped(z.array(z.object({ id: z.string() })), await get('/users/@me/guilds'), 'unavailable');
    return [
      { check: 'token', state: 'ok', says: `Discord knows the bot of ${application.name}` },
      intents(application),
      registered(commands.map((one) => one.name)),
      interactions(application, about),
      places(guilds.length),
      clock,
    ];
  } catch (thrown) {
    const { code, message } = toFailure(thrown, 'unavailable');
    const isOurs = code === 'unauthorized' || code === 'refused';
    const fix = isOurs
      ? 'Press Reset Token under Bot in the developer portal, and rotate the token here.'
      : 'Discord was not reached: try again, and look at this machine’s network.';
    return [{ check: 'token', state: isOurs ? 'failed' : 'unknown', says: message, fix }, clock];
  }
}

function intents({ flags }: Application): Finding {
  if (hasMessageContent(flags)) return { check: 'intents', state: 'ok', says: 'Message Content Intent is on' };
  const says = 'Message Content Intent is off: the gateway refuses the bot';
  const fix = 'Switch on Message Content Intent under Bot in the developer portal.';
  return { check: 'intents', state: 'failed', says, fix };
}

function registered(names: readonly string[]): Finding {
  const missing = COMMANDS.filter(({ listed, name }) => listed && !names.includes(name)).map(({ name }) => `/${name}`);
  if (missing.length === 0) return { check: 'commands', state: 'ok', says: 'all commands are registered' };
  const fix = 'Pause and resume the app: its commands are registered when it is opened.';
  return { check: 'commands', state: 'failed', says: `${missing.join(', ')} are not registered`, fix };
}

/** Without an address they come over the gateway, which is as good. */
function interactions({ interactions_endpoint_url: url }: Application, { hookUrl }: ConnectAbout): Finding {
  if (url === null || url === undefined || url === '')
    return { check: 'event URL', state: 'ok', says: 'interactions come over the gateway' };
  if (url === hookUrl) return { check: 'event URL', state: 'ok', says: 'interactions are sent here' };
  const fix = `Leave Interactions Endpoint URL empty under General Information, or set it to ${hookUrl}`;
  return { check: 'event URL', state: 'failed', says: `interactions are sent to ${url.slice(0, 200)}`, fix };
}

function places(count: number): Finding {
  if (count > 0) return { check: 'installations', state: 'ok', says: `the bot is in ${count} servers` };
  const fix = 'Press “Add a workspace” and invite the bot into a server.';
  return { check: 'installations', state: 'failed', says: 'the bot is in no server', fix };
}

async function askClock(about: ConnectAbout): Promise<Finding> {
  try {
    const url = `${baseUrl(about.settings, 'DISCORD_API_URL', 'https://discord.com/api/v10')}/gateway`;
    return checkClock((await call({ method: 'GET', url }, about.signal)).headers);
  } catch (thrown) {
    return { check: 'clock', state: 'unknown', says: toFailure(thrown, 'unavailable').message };
  }
}
