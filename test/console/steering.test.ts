import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { openPolicies, savePolicies } from '../../src/db/policies.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { sweepAudit } from '../../src/jobs/sweep-audit.ts';
import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import { switchesOf } from '../../src/switches.ts';
import { OTHER_ORGANIZATION, openTestConsole } from '../kit/console.ts';

const APP = environmentApp('slack');

test('a policy is made of layers, the console’s over the configuration’s, and each value says from where it comes', async () => {
  await using console = await openTestConsole();
  const { db } = console.database;
  const { policies } = console.as();
  await inOrganization(db, DEFAULT_ORGANIZATION, (tx) =>
    savePolicies(tx, { answer: 'all', overlap: 'queue' }, [
      { app: APP, install: 'T1', channel: '', policy: { halt: true } },
    ]),
  );
  const quiet = { from: '22:00', to: '06:00', timeZone: 'UTC' };
  await policies.$put({ query: {}, json: { answer: 'mention', quiet } });
  await policies.$put({ query: { app: APP, install: 'T1', channel: 'C1' }, json: { halt: false, quiet: null } });
  const { fields } = await (
    await policies.effective.$get({ query: { app: APP, install: 'T1', channel: 'C1' } })
  ).json();
  assert.deepEqual(fields['answer'], { value: 'mention', from: 'organization', origin: 'console' });
  assert.deepEqual(fields['overlap'], { value: 'queue', from: 'organization', origin: 'file' });
  assert.deepEqual(fields['halt'], { value: false, from: 'channel', origin: 'console' });
  assert.deepEqual(fields['quiet'], { value: null, from: 'channel', origin: 'console' });
  assert.deepEqual(fields['handOver'], { value: null, from: 'default', origin: 'default' });
  assert.equal(fields['edits']?.from, 'default');
  const book = await openPolicies(db)(DEFAULT_ORGANIZATION);
  assert.equal(book(APP, { install: 'T1', channel: 'C1' }).halt, false);
  assert.equal(book(APP, { install: 'T1', channel: 'C2' }).halt, true);
  assert.equal(book(APP, { install: 'T2', channel: 'C1' }).answer, 'mention');
  assert.deepEqual(
    ['C1', 'C2'].map((channel) => book(APP, { install: 'T1', channel }).quiet),
    [null, quiet],
  );
});

test('a start of the program with a file leaves what the console has decided', async () => {
  await using console = await openTestConsole();
  await console.as().policies.$put({ query: { app: APP }, json: { buttons: 'always' } });
  await inOrganization(console.database.db, DEFAULT_ORGANIZATION, (tx) => savePolicies(tx, { buttons: 'never' }, []));
  const { fields } = await (await console.as().policies.effective.$get({ query: { app: APP } })).json();
  assert.equal(fields['buttons']?.value, 'always');
});

test('a policy that makes no sense, or is for an app of somebody else, is refused', async () => {
  await using console = await openTestConsole();
  const put = (query: object, json: object, organization = DEFAULT_ORGANIZATION) =>
    console.ask(`/api/v1/policies?${new URLSearchParams({ ...query }).toString()}`, {
      method: 'PUT',
      body: json,
      organization,
    });
  assert.match(await (await put({}, { answer: 'sometimes' })).text(), /answer: /);
  assert.match(await (await put({ channel: 'C1' }, {})).text(), /name the install/);
  assert.equal((await put({ app: APP }, { halt: true }, OTHER_ORGANIZATION)).status, 404);
});

test('a model is added, tried, paused, and its key is never shown, nor sent to another server', async () => {
  await using console = await openTestConsole();
  await using server = await openLlmStandIn({ tokensPerSecond: 1_000, script: () => 'Hello.' });
  const { models } = console.as();
  const url = String(server.environment['OPENAI_BASE_URL']);
  const key = String(server.environment['OPENAI_API_KEY']);
  const param = { name: 'mine' };
  const json = { protocol: 'openai-chat', model: 'demo-1', baseUrl: url, key } as const;
  assert.equal((await models[':name'].$put({ param, json })).status, 204);
  const tried = await models[':name'].test.$post({ param });
  assert.equal(tried.status, 200, await tried.clone().text());
  const listed = await (await models.$get()).text();
  assert.match(listed, /"hasKey":true/);
  const audit = await (await console.as().audit.$get({ query: {} })).text();
  assert.equal((listed + audit).includes(key), false);
  const elsewhere = { ...json, key: undefined, baseUrl: 'http://127.0.0.1:9' };
  assert.match(await (await models[':name'].$put({ param, json: elsewhere })).text(), /give it again/);
  await models[':name'].state.$post({ param, json: { state: 'paused' } });
  assert.match(await (await models.$get()).text(), /"paused":true/);
  assert.equal((await models[':name'].$delete({ param })).status, 204);
  assert.equal((await models[':name'].test.$post({ param })).status, 404);
});

