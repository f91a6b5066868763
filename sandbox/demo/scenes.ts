import type { Ask } from '../llm/ask.ts';
import { helpful } from '../llm/answer.ts';

/** What somebody asks on one platform. */
export type Scene = {
  /** On GitHub it becomes a review comment on a pull request. */
  readonly question: string;
  readonly edited: { readonly before: string; readonly after: string };
  readonly long: string;
};

export const SCENES: Readonly<Record<string, Scene>> = {
  slack: {
    question: 'what is in this release?',
    edited: { before: 'which train goes to Bern?', after: 'which train goes to Basel?' },
    long: 'count everything in the warehouse',
  },
  discord: {
    question: 'how do I run the tests?',
    edited: { before: 'when does the bus to Bern go?', after: 'when does the bus to Basel go?' },
    long: 'count everything in the shop',
  },
  teams: {
    question: 'can you sum up the plan for today?',
    edited: { before: 'how do we get to Bern?', after: 'how do we get to Basel?' },
    long: 'count everything in the office',
  },
  github: {
    question: 'is this change safe?',
    edited: { before: 'who greets in Bern?', after: 'who greets in Basel?' },
    long: 'count everything that greets',
  },
};

/** The model gives every platform the same answers, so that it is known what has to arrive. */
export const ANSWERS = {
  whole: [
    '## Three things to know',
    'This answer was **streamed** by a stand-in of a model, rendered for the platform it was asked on, and posted once.',
    '1. The delivery was verified and committed before it was acknowledged.\n2. A worker took the thread, asked the model and kept a journal.\n3. The post grew in place until it was whole.',
    '```ts\nconst promise = { lost: 0, doubled: 0, cut: 0 };\n```',
    '| step | kept in |\n| --- | --- |\n| delivery | PostgreSQL |\n| answer | PostgreSQL |',
    'Ask again: the conversation is remembered.',
  ].join('\n\n'),
  bern: 'To **Bern**: the one at 9:02, from platform 4.',
  basel: 'To **Basel**: the one at 9:31, from platform 7.',
  /** At the stand-in's pace about twenty seconds. */
  long: `Let me count: ${Array.from({ length: 800 }, (_, index) => index + 1).join(', ')}.`,
  brief: 'In short: **eight hundred**, and nothing is missing.',
} as const;

/** What the model says in the demo. What was stopped is answered in short once `beBrief` was called for its question. */
export type Model = { readonly script: (ask: Ask) => string; readonly beBrief: (question: string) => void };

export function openModel(): Model {
  const brief = new Set<string>();
  const scenes = Object.values(SCENES);
  return {
    beBrief: (question) => void brief.add(question),
    script(ask) {
      const asked = ask.messages.at(-1)?.text ?? '';
      const long = scenes.find((scene) => asked.includes(scene.long))?.long;
      if (long !== undefined) return brief.has(long) ? ANSWERS.brief : ANSWERS.long;
      if (asked.includes('Basel')) return ANSWERS.basel;
      if (asked.includes('Bern')) return ANSWERS.bern;
      return ANSWERS.whole;
    },
  };
}

/** For people who try it by hand: who asks for something long has the time to stop it. */
export function byHand(ask: Ask): string {
  return /\blong\b/i.test(ask.messages.at(-1)?.text ?? '') ? ANSWERS.long : helpful(ask);
}
