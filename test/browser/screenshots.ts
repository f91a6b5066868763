import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';

/** Not a test: takes the pictures of the docs. `npm run screenshots`, then look at them. */
const FOLDER = new URL('../../docs/screenshots/', import.meta.url).pathname;

const SHOTS = [
  { name: 'light', width: 1440, scheme: 'light' },
  { name: 'dark', width: 1440, scheme: 'dark' },
  { name: 'phone', width: 375, scheme: 'light' },
] as const;

const PAGES = [
  ['overview', '/'],
  ['conversations', '/conversations'],
  ['conversation', '/conversations/$id'],
  ['deliveries', '/deliveries'],
  ['dead-letters', '/dead-letters'],
  ['installs', '/installs'],
  ['models', '/models'],
  ['policies', '/policies'],
  ['agents', '/agents'],
  ['usage', '/usage'],
  ['members', '/members'],
  ['account', '/account'],
  ['audit', '/audit'],
  ['system', '/system'],
  ['sign-in', '/sign-in'],
] as const;

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

for (const { name, width, scheme } of SHOTS)
  test(`pictures: ${name}`, async () => {
    await mkdir(FOLDER, { recursive: true });
    const context = await browser.newContext({
      viewport: { width, height: width === 375 ? 812 : 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    await context.addCookies([...site.cookies]);
    const page = await context.newPage();
    for (const [title, path] of PAGES) {
      await page.goto(site.url + site.addressOf(path));
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      const reveal = page.getByLabel('Show what was said');
      if (path.includes('$id')) {
        await reveal.check({ force: true });
        await page.getByText('You asked for it').first().waitFor();
      }
      await page.screenshot({ path: `${FOLDER}${title}-${name}.png` });
    }
    await page.goto(`${site.url}/installs`);
    await page.getByRole('button', { name: 'Connect…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /Slack/ }).click();
    await page.getByText('Events go to:').waitFor();
    await page.screenshot({ path: `${FOLDER}connect-${name}.png` });
    await context.close();
  });