test('an organization that is not the deployment’s own may not make us ask servers inside', async () => {
  await using console = await openTestConsole();
  const { models } = console.as({ organization: OTHER_ORGANIZATION });
  const json = { protocol: 'openai-chat', model: 'm', baseUrl: 'https://169.254.169.254/v1' } as const;
  assert.equal((await models[':name'].$put({ param: { name: 'inside' }, json })).status, 422);
});

test('a version of a prompt is tried without being kept, kept, used somewhere, and gone back from', async () => {
  await using console = await openTestConsole();
  const { templates } = console.as();
  const source = 'You are {{ name }} in {{ platform }}.';
  const tried = await (await templates.try.$post({ json: { source, name: 'Ada', platform: 'slack' } })).json();
  assert.equal(tried.text, 'You are Ada in slack.');
  const broken = await templates.versions.$post({ json: { name: 'answer', source: '{{ nobody }}' } });
  assert.equal(broken.status, 400);
  const added = await (await templates.versions.$post({ json: { name: 'answer', source } })).json();
  assert.deepEqual(added, { template: 'answer@2' });
  const rule = { platform: 'slack', variants: [{ template: 'answer@2', share: 1 }] } as const;
  assert.equal(
    (await templates.rules.$post({ json: { ...rule, variants: [{ template: 'answer@9', share: 1 }] } })).status,
    404,
  );
  assert.equal((await templates.rules.$post({ json: { ...rule, variants: [...rule.variants] } })).status, 204);
  assert.deepEqual(
    (await (await templates.$get()).json()).rules.map(({ platform }) => platform),
    ['slack'],
  );
  assert.equal((await templates.rollback.$post({ json: { platform: 'slack' } })).status, 204);
  assert.deepEqual((await (await templates.$get()).json()).rules, []);
});

test('a budget says what it is for, what is spent of it, and cannot be turned into another one', async () => {
  await using console = await openTestConsole();
  const { budgets } = console.as();
  const json = {
    scope: 'install',
    app: APP,
    install: 'T1',
    every: 'day',
    timeZone: 'Europe/Vienna',
    dollars: 5,
  } as const;
  const { id } = await (await budgets.$post({ json })).json();
  assert.match(
    await (await budgets.$post({ json: { scope: 'install', every: 'day', dollars: 5 } })).text(),
    /name its platform/,
  );
  const one = budgets[':id'];
  assert.equal((await one.$put({ param: { id }, json: { ...json, dollars: 7 } })).status, 200);
  assert.equal((await one.$put({ param: { id }, json: { ...json, install: 'T2' } })).status, 400);
  const [listed] = (await (await budgets.$get()).json()).items;
  assert.deepEqual([listed?.dollars, listed?.spent, listed?.origin], [7, 0, 'console']);
  assert.equal(
    (await console.as({ organization: OTHER_ORGANIZATION }).budgets[':id'].$delete({ param: { id } })).status,
    404,
  );
  assert.equal((await one.$delete({ param: { id } })).status, 204);
});

