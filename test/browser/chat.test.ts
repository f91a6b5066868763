import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { brokenRules } from '../kit/axe.ts';
import { listenForComplaints, openBrowser, type Complaints } from '../kit/browser.ts';
import { openTestChat, type TestChat } from '../kit/chat.ts';
import { inPieces } from '../kit/hub.ts';
import { calling, notedTool } from '../kit/tools.ts';
import { until } from '../kit/until.ts';

/** All colours that there are. */
const CODE =
  '```ts\n/** @throws */\nexport function one(this: Set<string>): boolean {\n  return `${1}` === "</pre><b>" && /x/.test(null);\n}\n```';

let chat: TestChat;
let browser: Browser;
/** Uses of the tool before a test. */
let usedBefore = 0;
const tool = notedTool({ name: 'deploy_it', effect: 'writes' });
before(async () => {
  browser = await openBrowser();
  chat = await openTestChat(
    (request, signal) => {
      const said = JSON.stringify(request.messages);
      if (said.includes('use the tool') && tool.uses.length === usedBefore)
        return calling([['deploy_it', { text: 'x' }]]);
      if (said.includes('at length'))
        return inPieces(
          Array.from({ length: 400 }, (_, index) => `word${index} `),
          25,
          signal,
        );
      return 'It is done: <img src=x onerror="document.title=1">\n\n```diff\n-old\n+new\n```\n\n' + CODE;
    },
    {
      tools: [tool],
      identify: (request) =>
        Promise.resolve(
          request.headers.get('cookie')?.includes('asker=ada') === true
            ? {
                kind: 'person',
                id: 'ada',
                name: 'Ada',
                organization: DEFAULT_ORGANIZATION,
                role: 'viewer',
                scopes: undefined,
              }
            : undefined,
        ),
    },
  );
});
after(async () => {
  await browser.close();
  await chat?.[Symbol.asyncDispose]();
});

/** A page of Ada's, and what its browser complains of. */
async function openTab(context: BrowserContext): Promise<{ readonly page: Page; readonly complaints: Complaints }> {
  const page = await context.newPage();
  const complaints = listenForComplaints(page);
  // Whoever is known by a cookie of this test has no session that could be in several.
  await page.route('**/api/v1/organizations', (route) => route.fulfill({ json: { items: [] } }));
  return { page, complaints };
}

async function openContext(width: number): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  await context.addCookies([{ name: 'asker', value: 'ada', url: chat.url }]);
  return context;
}

for (const width of [375, 1440])
  test(`somebody writes, sees the answer flow, stops it, and allows a tool: ${width} px`, async () => {
    const context = await openContext(width);
    const { page, complaints } = await openTab(context);
    await page.goto(`${chat.url}/chat`);
    await page.getByRole('button', { name: 'New conversation' }).first().click();
    const box = page.getByRole('textbox', { name: 'Message' });
    await box.fill('Tell me at length');
    await box.press('Enter');
    const answer = page.locator('article[data-kind=bot]').first();
    await answer.getByText('word3').waitFor();
    const early = (await answer.innerText()).length;
    await until('more of it has come', async () => (await answer.innerText()).length > early);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    assert.equal((await answer.innerText()).includes('word399'), false);

    usedBefore = tool.uses.length;
    await page.goto(`${chat.url}/chat`);
    await page.getByRole('button', { name: 'New conversation' }).first().click();
    await box.fill('Please use the tool');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.chat-card button').first().click();
    await page.getByText('It is done').waitFor();
    await page.locator('.code .added', { hasText: '+new' }).waitFor();
    await page.locator('.hljs-keyword', { hasText: 'export' }).waitFor();
    assert.equal(tool.uses.length, usedBefore + 1);
    assert.notEqual(await page.title(), '1');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
      assert.deepEqual(await brokenRules(page, colorScheme === 'light' ? 'all' : 'colours'), []);
    }
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.ok(Number(wide) <= 0, `wider than the screen by ${String(wide)} px`);
    assert.deepEqual(complaints, []);
    await context.close();
  });

