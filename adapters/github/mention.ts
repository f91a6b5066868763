import { maskCode } from './mask.ts';

/** What a comment says to the bot: whether it names it, and the text with the names taken out. */
export type Addressed = { readonly mentioned: boolean; readonly text: string };

/**
 * Looks for `@slug` (and `@slug[bot]`) where GitHub would see a mention: at word borders, in any case, outside code,
 * comments and quotations. `@slug-other`, `@slug/team`, `@slug.dev` and `me@slug` name somebody else.
 */
export function addressed(text: string, slug: string): Addressed {
  if (!text.toLowerCase().includes(`@${slug.toLowerCase()}`)) return { mentioned: false, text };
  const spots = [...maskCode(text).matchAll(pattern(slug))];
  if (spots.length === 0) return { mentioned: false, text };
  return { mentioned: true, text: cutOut(text, spots) };
}

// A slug is letters, digits and hyphens (checked when the adapter is opened): nothing to escape.
function pattern(slug: string): RegExp {
  const before = String.raw`(?<![\p{L}\p{N}_@/.\x60-])`;
  const after = String.raw`(?!\.*[\p{L}\p{N}_])(?![-/])`;
  return new RegExp(`${before}@${slug}(?:\\[bot\\])?${after}`, 'giu');
}

function cutOut(text: string, spots: readonly RegExpExecArray[]): string {
  let rest = '';
  let at = 0;
  for (const spot of spots) {
    rest += text.slice(at, spot.index);
    at = spot.index + spot[0].length;
    // "@bot, please" and "ask @bot now" read on without a hole.
    if (/(^|\n)[ \t]*$/.test(rest.slice(-80))) at += /^[,:]?[ \t]*/.exec(text.slice(at, at + 80))?.[0].length ?? 0;
    else if (/[ \t]/.test(rest.at(-1) ?? '')) rest = rest.slice(0, -1);
  }
  return (rest + text.slice(at)).trim();
}
