import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { listenForComplaints, openBrowser } from '../kit/browser.ts';
import { openTestChat, type TestChat } from '../kit/chat.ts';
import { inPieces } from '../kit/hub.ts';
import { calling, notedTool } from '../kit/tools.ts';
import { until } from '../kit/until.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

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
      return 'It is done: <img src=x onerror="document.title=1">\n\n```diff\n-old\n+new\n```';
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

for (const width of [375, 1440])
  test(`somebody writes, sees the answer flow, stops it, and allows a tool: ${width} px`, async () => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    await context.addCookies([{ name: 'asker', value: 'ada', url: chat.url }]);
    const page = await context.newPage();
    const complaints = listenForComplaints(page);
    // Whoever is known by a cookie of this test has no session that could be in several.
    await page.route('**/api/v1/organizations', (route) => route.fulfill({ json: { items: [] } }));
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
    assert.equal(tool.uses.length, usedBefore + 1);
    assert.notEqual(await page.title(), '1');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
        [],
      );
    }
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.ok(Number(wide) <= 0, `wider than the screen by ${String(wide)} px`);
    assert.deepEqual(complaints, []);
    await context.close();
  });
