import { createRequire } from 'node:module';
import { z } from 'zod';
import type { Platform as Name } from '../../src/model/platform.ts';

/** A genuine payload, and the headers that say what it is. */
export type Sample = {
  readonly what: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
};

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

/** What a stand-in's people do not do: made of what they did. */
export function furtherSamples(platform: Name, captured: readonly Sample[]): readonly Sample[] {
  if (platform === 'github') return githubExamples();
  const last = captured.findLast(({ body }) => body.startsWith('{'));
  const base: object = objectOf(last?.body ?? '{}');
  if (platform === 'slack') return slackForms(base);
  return platform === 'teams' ? teamsClicks(base) : discordClicks(base);
}

const objectOf = (text: string): object => z.looseObject({}).parse(JSON.parse(text));
const asJson = (what: string, payload: object, headers: Sample['headers'] = JSON_TYPE): Sample => ({
  what,
  body: JSON.stringify(payload),
  headers,
});

function slackForms(envelope: object): readonly Sample[] {
  const { team_id: team, api_app_id: app } = z
    .looseObject({ team_id: z.string(), api_app_id: z.string() })
    .parse(envelope);
  const user = { id: 'U0ADA000001', username: 'ada', name: 'ada', team_id: team };
  const click = {
    type: 'block_actions',
    user,
    api_app_id: app,
    container: { type: 'message', message_ts: '1767574193.000100', channel_id: 'C0MAIN00001', is_ephemeral: false },
    trigger_id: '1767574193.000200.abc',
    team: { id: team, domain: 'acme' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: 'C0MAIN00001', name: 'general' },
    actions: [{ block_id: 'b1', action_id: 'vote', type: 'button', value: 'yes', action_ts: '1767574193.000300' }],
  };
  const stopped = {
    type: 'agent_session_stopped',
    channel: 'C0MAIN00001',
    user: user.id,
    thread_ts: '1767574193.000100',
    streaming_message_ts: ['1767574193.000400'],
  };
  const view = {
    id: 'V0001',
    type: 'modal',
    callback_id: 'vote',
    private_metadata: 'C0MAIN00001|1767574193.000100|1767574193.000100|U0ADA000001|T0|U0BOT|A0|',
    state: { values: { why: { why: { type: 'plain_text_input', value: 'because' } } } },
  };
  const filledIn = { type: 'view_submission', team: click.team, user, api_app_id: app, trigger_id: '1.2.abc', view };
  return [
    {
      what: 'filled in',
      body: new URLSearchParams({ payload: JSON.stringify(filledIn) }).toString(),
      headers: FORM_TYPE,
    },
    { what: 'click', body: new URLSearchParams({ payload: JSON.stringify(click) }).toString(), headers: FORM_TYPE },
    asJson('stop', { ...envelope, event: stopped }),
  ];
}

function teamsClicks(activity: object): readonly Sample[] {
  const action = { type: 'Action.Execute', id: 'a1', verb: 'vote', data: { choice: 'yes' } };
  const { recipient } = z.looseObject({ recipient: z.unknown() }).parse(activity);
  return [
    asJson('execute', { ...activity, type: 'invoke', name: 'adaptiveCard/action', value: { action } }),
    asJson('dialog', { ...activity, type: 'invoke', name: 'task/fetch', value: { data: { action: 'vote' } } }),
    asJson('filled in', {
      ...activity,
      type: 'invoke',
      name: 'task/submit',
      value: { data: { action: 'vote', why: 'because' }, context: { theme: 'default' } },
    }),
    asJson('submit', { ...activity, type: 'message', id: 'f:1', text: '', value: { actionId: 'vote', choice: 'yes' } }),
    asJson('members', { ...activity, type: 'conversationUpdate', membersAdded: [recipient] }),
    asJson('added', { ...activity, type: 'installationUpdate', action: 'add' }),
  ];
}

function discordClicks(command: object): readonly Sample[] {
  const file = { id: '1457536583141163190', filename: 'a.txt', size: 3, url: 'https://cdn.discordapp.com/a.txt' };
  const options = [
    { name: 'text', type: 3, value: 'why?' },
    { name: 'file', type: 11, value: file.id },
  ];
  const data = { id: '1', name: 'ask', type: 1, options, resolved: { attachments: { [file.id]: file } } };
  return [
    asJson('click', { ...command, type: 3, data: { component_type: 3, custom_id: 'pick', values: ['a', 'b'] } }),
    asJson('filled in', {
      ...command,
      type: 5,
      data: {
        custom_id: 'vote',
        components: [{ type: 1, components: [{ type: 4, custom_id: 'why', value: 'because' }] }],
      },
    }),
    asJson('command with a file', { ...command, type: 2, data }),
    asJson('ping', { ...command, type: 1 }),
  ];
}

/** Dispatches that the stand-in's people do not cause. */
export function furtherDispatches(captured: readonly string[], interactions: readonly Sample[]): readonly string[] {
  const [message = '{}'] = captured.filter((text) => text.startsWith('{"t":"MESSAGE_CREATE"'));
  const { d } = z.object({ d: z.looseObject({ id: z.string(), channel_id: z.string() }) }).parse(JSON.parse(message));
  const guild_id = '1457468924290662599';
  const forwarded = { message_snapshots: [{ message: { content: 'copied', mentions: [], attachments: [] } }] };
  const guild = { id: guild_id, name: 'Acme', joined_at: new Date().toISOString(), roles: [], threads: [{ id: '77' }] };
  return [
    { t: 'MESSAGE_CREATE', d: { ...d, ...forwarded, content: '' } },
    { t: 'MESSAGE_DELETE_BULK', d: { ids: [d.id, '99'], channel_id: d.channel_id, guild_id } },
    { t: 'GUILD_CREATE', d: guild },
    { t: 'GUILD_DELETE', d: { id: guild_id } },
    { t: 'THREAD_CREATE', d: { id: d.channel_id, guild_id, newly_created: true } },
    { t: 'GUILD_ROLE_CREATE', d: { guild_id, role: { id: '5', tags: { bot_id: '6' } } } },
    // Where no endpoint is set, they come here.
    ...interactions.map(({ body }) => ({ t: 'INTERACTION_CREATE', d: objectOf(body) })),
  ].map(({ t, d }, index) => JSON.stringify({ t, s: index + 1_000, d }));
}

const READ =
  /^(issue_comment|pull_request_review_comment|pull_request_review|issues|pull_request|discussion|discussion_comment|commit_comment|check_run|installation|ping|push)$/;

/** GitHub's own examples, those of events that the adapter reads above all. */
function githubExamples(): readonly Sample[] {
  const collected = z
    .array(z.object({ name: z.string(), examples: z.array(z.looseObject({})) }))
    .parse(createRequire(import.meta.url)('@octokit/webhooks-examples'));
  return collected
    .filter(({ name }) => READ.test(name))
    .flatMap(({ name, examples }) =>
      examples.map((example, index) =>
        asJson(`${name} ${index}`, { installation: { id: 42 }, ...example }, { ...JSON_TYPE, 'x-github-event': name }),
      ),
    );
}
