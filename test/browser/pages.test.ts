import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext } from 'playwright-core';
import { PLACES } from '../../console/map.ts';
import { listenForComplaints, openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [375, 1440] as const;

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

for (const width of WIDTHS)
  test(`every page can be used by everybody, and breaks no rule of its own: ${width} px`, async () => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
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

/** What is wrong with a page, in both schemes. */
async function look(context: BrowserContext, path: string): Promise<string[]> {
  const page = await context.newPage();
  const complaints = listenForComplaints(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(site.url + site.addressOf(path));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
  const found: string[] = [];
  // Legacy: without a second page for each result, which pages without frames have no use of.
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: 'attached' });
    const { violations } = await new AxeBuilder({ page })
      .options({ resultTypes: ['violations'] })
      .withTags(RULES)
      .setLegacyMode()
      .analyze();
    for (const { id, nodes } of violations)
      found.push(
        `${scheme}: ${id}: ${nodes.map(({ html, target }) => `${target.join(' ')} ${html.slice(0, 160)}`).join(' | ')}`,
      );
  }
  const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  if (Number(wide) > 0) found.push(`wider than the screen by ${String(wide)} px`);
  await page.close();
  return [...complaints, ...found].map((text) => `${path}: ${text}`);
}
