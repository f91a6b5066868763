import type { Script } from '../../sandbox/llm/answer.ts';

/**
 * What is asked carries a token, and each word of its answer the token and a number: in whatever posts the words turn up,
 * it can be told which question they answer, and whether one is missing, doubled or out of its place.
 */
const TOKEN = /q\d+z\d+/g;
const WORD = /(q\d+z\d+)w(\d+)/g;

/** Words of a paragraph. */
const PARAGRAPH = 40;

/** @param words how long the answer is: 300 make about 3,600 characters. */
export function tokenOf(number: number, words: number): string {
  return `q${number}z${words}`;
}

export function wordsWanted(token: string): number {
  return Number(/z(\d+)$/.exec(token)?.[1] ?? 0);
}

export function answerOf(token: string): string {
  const words = Array.from({ length: wordsWanted(token) }, (_, index) => `${token}w${index + 1}`);
  const paragraphs = [];
  for (let at = 0; at < words.length; at += PARAGRAPH) paragraphs.push(words.slice(at, at + PARAGRAPH).join(' '));
  return paragraphs.join('\n\n');
}

export function tokensIn(text: string): readonly string[] {
  return [...new Set(text.match(TOKEN) ?? [])];
}

/** The words of answers in a text, in their order. Hidden marks are no words. */
export function wordsIn(text: string): readonly { readonly token: string; readonly index: number }[] {
  return Array.from(text.replaceAll(/<!--[^]*?-->/g, '').matchAll(WORD), ([, token = '', index]) => ({
    token,
    index: Number(index),
  }));
}

/** The model: answers every token of the last thing that was said to it. */
export const answering: Script = ({ messages }) => {
  const asked = messages.findLast(({ role }) => role === 'user')?.text ?? '';
  const answers = tokensIn(asked).map(answerOf);
  return answers.length === 0 ? 'There was no question.' : answers.join('\n\n');
};
