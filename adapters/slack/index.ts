import type { Adapter, Credentials, Limits } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { baseUrl, required } from '../kit/base-url.ts';
import { openClient } from './client.ts';
import { botTokenOf, hasOwnTokens } from './credentials.ts';
import { openFetchAttachment } from './fetch-attachment.ts';
import { openLookup } from './lookup.ts';
import { openMissed } from './missed.ts';
import { openForms } from './open-form.ts';
import { openPerson } from './person.ts';
import { openProbe } from './probe.ts';
import { openReach, under } from './reach.ts';
import { openReact } from './react.ts';
import { receive } from './receive.ts';
import { render } from './render.ts';
import { openSending } from './send.ts';
import { openShare, SHARE_BEGINS_WITHIN_MS } from './share.ts';
import { openShow } from './show.ts';
import { openStreaming } from './stream.ts';
import { openWhisper } from './whisper.ts';

const LIMITS: Limits = {
  // chat.update fails above 4,000 characters (`msg_too_long`), while chat.postMessage takes 40,000; every part may have
  // to be edited. A hundred are left for what Slack counts otherwise than we do.
  part: 3900,
  measure: (markdown) => render(markdown).length,
  // chat.update is Tier 3: 50+ a minute per workspace (docs: Rate limits).
  editEveryMs: 1500,
  // chat.appendStream is Tier 4: 100+ a minute per workspace.
  appendEveryMs: 700,
  // Slack ends a stream after about five minutes, which it does not document (slackapi/python-slack-sdk#1859).
  streamForMs: 4 * 60_000,
  findable: true,
  // Undocumented; ours, beyond the lags of up to 30 s that a look-up has to survive.
  readLagMs: 45_000,
  lateMs: 15_000,
  // Ours: 40,000 characters and more are still posts.
  mostPosts: 20,
  // Ours: until the last call that shares a file has ended, and half a minute in which Slack looks through the file.
  shareLagMs: SHARE_BEGINS_WITHIN_MS + 10_000 + 30_000,
  // docs: assistant.threads.setStatus, "A two minute timeout applies".
  statusForMs: 120_000,
  // Per method and workspace: Tier 3, 2 and 4 (docs: Rate limits). chat.postMessage has no tier: one a second in a channel,
  // and bursts are let pass, but not promised.
  budgets: [
    { calls: ['post', 'share'], per: 'channel', windows: [{ most: 1, everyMs: 1_000 }] },
    // Its methods are Tier 4 (docs: files.getUploadURLExternal); files.info, of the same tier, is asked seven times at most.
    { calls: ['share'], per: 'install', windows: [{ most: 14, everyMs: 60_000 }] },
    { calls: ['edit'], per: 'install', windows: [{ most: 50, everyMs: 60_000 }] },
    { calls: ['start'], per: 'install', windows: [{ most: 20, everyMs: 60_000 }] },
    { calls: ['append'], per: 'install', windows: [{ most: 100, everyMs: 60_000 }] },
    { calls: ['stop'], per: 'install', windows: [{ most: 20, everyMs: 60_000 }] },
  ],
};

/**
 * One Slack app. Opening it makes no call: a token that is wrong is told by the first one that needs it.
 * @throws Failure `invalid` that names the variable to mend.
 */
export function openSlack(credentials: Credentials, signal: AbortSignal): Promise<Adapter> {
  if (signal.aborted) return Promise.reject(new Failure('aborted', 'Slack: ended before it was opened'));
  try {
    // An empty secret would make every signature forgeable: `required` refuses it.
    const signingSecret = required(credentials, 'SLACK_SIGNING_SECRET');
    const botToken = hasOwnTokens(credentials) ? undefined : botTokenOf(required(credentials, 'SLACK_BOT_TOKEN'));
    const client = openClient({
      apiUrl: `${baseUrl(credentials, 'SLACK_API_URL', 'https://slack.com/api')}/`,
      botToken,
    });
    const openForm = openForms(client);
    return Promise.resolve({
      platform: 'slack',
      limits: LIMITS,
      receive: (request) => Promise.resolve(receive(request, signingSecret, openForm)),
      ...openSending(client),
      react: openReact(client),
      whisper: openWhisper(client),
      reach: openReach(client),
      under,
      share: openShare(client),
      person: openPerson(client),
      stream: openStreaming(client),
      show: openShow(client),
      ...openLookup(client),
      missed: openMissed(client),
      probe: openProbe(signingSecret),
      fetchAttachment: openFetchAttachment(client),
    });
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}
