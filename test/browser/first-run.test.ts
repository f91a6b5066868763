import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openBrowser } from '../kit/browser.ts';
import { until } from '../kit/until.ts';
import { makeAccount } from './walk/account.ts';
import { discordWalk } from './walk/discord.ts';
import { githubWalk } from './walk/github.ts';
import { startFreshHub } from './walk/hub.ts';
import { openHuman, secondsOf, type Human } from './walk/human.ts';
import { openLook } from './walk/look.ts';
import type { PlatformWalk } from './walk/platform.ts';
import { slackWalk } from './walk/slack.ts';
import { documentOf, COMMAND, type Walked } from './walk/table.ts';
import { teamsWalk } from './walk/teams.ts';

const DOCUMENT = new URL('../../docs/first-run.md', import.meta.url).pathname;
const MOST_SECONDS = 120;
const HELLO = 'Hello from the hub.';

let browser: Browser;
let model: LlmStandIn;
const walked: Walked[] = [];
const looks = openLook();
before(async () => {
  [browser, model] = await Promise.all([openBrowser(), openLlmStandIn({ script: HELLO })]);
});
after(async () => {
  await model?.[Symbol.asyncDispose]();
  await browser?.close();
});

/** What went wrong in a page of the hub: refused by its policy, thrown, or answered with an error. */
function listen(page: Page, hubUrl: string): readonly string[] {
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('dialog', (dialog) => void (wrong.push(`a dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on('console', (message) => {
    const { url } = message.location();
    if (message.type() === 'error' && (url.startsWith(hubUrl) || /Security Policy/.test(message.text())))
      wrong.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && response.url().startsWith(hubUrl))
      wrong.push(`${response.status()} ${response.url()}`);
  });
  return wrong;
}

async function chooseModel(human: Human): Promise<void> {
  const { page } = human;
  human.begin('Model');
  const maker = page.getByRole('button', { name: /another server of yours/ });
  await maker.waitFor();
  await looks.look(page, 'models');
  await human.click(maker);
  await looks.look(page, 'model');
  await human.fill(page.getByLabel(/^Address/), model.baseUrl('openai-chat'));
  await human.fill(page.getByRole('textbox', { name: /^Key/ }), model.apiKey);
  await human.click(page.getByRole('button', { name: 'Connect and try it' }));
  await page.getByText(`said “${HELLO}”`).waitFor();
}

async function sayHello(human: Human, walk: PlatformWalk): Promise<void> {
  const { page } = human;
  human.begin('Hello');
  await page.getByText('Your message: waiting for it').waitFor();
  await looks.look(page, 'hello');
  human.elsewhere({ clicks: 1, fields: 1 });
  const answer = await walk.hello();
  await page.getByText('Your message has come').waitFor();
  await page.getByText('It is answered').waitFor();
  // What the page says is so, on the platform.
  await until('the answer', () => answer()?.includes(HELLO) === true, { seen: answer });
  assert.equal(await page.locator('.marks > li[data-mark=done]').count(), 3);
  await looks.look(page, 'answered');
}

async function walkAll(walk: PlatformWalk): Promise<Walked> {
  await using hub = await startFreshHub(walk.settings);
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const wrong = listen(page, hub.url);
  const human = openHuman(page);
  await makeAccount(human, hub.link, walk.secures, looks.look);
  human.begin('Platform');
  await page.getByText('Only from here').waitFor();
  await looks.look(page, 'platforms');
  await walk.connect(human, hub.url, looks.look);
  await chooseModel(human);
  if (walk.finish !== undefined) {
    human.begin('What is left there');
    await walk.finish(human, hub.url, looks.look);
  }
  await sayHello(human, walk);
  await walk.after?.(page, hub.url);
  assert.deepEqual(wrong, []);
  // The link counted once.
  await page.goto(hub.link);
  await context.close();
  const { title, before: needed, parts } = { ...walk, parts: human.parts };
  return { title, before: needed, parts };
}

for (const open of [slackWalk, githubWalk, discordWalk, teamsWalk])
  test(`a new owner comes from the printed link to a first answer in two minutes: ${open.name.replace('Walk', '')}`, async () => {
    await using walk = await open();
    const done = await walkAll(walk);
    walked.push(done);
    const seconds = done.parts.reduce((sum, part) => sum + secondsOf(part), 0);
    assert.ok(seconds <= MOST_SECONDS, `${seconds} s: ${JSON.stringify(done.parts)}`);
  });

test('every state of the way can be used by everybody, in both schemes and widths', () => {
  assert.deepEqual(looks.found, []);
  assert.ok(looks.names.size >= 10, [...looks.names].join(', '));
});

test('the document says what was counted', async () => {
  const now = documentOf(walked);
  if (process.env['WRITE_DOCS'] === '1') await writeFile(DOCUMENT, now);
  const written = await readFile(DOCUMENT, 'utf8').catch(() => '');
  assert.equal(written, now, `it is older than the numbers: ${COMMAND}`);
});