test('usage is told by day and by what it is wanted for, and as a table in which no formula hides', async () => {
  await using console = await openTestConsole();
  await inOrganization(console.database.db, DEFAULT_ORGANIZATION, async (tx) => {
    for (const [person, dollars] of [
      ['=cmd()', 0.5],
      ['U2', 1.25],
    ] as const)
      await tx`insert into switchboard.usage_days (organization_id, day, app_id, install, channel, person, provider, model, calls, answers, input_tokens, output_tokens, dollars)
        values (${DEFAULT_ORGANIZATION}, '2027-01-05', ${APP}, 'T1', 'C1', ${person}, 'openai', 'm', 2, 1, 100, 10, ${dollars})`;
  });
  const query = { from: '2027-01-01', to: '2027-01-31', by: 'person' };
  const { items } = await (await console.as().usage.$get({ query })).json();
  assert.deepEqual(
    items.map(({ person, dollars }) => [person, dollars]),
    [
      ['U2', 1.25],
      ['=cmd()', 0.5],
    ],
  );
  const csv = await (await console.as().usage.csv.$get({ query })).text();
  assert.match(csv, /\r\n,,slack,,,'=cmd\(\),/);
  assert.equal((await console.as().usage.$get({ query: { ...query, to: '2026-01-01' } })).status, 400);
});

test('pages are told what has changed, by topic, and those of another organization are not', async () => {
  await using console = await openTestConsole();
  const read = async (organization = DEFAULT_ORGANIZATION) => {
    const answer = await console.ask('/api/v1/live', { organization });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    assert.match((await reader.read()).value ?? '', /listening/);
    return reader;
  };
  const [mine, others] = [await read(), await read(OTHER_ORGANIZATION)];
  await new Promise((resolve) => setTimeout(resolve, 80));
  await console.as().policies.$put({ query: {}, json: { halt: true } });
  assert.match((await mine.read()).value ?? '', /"topic":"audit"/);
  const late = new Promise((resolve) => setTimeout(() => resolve('nothing'), 120));
  assert.equal(await Promise.race([others.read(), late]), 'nothing');
  await Promise.all([mine.cancel(), others.cancel()]);
});

test('the configuration of the deployment is shown to its own admins, with secrets as set alone', async () => {
  await using console = await openTestConsole();
  const get = (asker: object) => console.ask('/api/v1/system/configuration', asker);
  assert.match(await (await get({ role: 'admin' })).text(), /"SLACK_BOT_TOKEN":"set"/);
  assert.equal((await get({ organization: OTHER_ORGANIZATION })).status, 422);
  assert.equal((await get({ role: 'operator' })).status, 403);
});

test('what a deployment has switched on is seen by everybody, without a secret or an address of it', async () => {
  await using console = await openTestConsole();
  const asker = { role: 'viewer', organization: OTHER_ORGANIZATION } as const;
  const { switches } = await (await console.as(asker).system.$get()).json();
  assert.deepEqual(switches, [{ name: 'Plugins', on: true, says: '1 plugin', by: 'plugins' }]);
  const auth = {
    smtpUrl: 'smtp://me:hidden@mail.example',
    mailFrom: 'hub@mail.example',
    social: { google: { clientId: 'hidden', clientSecret: 'hidden' } },
    allowPrivateIssuers: false,
    clientHeader: undefined,
  };
  const tools = { mcpServers: [], plugins: [], httpAllow: ['hidden.example', 'hidden.test'], folder: '' };
  const all = switchesOf({ auth, tools, vaultKeys: undefined });
  assert.deepEqual(
    all.filter(({ on }) => on).map(({ name, says }) => [name, says]),
    [
      ['Mail', ''],
      ['Sign-in by a provider of the whole hub', 'google'],
      ['Pages of the web (http_get)', '2 hosts'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(all), /hidden|mail\.example/);
});

test('how long the audit is kept is decided by an owner, and what is older goes with a chain that is whole', async () => {
  await using console = await openTestConsole();
  const { db } = console.database;
  const put = (role: 'admin' | 'owner', days: number | null) =>
    console.as({ role }).audit.retention.$put({ json: { days } });
  assert.equal((await put('admin', 30)).status, 403);
  assert.equal((await put('owner', 7)).status, 400);
  assert.equal((await put('owner', 30)).status, 204);
  await sweepAudit(db);
  const exported = (await (await console.as().audit.export.$get()).text()).trim().split('\n');
  assert.match(exported[0] ?? '', /"what":"audit.retention"/);
  await db.sql`alter table switchboard.audit disable trigger refuse_audit_change`;
  await db.sql`update switchboard.audit set at = now() - interval '31 days'`;
  await sweepAudit(db);
  const left = await (await console.as().audit.$get({ query: {} })).json();
  assert.deepEqual(
    left.items.map(({ what }) => what),
    ['audit.pruned'],
  );
  assert.equal((await (await console.as().audit.proof.$get()).json()).broken, null);
});
