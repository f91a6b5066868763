import type { Shown } from '../stage/stage.ts';

/** Writes down what somebody does and sees, each with its time in seconds from the beginning. */
export type Notes = {
  readonly does: (what: string) => void;
  readonly sees: (messages: readonly Shown[]) => void;
  /** Anything about it, without a time. */
  readonly adds: (what: string) => void;
  readonly lines: () => readonly string[];
  /** Milliseconds since the beginning. */
  readonly now: () => number;
};

const MOST_LINES = 30;
const MOST_LETTERS = 180;

export function openNotes(): Notes {
  const startedAt = performance.now();
  const lines: string[] = [];
  const now = (): number => performance.now() - startedAt;
  const timed = (first: string, rest: readonly string[] = []): void => {
    lines.push(`${seconds(now()).padStart(7)}  ${first}`, ...rest.map((line) => `${' '.repeat(9)}${line}`.trimEnd()));
  };
  return {
    now,
    lines: () => lines,
    does: (what) => timed(what),
    adds: (what) => void lines.push(...wrapped(what).map((line) => `${' '.repeat(9)}${line}`)),
    sees(messages) {
      const [first = '│ (nothing)', ...rest] = messages.flatMap(linesOf);
      timed(first, rest);
    },
  };
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Lines of at most so many letters, broken between words. */
function wrapped(text: string): readonly string[] {
  return text.match(/\S.{0,99}(?=\s|$)/g) ?? [text];
}

/** A message as it stands before a person, with its buttons. */
function linesOf({ author, text, edits, controls }: Shown): readonly string[] {
  const body = shorten(text).split('\n');
  // Where there are no buttons, the text says what to write instead.
  const buttons = controls
    .filter(({ label }) => !text.includes(label))
    .map(({ label }) => `[${label}]`)
    .join(' ');
  const who = `${author}${edits > 0 ? ' (edited)' : ''}:`;
  const said =
    body.length === 1 ? [`${who} ${body[0]}`] : [who, ...body.slice(0, MOST_LINES).map((line) => `  ${line}`)];
  return [...said, ...(buttons === '' ? [] : [`  ${buttons}`])].map((line) => `│ ${line}`);
}

/** An answer in several lines is shown whole, one endless line by its two ends. */
function shorten(text: string): string {
  if (text.includes('\n') || text.length <= MOST_LETTERS) return text;
  return `${text.slice(0, 90)} […] ${text.slice(-60)} (${text.length} characters)`;
}
