import type { Page } from 'playwright-core';
import { brokenRules } from '../../kit/axe.ts';

/** Looks at what is shown now, once for each name. */
export type Look = (page: Page, name: string) => Promise<void>;

const SCHEMES = ['light', 'dark'] as const;
/** Of what pictures are taken, and how. */
const PICTURES: readonly string[] = [
  'account-light',
  'secure-phone',
  'authenticator-dark',
  'platforms-light',
  'connect-dark',
  'invite-light',
  'models-phone',
  'model-light',
  'package-dark',
  'answered-light',
  'answered-phone',
];
const WIDTHS = [375, 1440] as const;

/** Where pictures go. Only when they are asked for, by SCREENSHOTS=1. */
const FOLDER = new URL('../../../docs/screenshots/', import.meta.url).pathname;

/** What breaks a rule of accessibility, or is wider than the screen, in both schemes and widths. Takes pictures when told to. */
export function openLook(): {
  readonly look: Look;
  readonly found: readonly string[];
  readonly names: ReadonlySet<string>;
} {
  const found: string[] = [];
  const names = new Set<string>();
  const takesPictures = process.env['SCREENSHOTS'] === '1';
  const look: Look = async (page, name) => {
    if (names.has(name)) return;
    names.add(name);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width === 375 ? 812 : 900 });
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
        const about = `${name}, ${width} px, ${colorScheme}`;
        found.push(...(await problemsOf(page, colorScheme)).map((problem) => `${about}: ${problem}`));
        const picture = `${name}-${width === 1440 ? colorScheme : colorScheme === 'light' ? 'phone' : ''}`;
        if (takesPictures && PICTURES.includes(picture)) {
          await page.mouse.move(0, 0);
          await page.screenshot({ path: `${FOLDER}first-run-${picture}.png` });
        }
      }
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  };
  return { look, found, names };
}

async function problemsOf(page: Page, scheme: (typeof SCHEMES)[number]): Promise<readonly string[]> {
  const broken = await brokenRules(page, scheme === 'light' ? 'all' : 'colours');
  const wide = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  );
  return wide > 0 ? [...broken, `wider than the screen by ${wide} px`] : broken;
}
