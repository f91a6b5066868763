import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { z } from 'zod';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { brokenRules } from '../kit/axe.ts';
import { listenForComplaints, openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';
import { steerTools } from './walk/tools.ts';

let site: TestSite;
let browser: Browser;
let context: BrowserContext;
before(async () => {
  browser = await openBrowser();
  site = await openTestSite();
  context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1200, height: 800 } });
  await context.addCookies([...site.cookies]);
});
after(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

/** Pages of a test that failed would keep connections that the next one needs. */
afterEach(async () => {
  await Promise.all(context.pages().map((page) => page.close()));
});

async function open(path: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(site.url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const cookie = (): string => site.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

/** The API as the owner of the site asks it. */
const ask = (method: string, path: string, body?: unknown): Promise<Response> =>
  Promise.resolve(
    site.console.api.request(`/api/v1${path}`, {
      method,
      headers: { cookie: cookie(), 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );

const Models = z.object({ items: z.array(z.object({ name: z.string(), price: z.unknown(), hasKey: z.boolean() })) });
const modelsOf = async () => Models.parse(await (await ask('GET', '/models')).json()).items;

const breaksNoRule = async (page: Page): Promise<void> => assert.deepEqual(await brokenRules(page), []);

test('a model is edited without losing its price or its key, and what was not touched stays', async () => {
  const price = { kind: 'set', input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 };
  await ask('PUT', '/models/claude', {
    protocol: 'anthropic',
    model: 'claude-opus-4-5',
    key: 'sk-of-nobody',
    price,
    region: 'eu',
    quality: 0.9,
  });
  const page = await open('/models');
  const row = page.getByRole('row', { name: /claude/ });
  await row.getByText('$3 in · $15 out').waitFor();
  await row.getByRole('button', { name: 'Edit…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Longest answer, in tokens').fill('20000');
  await breaksNoRule(page);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await row.getByText('answers up to 20,000').waitFor();
  const [kept] = (await modelsOf()).filter(({ name }) => name === 'claude');
  assert.deepEqual([kept?.price, kept?.hasKey], [price, true]);
});

test('a preset fills the form, models change places by buttons, and a test says what it heard', async () => {
  const page = await open('/models');
  await page.getByRole('button', { name: 'Add a model…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Of', { exact: true }).selectOption('Ollama, on this machine');
  assert.equal(await dialog.getByLabel('Address').inputValue(), 'http://127.0.0.1:11434/v1');
  assert.equal(await dialog.getByLabel('Price').inputValue(), 'free');
  await dialog.getByRole('button', { name: 'Close' }).click();
  const names = async () => (await modelsOf()).map(({ name }) => name);
  const before = (await names()).indexOf('demo');
  const demo = page.getByRole('row', { name: /demo/ });
  await demo.getByRole('button', { name: 'Up' }).click();
  await demo.getByRole('button', { name: 'Down' }).waitFor();
  assert.equal((await names()).indexOf('demo'), before - 1);
  await demo.getByRole('button', { name: 'Test' }).click();
  await demo.getByText(/It says “/).waitFor();
});

test('a server of tools is pasted, found with its tools, switched off, edited without its key, and removed', async () => {
  await ask('DELETE', '/mcp-servers/tickets');
  await steerTools(await open('/tools'), breaksNoRule);
});

test('what is changed in one page shows in another one within a second', async () => {
  const [one, other] = await Promise.all([open('/policies'), open('/policies')]);
  const rowOf = (page: Page) => page.getByRole('group', { name: 'Questions edited later' }).getByRole('combobox');
  await Promise.all([rowOf(one).waitFor(), rowOf(other).waitFor()]);
  await rowOf(one).selectOption('keep');
  const changed = one.waitForResponse((answer) => answer.request().method() === 'PUT').then(() => Date.now());
  await one.getByRole('button', { name: 'Decide', exact: true }).click();
  await other
    .getByRole('group', { name: 'Questions edited later' })
    .getByText('the organization, in the console')
    .waitFor({ timeout: 5_000 });
  const seen = Date.now();
  assert.equal(await rowOf(other).inputValue(), 'keep');
  assert.ok(seen - (await changed) < 1_000, `${seen - (await changed)} ms`);
});

test('a place shows what it decides itself and what it has of the wider one, and goes back to it', async () => {
  await ask('PUT', '/policies', { calls: 'asker' });
  const page = await open('/policies');
  await page.getByLabel('App', { exact: true }).selectOption(environmentApp('slack'));
  const row = page.getByRole('group', { name: 'Calls by name' });
  await row.getByText('the organization, in the console').waitFor();
  await row.getByRole('combobox').selectOption('nobody');
  await row.getByText('the app, in the console').waitFor();
  await page.getByRole('group', { name: 'Quiet hours' }).getByRole('button', { name: 'Set quiet hours' }).click();
  await page.getByLabel('From', { exact: true }).fill('21:30');
  const reactions = page.getByRole('group', { name: 'Reactions' });
  await reactions.getByLabel('Another emoji').fill('🎉');
  await reactions.getByRole('button', { name: 'Add' }).click();
  await reactions.getByLabel('What 🎉 means').selectOption('again');
  await page.getByRole('group', { name: 'Limits' }).getByRole('button', { name: 'Limit each channel' }).click();
  await breaksNoRule(page);
  await page.getByRole('button', { name: 'Decide', exact: true }).click();
  await page.getByRole('button', { name: 'Decide', exact: true }).waitFor({ state: 'detached' });
  const { layers } = Layers.parse(await (await ask('GET', '/policies')).json());
  const own = layers.find(({ app, origin }) => app !== null && origin === 'console')?.policy;
  assert.deepEqual(
    [own?.['calls'], Quiet.parse(own?.['quiet']).from, Reflect.get(Object(own?.['reactions']), '🎉')],
    ['nobody', '21:30', 'again'],
  );
  assert.deepEqual(Reflect.get(Object(own?.['limits']), 'channel'), { most: 20, perMinutes: 60 });
  await row.getByRole('button', { name: 'Use the wider value' }).click();
  await row.getByText('the organization, in the console').waitFor();
  assert.equal(await row.getByRole('combobox').inputValue(), 'asker');
  const quiet = page.getByRole('group', { name: 'Quiet hours' });
  await quiet.getByRole('button', { name: 'No quiet hours' }).click();
  await quiet.getByText('None', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Decide', exact: true }).click();
  await page.getByRole('button', { name: 'Decide', exact: true }).waitFor({ state: 'detached' });
  await quiet.getByText('the app, in the console').waitFor();
  const after = Layers.parse(await (await ask('GET', '/policies')).json()).layers;
  assert.equal(after.find(({ app, origin }) => app !== null && origin === 'console')?.policy['quiet'], null);
});

const Layers = z.object({
  layers: z.array(
    z.object({ app: z.string().nullable(), origin: z.string(), policy: z.record(z.string(), z.unknown()) }),
  ),
});
const Quiet = z.object({ from: z.string() });

test('what waits for a word stands in the navigation, and is decided in the page', async () => {
  const approval = await waitForAWord();
  const page = await open('/approvals');
  const link = page
    .getByRole('navigation', { name: 'Pages' })
    .first()
    .getByRole('link', { name: /Approvals/ });
  await link.getByText('1 waiting').waitFor();
  await page.getByText('send_mail').waitFor();
  await breaksNoRule(page);
  await page.getByRole('button', { name: 'Refuse' }).click();
  await page.getByRole('heading', { name: 'Nothing waits' }).waitFor();
  await link.getByText('1 waiting').waitFor({ state: 'detached' });
  const [row] = await inOrganization(
    site.console.database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx<{ state: string }[]>`select state from switchboard.approvals where id = ${approval}`,
  );
  assert.equal(row?.state, 'denied');
});

/** A turn that asks whether a tool may be called, as one that was begun an hour ago. */
async function waitForAWord(): Promise<string> {
  const [turn, approval] = [randomUUID(), randomUUID()];
  const own = DEFAULT_ORGANIZATION;
  await inOrganization(site.console.database.db, own, async (tx) => {
    await tx`insert into switchboard.turns (organization_id, id, thread_id, state, retry_at)
      select ${own}, ${turn}, id, 'running', now() + interval '1 hour' from switchboard.threads where external_id = 'random'`;
    await tx`insert into switchboard.steps (organization_id, turn_id, seq, kind, state, provider, model, input)
      values (${own}, ${turn}, 1, 'tool', 'waiting', '', '', '{"id": "c1", "name": "send_mail", "arguments": "{}"}')`;
    await tx`insert into switchboard.approvals (organization_id, id, turn_id, seq, kind, digest, yes, state, expires_at)
      values (${own}, ${approval}, ${turn}, 1, 'may', 'of this call', 1, 'asked', now() + interval '1 hour')`;
  });
  return approval;
}

test('why a message was not answered is found by its id; a filter stays in the address', async () => {
  const page = await open('/conversations');
  await page.getByLabel('Why did it not answer?').fill('m3');
  await page.getByRole('button', { name: 'Find out' }).click();
  await page.waitForURL(/\/conversations\/[0-9a-f-]{36}$/);
  await page.goto(`${site.url}/conversations?state=dead`);
  assert.equal(await page.getByLabel('State').inputValue(), 'dead');
  await page.getByLabel('Channel').fill('381870553235193857');
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
  await page.reload();
  assert.equal(await page.getByLabel('Channel').inputValue(), '381870553235193857');
  await page.getByLabel('Why did it not answer?').fill('nobody-said-this');
  await page.getByRole('button', { name: 'Find out' }).click();
  await page.getByText(/no platform has sent it/).waitFor();
});

test('a budget is changed and tells a channel; versions are shared out and compared', async () => {
  const page = await open('/usage');
  await page.getByRole('button', { name: 'Edit…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('US dollars').fill('75');
  await dialog.getByLabel('Tell a channel').check();
  await dialog.getByLabel('App').selectOption(environmentApp('slack'));
  await dialog.getByLabel('Workspace').selectOption('T0001');
  await dialog.getByRole('combobox', { name: /^Channel/ }).fill('C42');
  await breaksNoRule(page);
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await page.getByText('T0001 · C42').waitFor();
  await page.getByText('$75.00 a month').waitFor();
  await page.goto(`${site.url}/agents`);
  await page.getByRole('button', { name: 'New version…' }).click();
  await dialog.getByLabel('Source').fill('You are {{ name }} on {{ platform }}.\nBe kind.');
  await dialog.getByText('You are Switchboard on web.').waitFor();
  await breaksNoRule(page);
  await dialog.getByRole('button', { name: 'Keep as a new version' }).click();
  await page.getByRole('button', { name: 'Compare…' }).first().click();
  await dialog.getByText('+ Be kind.').waitFor();
  await breaksNoRule(page);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Use…' }).click();
  await dialog.getByRole('button', { name: 'Try another one beside it' }).click();
  await dialog
    .getByLabel(/^Share/)
    .last()
    .fill('3');
  await dialog.getByRole('button', { name: 'Use it' }).click();
  await page.getByText(/answer@1 · 75 %/).waitFor();
  await page.getByRole('button', { name: 'Roll back…' }).click();
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await page.getByText('answer@1 is used everywhere').waitFor();
});

test('the audit proves itself in words, and an owner decides how long it is kept', async () => {
  const page = await open('/audit');
  const complaints = listenForComplaints(page);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('The chain is whole').waitFor();
  await page.getByRole('combobox', { name: 'How long rows are kept' }).selectOption('365');
  await page.getByRole('cell', { name: 'audit.retention' }).first().waitFor();
  await breaksNoRule(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'audit.ndjson');
  assert.deepEqual(complaints, []);
});

test('whoever is in several organizations goes from one to the other, and sees nothing of the first there', async () => {
  await ask('POST', '/organizations', { name: 'Elsewhere' });
  const page = await open('/models');
  await page.getByRole('heading', { name: 'There is no model yet' }).waitFor();
  const switcher = page.getByRole('combobox', { name: 'Organization' }).first();
  const here = await switcher.locator('option', { hasNotText: 'Elsewhere' }).getAttribute('value');
  await switcher.selectOption(here);
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.goto(`${site.url}/models`);
  await page.getByRole('row', { name: /claude/ }).waitFor();
});
