import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext } from 'playwright-core';
import { PLACES } from '../../console/map.ts';
import { listenForComplaints, openBrowser, openTestSite, type TestSite } from '../kit/browser.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [375, 1440] as const;

let site: TestSite;
let browser: Browser;
before(async () => {
  [site, browser] = await Promise.all([openTestSite(), openBrowser()]);
});
after(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
});

for (const scheme of SCHEMES)
  for (const width of WIDTHS)
    test(`every page can be used by everybody, and breaks no rule of its own: ${scheme}, ${width} px`, async () => {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: scheme,
        reducedMotion: 'reduce',
      });
      await context.addCookies([{ name: 'role', value: 'owner', url: site.url }]);
      const found: string[] = [];
      const open = PLACES.map(({ path }) => path);
      const work = async (): Promise<void> => {
        for (let path = open.pop(); path !== undefined; path = open.pop()) found.push(...(await look(context, path)));
      };
      await Promise.all([work(), work(), work()]);
      await context.close();
      assert.deepEqual(found, []);
    });

/** What is wrong with a page. */
async function look(context: BrowserContext, path: string): Promise<string[]> {
  const page = await context.newPage();
  const complaints = listenForComplaints(page);
  await page.goto(site.url + path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  await page.close();
  return [
    ...complaints,
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
    ...(Number(wide) > 0 ? [`wider than the screen by ${String(wide)} px`] : []),
  ].map((text) => `${path}: ${text}`);
}
