import axe, { type RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

/** WCAG 2.2 AA, and what is good practice beside it. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** All that looks at colours. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

const Violations = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), target: z.array(z.unknown()) })) }),
);

/**
 * What axe finds wrong with a page as it is shown now: `rule: where`. Its program stays in the page, so that looking again costs the
 * rules alone.
 * @param what `colours`: of a page that was looked at whole, and has other colours since.
 */
export async function brokenRules(page: Page, what: 'all' | 'colours' = 'all'): Promise<string[]> {
  if ((await page.evaluate('"axe" in window')) !== true) await page.evaluate(axe.source);
  const runOnly: RunOptions['runOnly'] =
    what === 'all' ? { type: 'tag', values: RULES } : { type: 'rule', values: COLOURS };
  const options: RunOptions = { resultTypes: ['violations'], runOnly };
  const found = await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, nodes }) =>
      ({ id, nodes: nodes.map(({ html, target }) => ({ html, target })) })))`,
  );
  return Violations.parse(found).map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, target }) => `${target.join(' ')} ${html.slice(0, 160)}`).join(' | ')}`,
  );
}
