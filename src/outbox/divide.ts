import { growingParser } from '../model/parse-growing.ts';
import { split, type Part, type PartLimits } from '../model/split.ts';

/** The parts of a text from an offset on. */
export type Divide = (text: string, from: number) => readonly Part[];

/**
 * As `split`, for one text that is divided again and again while it grows. What was settled is not parsed again, what was
 * measured the last time not measured again, and the same text, for the next of its steps, not divided again.
 */
export function dividing({ part, measure }: PartLimits): Divide {
  let last: { readonly text: string; readonly from: number; readonly parts: readonly Part[] } | undefined;
  let before = new Map<string, number>();
  const parse = growingParser();
  return (text, from) => {
    if (last?.text === text && last.from === from) return last.parts;
    const now = new Map<string, number>();
    const remember = (markdown: string): number => {
      const size = now.get(markdown) ?? before.get(markdown) ?? measure(markdown);
      now.set(markdown, size);
      return size;
    };
    last = { text, from, parts: split(text, { part, measure: remember }, from, parse) };
    before = now;
    return last.parts;
  };
}
