import type { Draft } from '../../src/model/reply.ts';

/** Somebody whom a text may call by `@name`. */
export type Call = NonNullable<Draft['calls']>[number];

const WORD = /[\p{L}\p{N}_]/u;

/**
 * The text in order, with each `@name` of `calls` as the person it calls. The longest name counts; what is part of a word
 * (a mail address, a longer name) calls nobody. For text outside of code only.
 */
export function splitCalls(text: string, calls: readonly Call[]): readonly (string | Call)[] {
  if (calls.length === 0 || !text.includes('@')) return [text];
  const longestFirst = calls.filter(({ name }) => name !== '').toSorted((a, b) => b.name.length - a.name.length);
  const pieces: (string | Call)[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const call = at < from || endsInWord(text.slice(0, at)) ? undefined : calledAt(text, at + 1, longestFirst);
    if (call === undefined) continue;
    if (at > from) pieces.push(text.slice(from, at));
    pieces.push(call);
    from = at + 1 + call.name.length;
  }
  if (from < text.length || pieces.length === 0) pieces.push(text.slice(from));
  return pieces;
}

function calledAt(text: string, at: number, calls: readonly Call[]): Call | undefined {
  return calls.find(({ name }) => {
    if (!text.startsWith(name, at)) return false;
    const next = text.codePointAt(at + name.length);
    return next === undefined || !WORD.test(String.fromCodePoint(next));
  });
}

/** The last letter may be of two units. As a class before the end, V8 (Node 26.10) does not find such a one. */
const endsInWord = (text: string): boolean => /(?:\p{L}|\p{N}|_)$/u.test(text.slice(-2));
