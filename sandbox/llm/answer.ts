import { randomUUID } from 'node:crypto';
import type { Ask } from './ask.ts';
import type { Call } from './said.ts';

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
  /** What was thought before; empty: nothing. */
  readonly thoughts: string;
  readonly calls: readonly Call[];
  readonly tokens: Tokens;
  /** `filter`: the provider stopped it. */
  readonly finish: 'stop' | 'length' | 'filter';
  /** The connection breaks after so many tokens. */
  readonly breaksAfter: number | undefined;
};

export type Reply =
  | string
  | {
      readonly text?: string;
      readonly thoughts?: string;
      readonly calls?: readonly {
        readonly name: string;
        /** A text stands for itself, also where it is no JSON. */
        readonly arguments: unknown;
        /** Absent: a new one. Empty: as servers do that give none. */
        readonly id?: string;
      }[];
      readonly tokens?: Partial<Tokens>;
      readonly finish?: Answer['finish'];
      readonly breaksAfter?: number;
    };
/** What to answer: a text, or more about it; a function is asked anew for each request. */
export type Script = Reply | ((ask: Ask) => Reply);

const words = (text: string): readonly string[] => text.match(/\s*\S+\s*/g) ?? [];

/** The pieces in which a text is sent: words with their blanks, which stand for tokens. */
export function tokensOf(text: string): readonly string[] {
  return words(text).length === 0 && text !== '' ? [text] : words(text);
}

/** What a script answers to a request, within the request's own limit. */
export function answerTo(ask: Ask, script: Script | undefined): Answer {
  const reply = typeof script === 'function' ? script(ask) : (script ?? helpful(ask));
  const given: Exclude<Reply, string> = typeof reply === 'string' ? { text: reply } : reply;
  const { text = '', thoughts = '' } = given;
  const all = tokensOf(text);
  const sent = all.slice(0, ask.maxOutputTokens);
  const finish = given.finish ?? (sent.length < all.length ? 'length' : 'stop');
  const whole = sent.length < all.length ? [] : callsOf(given.calls ?? [], ask.protocol);
  const calls = finish === 'length' ? halved(whole) : whole;
  const counted = tokensIn(ask, sent.join(' '), [thoughts, ...calls.map((call) => call.arguments)]);
  const { breaksAfter } = given;
  return { text: sent.join(''), thoughts, calls, tokens: { ...counted, ...given.tokens }, finish, breaksAfter };
}

/** A word is a token. */
function tokensIn(ask: Ask, said: string, [thoughts = '', ...args]: readonly string[]): Tokens {
  const input = [ask.system, ...ask.messages.map(({ text }) => text)].join(' ');
  const output = [said, thoughts, ...args].join(' ');
  const count = (of: string): number => words(of).length;
  return { input: count(input), cached: 0, written: 0, output: count(output), reasoning: count(thoughts) };
}

function callsOf(calls: NonNullable<Exclude<Reply, string>['calls']>, protocol: Ask['protocol']): readonly Call[] {
  return calls.map(({ name, arguments: args, id }) => ({
    id: id ?? `${protocol === 'anthropic' ? 'toolu' : 'call'}_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
  }));
}

/** The limit of an answer cuts its last call in two. */
function halved(calls: readonly Call[]): readonly Call[] {
  return calls.map((call, index) =>
    index < calls.length - 1 ? call : { ...call, arguments: call.arguments.slice(0, call.arguments.length / 2) },
  );
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
