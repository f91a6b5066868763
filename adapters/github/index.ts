import type { Adapter, Credentials, Limits } from '../../src/model/adapter.ts';
import { Failure, toFailure } from '../../src/model/failure.ts';
import { baseUrl, required } from '../kit/base-url.ts';
import { openClient } from './client.ts';
import type { Client } from './client.ts';
import { openChecks } from './checks.ts';
import { openComments } from './comments.ts';
import { openDiscussions } from './discussions.ts';
import { openFetchAttachment } from './fetch-attachment.ts';
import { openGraph } from './graphql.ts';
import { openLookup } from './lookup.ts';
import { openMarker } from './marker.ts';
import type { Bot } from './message.ts';
import { appAnswer } from './payload.ts';
import { openMissed } from './missed.ts';
import { privateKeyOf } from './private-key.ts';
import { openProbe } from './probe.ts';
import { openReaching } from './reach.ts';
import { openReact } from './react.ts';
import { receive } from './receive.ts';
import { MOST_CHARACTERS, render } from './render.ts';
import { openSending } from './send.ts';
import { openReadingTools } from './tools.ts';

const LIMITS: Limits = {
  part: MOST_CHARACTERS,
  measure: (markdown) => render(markdown).length,
  // Every edit counts against 80 content writes a minute and 500 an hour: one final write.
  editEveryMs: undefined,
  appendEveryMs: undefined,
  streamForMs: undefined,
  findable: true,
  // GitHub states no number for how late a list may be; ours: the call's own ten seconds, and a wide margin over what its
  // replicas need.
  readLagMs: 25_000,
  lateMs: 15_000,
  // "No more than 80 content-generating requests per minute and no more than 500 per hour" (docs: Rate limits for the REST API).
  budgets: [
    {
      calls: ['post', 'edit'],
      per: 'install',
      windows: [
        { most: 80, everyMs: 60_000 },
        { most: 500, everyMs: 3_600_000 },
      ],
    },
  ],
};

/**
 * One GitHub App.
 * @throws Failure `invalid` that names the variable to mend, or `unavailable` when its name has to be asked for and
 * GitHub does not answer.
 */
export async function openGithub(credentials: Credentials, signal: AbortSignal): Promise<Adapter> {
  const appId = required(credentials, 'APP_ID');
  if (!/^\d{1,15}$/.test(appId)) throw new Failure('invalid', 'APP_ID must be the number in the GitHub App settings');
  const privateKey = privateKeyOf(required(credentials, 'PRIVATE_KEY'));
  const webhookSecret = required(credentials, 'WEBHOOK_SECRET');
  const apiUrl = baseUrl(credentials, 'GITHUB_API_URL', 'https://api.github.com');
  const client = openClient({ appId, privateKey, apiUrl });
  const slug = await slugOf(credentials, client, signal);

  const bot: Bot = { appId: Number(appId), slug, webUrl: webUrlOf(apiUrl) };
  const marker = openMarker(webhookSecret);
  const graph = openGraph(client);
  const discussions = openDiscussions(graph, bot);
  const react = openReact(client, graph, bot);
  // No `whisper`: all that is said on GitHub is for everybody who sees the place. No `share`: GitHub's API takes no files
  // for comments (octokit/octokit.net#1609; what its own command line does is undocumented and for people: cli/cli#13256).
  return {
    platform: 'github',
    limits: LIMITS,
    suggests: true,
    receive: (request) => Promise.resolve(receive(request, webhookSecret, bot)),
    ...openSending(
      { comments: openComments(client, discussions), react, checks: openChecks(client, bot) },
      marker,
      bot,
    ),
    ...openLookup({ client, discussions }, marker, bot),
    ...openReaching(client, bot),
    missed: openMissed(client),
    probe: openProbe(webhookSecret),
    fetchAttachment: openFetchAttachment(client, bot.webUrl),
    tools: openReadingTools(client),
  };
}

/** The app's name in mentions: as configured, else as GitHub says. */
async function slugOf(credentials: Credentials, client: Client, signal: AbortSignal): Promise<string> {
  const given = credentials['GITHUB_APP_SLUG']?.trim().replace(/^@/, '');
  const slug = given === undefined || given === '' ? await askSlug(client, signal) : given;
  if (/^[a-z0-9][a-z0-9-]{0,99}$/i.test(slug)) return slug;
  throw new Failure('invalid', 'GITHUB_APP_SLUG must be the app’s name as in github.com/apps/<slug>');
}

async function askSlug(client: Client, signal: AbortSignal): Promise<string> {
  try {
    return appAnswer.parse(await client.asApp('GET /app', signal)).slug;
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    if (failure.code !== 'unauthorized' && failure.cause !== 404) throw failure;
    throw new Failure('invalid', `GitHub does not take APP_ID with this PRIVATE_KEY (${failure.message})`);
  }
}

/** `api.github.com` and `api.<name>.ghe.com` have their pages one name up; GitHub Enterprise Server has one host for both. */
function webUrlOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, '')}`;
}
