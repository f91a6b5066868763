import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listings } from '../../adapters/listings.ts';
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/index.ts';
import { settingsIn } from '../../src/connect/settings.ts';
import { paperConnections } from '../kit/connections.ts';
import { openTestConsole, type TestConsole } from '../kit/console.ts';
import { startRole, type HubRole } from '../kit/process.ts';
import { until } from '../kit/until.ts';

/** As the tests' own keys are, for the real program. */
const SWITCHBOARD_SECRET = Buffer.alloc(32, 7).toString('base64');

/** The program's own promise. */
const HEARD_WITHIN_MS = 2_000;

let slack: SlackStandIn;
let console_: TestConsole;
let web: HubRole;
let worker: HubRole;
before(async () => {
  slack = await openSlackStandIn({ echoes: false });
  console_ = await openTestConsole();
  const { database } = console_;
  const settings = slack.apps.urls;
  const connections = paperConnections(database.db, { listings, settingsOf: (one) => settingsIn(settings, one) });
  console_ = await openTestConsole({ connections }, database);
  const environment = { ...settings, DATABASE_URL: database.url, SWITCHBOARD_SECRET };
  [web, worker] = await Promise.all([startRole('web', environment), startRole('worker', environment)]);
  slack.deliverTo(web.url ?? '');
});
after(async () => {
  await Promise.all([web.stop(), worker.stop()]);
  await slack[Symbol.asyncDispose]();
  await console_.database[Symbol.asyncDispose]();
});

const knock = async (app: string): Promise<number> =>
  (await fetch(`${web.url}/hooks/slack/${app}`, { method: 'POST', body: '{}' })).status;

const body = (more: Record<string, string> = {}) => {
  const { SLACK_SIGNING_SECRET = '', SLACK_BOT_TOKEN = '' } = slack.environment;
  return { way: 'paste', values: { SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN, ...more } };
};

test('an app is there in running processes of the real program within two seconds, changes there, and goes', async () => {
  const connected = await console_.ask('/api/v1/connect/slack', { method: 'POST', body: body() });
  assert.equal(connected.status, 200);
  const { app } = (await connected.json()) as { app: string };
  // Signed by nobody: 401 as soon as the app is there, 404 until then.
  await until('the app is there', async () => (await knock(app)) === 401, { withinMs: HEARD_WITHIN_MS });
  const said = await slack.say({ text: 'who are you?' });
  assert.equal(said.status, 200);
  await until('an answer', () => slack.visible(said.thread).some(({ fromBot }) => fromBot), { withinMs: 10_000 });

  const path = `/api/v1/apps/${app}/credentials`;
  const other = body({ SLACK_SIGNING_SECRET: 'another-secret-than-before' });
  assert.equal((await console_.ask(path, { method: 'PUT', body: other })).status, 200);
  await until('the old secret is refused', async () => (await slack.say({ text: 'again?' })).status === 401, {
    withinMs: HEARD_WITHIN_MS,
  });

  assert.equal((await console_.ask(`/api/v1/apps/${app}`, { method: 'DELETE' })).status, 204);
  await until('the app is gone', async () => (await knock(app)) === 404, { withinMs: HEARD_WITHIN_MS });
  for (const printed of [web.printed(), worker.printed()])
    assert.ok(!printed.includes(slack.environment['SLACK_BOT_TOKEN'] ?? '-'));
});
