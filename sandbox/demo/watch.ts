import { setTimeout as sleep } from 'node:timers/promises';
import type { StandIn, Visible } from '../kit/stand-in.ts';

/** What became of one question. Milliseconds are from the moment it was said. */
export type Outcome = {
  readonly platform: string;
  readonly question: string;
  readonly acknowledgedMs: number | undefined;
  readonly firstWordMs: number | undefined;
  readonly wholeMs: number | undefined;
  readonly answer: readonly Visible[];
  /** Performed calls of the stand-in, with how often. */
  readonly calls: ReadonlyMap<string, number>;
  /** Undefined: exactly one complete answer. */
  readonly fault: string | undefined;
};

/** An answer that is whole stays as it is: it is looked at once more after so many milliseconds. */
const QUIET_MS = 1_500;
const LOOK_EVERY_MS = 20;

/** Hidden comments, and the language of a code block, which not every platform can show. */
const UNSEEN = /<!--[^]*?-->|(?<=^\s*`{3,})\w+$/gm;

/** The words of a text, whatever marks a platform writes around them. */
export function wordsOf(text: string): string {
  return (text.replaceAll(UNSEEN, '').match(/[\p{L}\p{N}]+/gu) ?? []).join(' ').toLowerCase();
}

/**
 * Says one thing to the bot and watches the conversation until the expected answer is there, once.
 * @param expected the model's answer to this question, as CommonMark.
 */
export async function ask(standIn: StandIn, question: string, expected: string, withinMs: number): Promise<Outcome> {
  const callsBefore = standIn.ledger.entries.length;
  const before = new Set(standIn.visible().map((message) => message.id));
  const startedAt = performance.now();
  const said = await standIn.say({ text: question });
  const wanted = wordsOf(expected);
  const answers = (): readonly Visible[] =>
    standIn.visible().filter((message) => message.fromBot && !before.has(message.id));
  const words = (): string =>
    wordsOf(
      answers()
        .map((message) => message.text)
        .join('\n'),
    );

  let firstWordMs: number | undefined;
  let wholeMs: number | undefined;
  while (wholeMs === undefined && performance.now() - startedAt < withinMs) {
    const now = words();
    if (now !== '') firstWordMs ??= performance.now() - startedAt;
    if (now === wanted) wholeMs = performance.now() - startedAt;
    else await sleep(LOOK_EVERY_MS);
  }
  await sleep(QUIET_MS);
  const calls = Map.groupBy(
    standIn.ledger.entries.slice(callsBefore).filter((entry) => entry.performed),
    (entry) => entry.call,
  );
  return {
    platform: standIn.name,
    question,
    acknowledgedMs: said.acknowledgedInMs,
    firstWordMs,
    wholeMs,
    answer: answers(),
    calls: new Map([...calls].map(([call, entries]) => [call, entries.length])),
    fault: faultOf({ status: said.status, wholeMs, words: words(), wanted }),
  };
}

function faultOf(seen: {
  status: number | undefined;
  wholeMs: number | undefined;
  words: string;
  wanted: string;
}): string | undefined {
  if (seen.status !== undefined && seen.status >= 300) return `the delivery was answered with ${seen.status}`;
  if (seen.words === '') return 'no answer came';
  if (seen.words === seen.wanted) return undefined;
  if (seen.words.startsWith(seen.wanted)) return 'the answer is there more than once';
  return `the answer is not whole: ${seen.words.length} of ${seen.wanted.length} characters of words`;
}
