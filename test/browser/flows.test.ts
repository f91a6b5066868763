import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page, Response } from 'playwright-core';
import { PLACES } from '../../console/map.ts';
import { brokenRules } from '../kit/axe.ts';
import { HOSTILE, listenForComplaints, makeViewer, openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';
import { PASSWORD } from '../kit/sign-in.ts';

let site: TestSite;
let browser: Browser;
before(async () => {
  browser = await openBrowser();
  site = await openTestSite();
});
after(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
});

async function open(path: string, isIn = true): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1200, height: 800 } });
  if (isIn) await context.addCookies([...site.cookies]);
  const page = await context.newPage();
  await page.goto(site.url + path);
  return page;
}

test('whoever is not signed in is led to the sign-in, and then to where they wanted to go', async () => {
  const page = await open('/audit', false);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/audit');
  await page.context().close();
});

test('a wrong password says so beside the form, and a page of another host is never gone to', async () => {
  const page = await open('/sign-in?to=//elsewhere.example/', false);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  assert.equal(new URL(page.url()).host, new URL(site.url).host);
  await page.context().close();
});

test('what people and models write is text: no element, no link but to the web, and nothing is run', async () => {
  const page = await open(site.addressOf('/conversations/$id'));
  const complaints = listenForComplaints(page);
  await page.getByLabel('Show what was said').check({ force: true });
  await page.getByText('You asked for it').first().waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
  assert.ok((await page.getByText(HOSTILE).count()) > 0);
  assert.notEqual(await page.title(), '1');
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('everything can be gone to by typing, and the keys that do it are listed', async () => {
  const page = await open('/');
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to, or do…').fill('anthropic');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
  await page.keyboard.press('Shift+?');
  await page.getByRole('heading', { name: 'Keyboard shortcuts', level: 1 }).waitFor();
  await page.context().close();
});

test('a policy that is decided for the organization is told with from where it comes', async () => {
  const page = await open('/policies');
  const row = page.getByRole('group', { name: 'When to answer' });
  await row.getByText('the organization, in the console').waitFor();
  assert.equal(await row.getByRole('combobox').inputValue(), 'mention');
  await row.getByRole('combobox').selectOption('all');
  // What is changed while the page reads anew what was saved is not taken back.
  await page.route('**/api/v1/policies', async (route) => {
    if (route.request().method() === 'GET') await sleep(300);
    await route.continue();
  });
  const isReading = (response: Response): boolean =>
    response.url().endsWith('/api/v1/policies') && response.request().method() === 'GET';
  const [reread, decide] = [page.waitForResponse(isReading), page.getByRole('button', { name: 'Decide', exact: true })];
  await decide.click();
  await page.getByText('It holds from now on').waitFor();
  assert.equal(await row.getByRole('combobox').inputValue(), 'all');
  await row.getByRole('button', { name: 'Use the wider value' }).click();
  await reread;
  await decide.click();
  await decide.waitFor({ state: 'detached' });
  await page.reload();
  await row.getByText('the default').waitFor();
  await page.context().close();
});

test('what was given up is driven again, and the list follows by itself', async () => {
  const page = await open('/dead-letters');
  await page.getByText('the channel is archived').waitFor();
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Drive 1 again' }).click();
  await page.getByText('Nothing was given up').waitFor();
  await page.context().close();
});

test('a viewer is offered what a viewer may, and no page asks for more', async () => {
  const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1200, height: 800 } });
  await context.addCookies([...(await makeViewer(site))]);
  const page = await context.newPage();
  const complaints = listenForComplaints(page);
  await page.goto(site.url);
  const links = page.getByRole('navigation', { name: 'Pages' }).first().getByRole('link');
  await links.first().waitFor();
  const offered = await links.allInnerTexts();
  assert.ok(offered.includes('Conversations') && !offered.includes('Audit') && !offered.includes('Usage & budgets'));
  const paths = PLACES.filter(
    ({ title, path }) =>
      offered.some((name) => name.startsWith(title)) ||
      path === '/account' ||
      // The owner's own chat is nobody else's to see.
      (path.includes('$') && !path.startsWith('/chat/')),
  );
  for (const { path } of paths) {
    await page.goto(site.url + site.addressOf(path));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a style that is not of this answer is refused, and would be noticed here', async () => {
  const context = await browser.newContext();
  await context.addCookies([...site.cookies]);
  const page = await context.newPage();
  await page.route(`${site.url}/`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replace(/(style-nonce" content=")[^"]+/, '$1of-another'),
    });
  });
  const complaints = listenForComplaints(page);
  await page.goto(site.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.ok(complaints.some((text) => text.includes('Content Security Policy')));
  await context.close();
});

test('dialogs and the navigation of a phone break no rule either', async () => {
  const page = await open('/installs');
  const check = async (what: string): Promise<void> => {
    assert.deepEqual(await brokenRules(page), [], what);
  };
  for (const [path, button] of [
    ['/installs', 'Connect…'],
    ['/members', 'New key…'],
    ['/members', 'Add a provider…'],
    ['/models', 'Add a model…'],
    ['/agents', 'New version…'],
    ['/usage', 'New budget…'],
  ] as const) {
    await page.goto(site.url + path);
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).waitFor();
    await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
    await check(button);
  }
  await page.goto(`${site.url}/installs`);
  for (const platform of ['Slack', 'Discord', 'Teams', 'GitHub']) {
    await page.getByRole('button', { name: 'Connect…' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: new RegExp(platform) })
      .first()
      .click();
    await page.getByRole('button', { name: 'Connect', exact: true }).waitFor();
    await page.getByText('Events go to:').waitFor();
    await check(platform);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  }
  await page.setViewportSize({ width: 375, height: 800 });
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Open the navigation' }).click();
  await page.getByRole('dialog', { name: 'Navigation' }).waitFor();
  await check('the navigation');
  await page.getByRole('dialog').getByRole('link', { name: 'Models' }).click();
  await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor();
  assert.equal(await page.getByRole('dialog', { name: 'Navigation' }).isVisible(), false);
  await page.context().close();
});
