import { setTimeout as sleep } from 'node:timers/promises';
import type { Shown, Stage } from '../stage/stage.ts';

const LOOK_EVERY_MS = 20;

/** Hidden comments, and the language of a code block, which not every platform can show. */
const UNSEEN = /<!--[^]*?-->|(?<=^\s*`{3,})\w+$/gm;

/** The words of a text, whatever marks a platform writes around them. */
export function wordsOf(text: string): string {
  return (text.replaceAll(UNSEEN, '').match(/[\p{L}\p{N}]+/gu) ?? []).join(' ').toLowerCase();
}

/** What the bot said from a moment on, wherever it said it. */
export type Watch = {
  readonly posts: () => readonly Shown[];
  /** Their words, without what commands that are given in words are answered with. */
  readonly words: () => string;
  /** Resolves with what `look` gives, as soon as that is something. @throws Error that says what did not come. */
  readonly until: <Seen>(what: string, look: () => Seen | undefined) => Promise<Seen>;
  /** Resolves when these are the words, and for `quietMs` stay the words. @throws Error that says what is wrong. */
  readonly says: (expected: string) => Promise<void>;
};

/** What is waited for, and how long what is seen has to stay. Milliseconds. */
export type Patience = { readonly withinMs: number; readonly quietMs: number };

/** "Stopped." and "Done." answer the one who wrote a command where others press a button. */
const RECEIPTS = new Set(['stopped', 'done']);
export const isReceipt = ({ text }: Pick<Shown, 'text'>): boolean => RECEIPTS.has(wordsOf(text));

export function openWatch(stage: Stage, { withinMs, quietMs }: Patience): Watch {
  const before = new Set(stage.shown().map(({ id }) => id));
  const posts = (): readonly Shown[] => stage.shown().filter(({ id, fromBot }) => fromBot && !before.has(id));
  const words = (): string =>
    wordsOf(
      posts()
        .filter((post) => !isReceipt(post))
        .map(({ text }) => text)
        .join('\n'),
    );
  const until: Watch['until'] = async (what, look) => {
    const startedAt = performance.now();
    for (;;) {
      const seen = look();
      if (seen !== undefined) return seen;
      if (performance.now() - startedAt > withinMs) throw new Error(`${what} within ${withinMs / 1000} s`);
      await sleep(LOOK_EVERY_MS);
    }
  };
  return {
    posts,
    words,
    until,
    async says(expected) {
      const wanted = wordsOf(expected);
      await until('', () => (words() === wanted ? true : undefined)).catch(() => undefined);
      await sleep(quietMs);
      const fault = faultOf(words(), wanted);
      if (fault !== undefined) throw new Error(fault);
    },
  };
}

function faultOf(words: string, wanted: string): string | undefined {
  if (words === wanted) return undefined;
  if (words === '') return 'no answer came';
  if (words.startsWith(wanted)) return 'the answer is there more than once, or with something behind it';
  if (wanted.startsWith(words)) return `the answer is cut: ${words.length} of ${wanted.length} characters of words`;
  return `the answer is another one: “${words.slice(0, 100)}”`;
}
