import { test } from 'node:test';
import { openBrowser, openTestSite } from '../kit/browser.ts';
test('shots', async () => {
  const [browser, site] = await Promise.all([openBrowser(), openTestSite()]);
  for (const width of [1024, 1200, 1440]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    await context.addCookies([...site.cookies]);
    const page = await context.newPage();
    await page.goto(`${site.url}/audit`);
    await page.locator('table.rows tbody tr').first().waitFor();
    await page.screenshot({ path: `/tmp/h3/audit-${width}.png` });
    console.log(width, await page.evaluate(() => { const t = document.querySelector('table.rows'); const p = t?.parentElement; return [t?.scrollWidth, p?.clientWidth, document.documentElement.scrollWidth, [...document.querySelectorAll('table.rows tr:nth-child(1) td')].map((td) => td.clientWidth)]; }));
    await context.close();
  }
  await browser.close();
  await site[Symbol.asyncDispose]();
});
