import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PLACES } from '../../console/map.ts';
import { brokenRules } from '../kit/axe.ts';
import { listenForComplaints, openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';

const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [1440, 375] as const;

/** Pages that are looked at at once: as many as there are processors to look. */
const AT_ONCE = 3;

let site: TestSite;
let browser: Browser;
before(async () => {
  browser = await openBrowser();
  site = await openTestSite();
});
after(async () => {
  await browser.close();
  await site?.[Symbol.asyncDispose]();
});

test('every page can be used by everybody, and breaks no rule of its own, on a phone and on a desk, light and dark', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.addCookies([...site.cookies]);
  const found: string[] = [];
  const open = PLACES.map(({ path }) => path);
  const work = async (): Promise<void> => {
    for (let path = open.pop(); path !== undefined; path = open.pop()) found.push(...(await look(context, path)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await context.close();
  assert.deepEqual(found, []);
});

/** What is wrong with a page, which is loaded once for all of it. */
async function look(context: BrowserContext, path: string): Promise<string[]> {
  const page = await context.newPage();
  const complaints = listenForComplaints(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(site.url + site.addressOf(path));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const scheme of SCHEMES) found.push(...(await problemsOf(page, { width, scheme })));
    const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    if (Number(wide) > 0) found.push(`${width} px: wider than the screen by ${String(wide)} px`);
  }
  if (path === '/audit') found.push(...(await brokenNames(page)));
  await page.close();
  return [...complaints, ...found].map((text) => `${path}: ${text}`);
}

/** Pixels of two lines, which the two words of the owner's name take at the most; a third one breaks a word. */
const TWO_LINES = 60;

/** Names that a narrow desk breaks within their words. */
async function brokenNames(page: Page): Promise<string[]> {
  await page.setViewportSize({ width: 1024, height: 900 });
  const heights = await page
    .locator('.rows .name')
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
  const isWhole = heights.length > 0 && heights.every((height) => height < TWO_LINES);
  return isWhole ? [] : [`1024 px: names of ${heights.join(', ')} px`];
}

type As = { readonly width: number; readonly scheme: (typeof SCHEMES)[number] };

async function problemsOf(page: Page, { width, scheme }: As): Promise<string[]> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: 'attached' });
  // The dark one is the same page in other colours.
  const broken = await brokenRules(page, scheme === 'light' ? 'all' : 'colours');
  return broken.map((problem) => `${width} px, ${scheme}: ${problem}`);
}
