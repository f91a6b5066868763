import type { Locator, Page } from 'playwright-core';

/** What one part of the way took. */
export type Part = { readonly part: string; clicks: number; fields: number };

/** Somebody before a browser, whose clicks and fields are counted. */
export type Human = {
  readonly page: Page;
  /** What follows belongs to this part of the way. */
  readonly begin: (part: string) => void;
  readonly click: (what: Locator) => Promise<void>;
  /** Types or pastes: one field, however long it is. */
  readonly fill: (what: Locator, text: string) => Promise<void>;
  /** What is done in a program that is none of ours and has no page here. */
  readonly elsewhere: (done: { readonly clicks: number; readonly fields: number }) => void;
  /** The same person in another tab. */
  readonly at: (page: Page) => Human;
  readonly parts: readonly Part[];
};

export function openHuman(page: Page, parts: Part[] = []): Human {
  const count = (clicks: number, fields: number): void => {
    const part = parts.at(-1);
    if (part === undefined) throw new Error('no part of the way was begun');
    part.clicks += clicks;
    part.fields += fields;
  };
  return {
    page,
    parts,
    begin: (part) => void parts.push({ part, clicks: 0, fields: 0 }),
    async click(what) {
      await what.click();
      count(1, 0);
    },
    async fill(what, text) {
      await what.fill(text);
      count(0, 1);
    },
    elsewhere: ({ clicks, fields }) => count(clicks, fields),
    at: (other) => openHuman(other, parts),
  };
}

/** Seconds of a click, with finding what is to be clicked; of a field, with what is pasted into it. Both are assumed. */
export const CLICK_S = 3;
export const FIELD_S = 6;

export const secondsOf = ({ clicks, fields }: Pick<Part, 'clicks' | 'fields'>): number =>
  clicks * CLICK_S + fields * FIELD_S;