test('what is written while a message is on its way is the next one, and none is lost or changed when sending fails', async () => {
  const context = await openContext(1440);
  const { page, complaints } = await openTab(context);
  await page.goto(`${chat.url}/chat`);
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  const box = page.getByRole('textbox', { name: 'Message' });
  const { promise: typed, resolve: goOn } = Promise.withResolvers<void>();
  await page.route('**/messages', (route) => typed.then(() => route.abort()), { times: 1 });
  await box.fill('The first one');
  await box.press('Enter');
  await until('the box is free', async () => (await box.inputValue()) === '');
  await box.fill('The second one');
  goOn();
  const unsent = page.getByRole('group', { name: 'Not sent' });
  await unsent.getByText('The first one').waitFor();
  assert.equal(await box.inputValue(), 'The second one');
  assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled(), true);
  assert.deepEqual(await brokenRules(page, 'all'), []);
  await unsent.getByRole('button', { name: 'Send it again' }).click();
  await unsent.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const own = page.locator('article[data-own=true]');
  await own.nth(1).waitFor();
  const said = await own.allInnerTexts();
  assert.deepEqual(
    [said.length, /The first one/.test(said[0] ?? ''), /The second one/.test(said[1] ?? '')],
    [2, true, true],
  );
  assert.deepEqual(
    complaints.filter((complaint) => !complaint.includes('ERR_FAILED')),
    [],
  );
  await context.close();
});

test('a reaction, an opinion, a title, and what is taken back show in a second tab and after a reload; who leaves is out in both', async () => {
  // Of two pages in one window the browser lets one sleep.
  const contexts = await Promise.all([openContext(1440), openContext(1440)]);
  const [{ page, complaints }, { page: other }] = [await openTab(contexts[0]), await openTab(contexts[1])];
  await page.goto(`${chat.url}/chat`);
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  await page.getByRole('textbox', { name: 'Message' }).fill('Is anybody there?');
  const files = Array.from({ length: 11 }, (_, index) => `${index}.txt`);
  await page
    .locator('input[type=file]')
    .setInputFiles(files.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })));
  await page.getByText('A message takes 10 files').waitFor();
  // What could not be sent goes up once, and is one message when it is sent again.
  await page.route('**/messages', (route) => route.abort(), { times: 1 });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('The server cannot be reached').waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.code .taken', { hasText: '-old' }).waitFor();
  await page.getByRole('link', { name: '9.txt' }).waitFor();
  const { sql } = chat.hub.database.db;
  assert.equal((await sql`select 1 from switchboard.chat_files`).length, 10, 'a file was sent twice');
  await other.goto(page.url());
  const [question, answer] = [page.locator('article[data-own=true]'), page.locator('article[data-kind=bot]')];
  await answer.getByRole('button', { name: 'React', exact: true }).click();
  await answer.getByRole('button', { name: 'React: celebrate' }).click();
  await other.getByRole('button', { name: '🎉 by you' }).waitFor();
  const helpful = answer.getByRole('button', { name: 'This was helpful' });
  await helpful.click();
  await page.locator('[aria-label="This was helpful"][aria-pressed=true]').waitFor();
  await page.reload();
  await page.locator('[aria-label="This was helpful"][aria-pressed=true]').waitFor();

  await page.getByRole('button', { name: 'Rename…' }).click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Who is there');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await other.getByRole('heading', { name: 'Who is there' }).waitFor();
  await question.getByRole('button', { name: 'Take back' }).click();
  await question.getByRole('button', { name: 'Keep' }).click();
  await question.getByRole('button', { name: 'Take back' }).click();
  await question.getByRole('button', { name: 'Take back for good' }).click();
  await other.getByText('Taken back').waitFor();
  await until('its words are gone', async () => (await other.getByText('Is anybody there?').count()) === 0);

  await page.getByRole('button', { name: 'Leave…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByText('Begin a conversation, or choose one of yours.').waitFor();
  await other.getByText('You are not in this conversation any more').waitFor();
  await until('its title is gone', async () => (await other.getByText('Who is there').count()) === 0);
  assert.deepEqual(
    complaints.filter((complaint) => !complaint.includes('ERR_FAILED')),
    [],
  );
  await Promise.all(contexts.map((context) => context.close()));
});
