import type { Adapter, Credentials, Limits } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { baseUrl } from '../kit/base-url.ts';
import { openAccessToken } from './access-token.ts';
import { openClient } from './client.ts';
import { registrationOf } from './credentials.ts';
import { openGraph } from './graph.ts';
import { openLookup } from './lookup.ts';
import { openFetchAttachment } from './fetch-attachment.ts';
import { openHosts } from './hosts.ts';
import { openKeys } from './keys.ts';
import { under } from './place.ts';
import { openPrivately } from './private.ts';
import { openMissed } from './missed.ts';
import { openReaching } from './reach.ts';
import { receive } from './receive.ts';
import { render } from './render.ts';
import { openSending } from './send.ts';
import { openStreaming } from './stream.ts';

const LIMITS: Limits = {
  // A whole activity is at most 100 KB in UTF-16, else 413 MessageSizeTooBig (docs: Format your bot messages). Ours is
  // below half of it, because Teams makes HTML of the text; 24,000 letters are also as much as anybody reads at once.
  part: 48_000,
  // Bytes of UTF-16, as the text stands in the activity's JSON.
  measure: (markdown) => JSON.stringify(render(markdown)).length * 2,
  // 7 calls a second, 60 in 30 s and 1,800 an hour for one bot in one thread (docs: Optimize your bot with rate
  // limiting): every two seconds never comes to an end.
  editEveryMs: 2000,
  // "Buffer the tokens from the model for 1.5 to two seconds", for two minutes at most (docs: Stream bot messages).
  appendEveryMs: 1500,
  streamForMs: 100_000,
  // A bot reads a conversation only where its owners consented to that by Microsoft Graph, and no chat with one person.
  findable: false,
  // Ours: Graph does not say when a message can be read that Teams has taken.
  readLagMs: 15_000,
  lateMs: 15_000,
  // "Clients SHOULD display typing indicators for three seconds" (Bot Framework Activity, A6000).
  statusForMs: 3_000,
  // For one bot in one thread, sending (a typing sign, too) and updating alike (docs: Optimize your bot with rate limiting).
  budgets: [
    {
      calls: ['post', 'edit', 'show', 'start', 'append', 'stop'],
      per: 'thread',
      windows: [
        { most: 7, everyMs: 1_000 },
        { most: 8, everyMs: 2_000 },
        { most: 60, everyMs: 30_000 },
        { most: 1_800, everyMs: 3_600_000 },
      ],
    },
    // "The throttling limit is 1 request per second" (docs: Stream bot messages, "Continue streaming").
    { calls: ['start', 'append', 'stop'], per: 'thread', windows: [{ most: 1, everyMs: 1_000 }] },
  ],
};

/** Serves every region, for what begins with us (Agents SDK, TeamsServiceEndpoints); other clouds have others. */
const SERVICE_URL = 'https://smba.trafficmanager.net/teams';
const LOGIN_URL = 'https://login.microsoftonline.com';
const GRAPH_URL = 'https://graph.microsoft.com';
const METADATA = 'https://login.botframework.com/v1/.well-known/openidconfiguration';

/**
 * One Azure Bot. Opening it makes no call: keys are read with the first message, a token is asked for with the first answer.
 * @throws Failure `invalid` that names the variable to mend.
 */
export function openTeams(credentials: Credentials, signal: AbortSignal): Promise<Adapter> {
  if (signal.aborted) return Promise.reject(new Failure('aborted', 'Teams: ended before it was opened'));
  try {
    return Promise.resolve(open(credentials));
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

function open(credentials: Credentials): Adapter {
  const { tenant, ...app } = registrationOf(credentials);
  const { appId, password } = app;
  const tokens = openAccessToken(app);
  const hosts = openHosts(credentials);
  const keys = openKeys(baseUrl(credentials, 'TEAMS_OPENID_METADATA_URL', METADATA));
  const client = openClient(tokens, hosts);
  const home = { bot: `28:${appId}`, serviceUrl: baseUrl(credentials, 'TEAMS_SERVICE_URL', SERVICE_URL) };
  // No `share`: a bot sends files to one person alone, and only after that person consents to each; in channels and group
  // chats they are uploaded with Microsoft Graph (docs: Send and receive files through a bot).
  const graph = openGraph({
    appId,
    password,
    loginUrl: baseUrl(credentials, 'TEAMS_LOGIN_URL', LOGIN_URL),
    graphUrl: baseUrl(credentials, 'TEAMS_GRAPH_URL', GRAPH_URL),
  });
  const reader = { graph, client, appId };
  const sending = openSending(client);
  const reaching = openReaching(client, home);
  return {
    platform: 'teams',
    limits: LIMITS,
    receive: (request) => receive(request, { keys, hosts, audience: { appId, tenant } }),
    ...sending,
    ...reaching,
    ...openPrivately({ ...sending, ...reaching }),
    stream: openStreaming(client),
    ...openLookup(reader),
    missed: openMissed(reader),
    under,
    fetchAttachment: openFetchAttachment(tokens, hosts, reader),
  };
}
