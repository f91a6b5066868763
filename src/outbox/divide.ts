import type { Limits } from '../model/adapter.ts';
import { split, type Part } from '../model/split.ts';

/** The parts of a text from an offset on. */
export type Divide = (text: string, from: number) => readonly Part[];

/** Remembers the last text: it takes several steps to make a text visible, and dividing it is most of their work. */
export function dividing(limits: Limits): Divide {
  let last: { readonly text: string; readonly from: number; readonly parts: readonly Part[] } | undefined;
  return (text, from) => {
    if (last?.text !== text || last.from !== from) last = { text, from, parts: split(text, limits, from) };
    return last.parts;
  };
}
