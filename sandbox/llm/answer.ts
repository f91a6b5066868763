import type { Ask } from './ask.ts';

/** Tokens, each counted in one field; `reasoning` is the part of `output` that was spent on thinking. */
export type Tokens = {
  readonly input: number;
  readonly cached: number;
  readonly written: number;
  readonly output: number;
  readonly reasoning: number;
};

export type Answer = {
  readonly text: string;
  readonly tokens: Tokens;
  /** `filter`: the provider stopped it. */
  readonly finish: 'stop' | 'length' | 'filter';
};

/** What to answer: a text, or more about it; a function is asked anew for each request. */
export type Reply =
  | string
  | { readonly text: string; readonly tokens?: Partial<Tokens>; readonly finish?: Answer['finish'] };
export type Script = Reply | ((ask: Ask) => Reply);

const words = (text: string): readonly string[] => text.match(/\s*\S+\s*/g) ?? [];

/** The pieces in which a text is sent: words with their blanks, which stand for tokens. */
export function tokensOf(text: string): readonly string[] {
  return words(text).length === 0 && text !== '' ? [text] : words(text);
}

/** What a script answers to a request, within the request's own limit. */
export function answerTo(ask: Ask, script: Script | undefined): Answer {
  const reply = typeof script === 'function' ? script(ask) : (script ?? helpful(ask));
  const { text, tokens, finish }: Exclude<Reply, string> = typeof reply === 'string' ? { text: reply } : reply;
  const all = tokensOf(text);
  const cut = ask.maxOutputTokens !== undefined && all.length > ask.maxOutputTokens;
  const read = [ask.system, ...ask.messages.map((message) => message.text)].map((text) => words(text).length);
  const counted = { input: read.reduce((sum, count) => sum + count, 0), cached: 0, written: 0, reasoning: 0 };
  const sent = cut ? all.slice(0, ask.maxOutputTokens) : all;
  return {
    text: sent.join(''),
    tokens: { ...counted, output: sent.length, ...tokens },
    finish: finish ?? (cut ? 'length' : 'stop'),
  };
}

/** What is answered where nothing else was agreed. */
export function helpful(ask: Ask): string {
  const question =
    ask.messages
      .findLast(({ role }) => role === 'user')
      ?.text.replace(/\s+/g, ' ')
      .trim() ?? '';
  return [
    `You asked: “${question.slice(0, 200)}”.`,
    `I am the stand-in for ${ask.model}. I have read ${ask.messages.length} message(s) and answer in three parts:`,
    '1. what you asked is understood;\n2. nothing left this machine;\n3. the same question gets the same answer.',
    '```ts\nconst answer = 42;\n```',
  ].join('\n\n');
}
