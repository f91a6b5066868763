import type { Ask } from '../llm/ask.ts';
import { helpful, type Reply } from '../llm/answer.ts';

/** What somebody asks on one platform. */
export type Scene = {
  /** On GitHub it becomes a review comment on a pull request. */
  readonly question: string;
  readonly edited: { readonly before: string; readonly after: string };
  readonly long: string;
  /** While this is answered the model fails. */
  readonly failing: string;
  /** For this the model wants something done that others see. */
  readonly errand: string;
};

export const SCENES: Readonly<Record<string, Scene>> = {
  slack: {
    question: 'what is in this release?',
    edited: { before: 'which train goes to Bern?', after: 'which train goes to Basel?' },
    long: 'count everything in the warehouse',
    failing: 'tell me of the old warehouse',
    errand: 'remind the warehouse of the inventory',
  },
  discord: {
    question: 'how do I run the tests?',
    edited: { before: 'when does the bus to Bern go?', after: 'when does the bus to Basel go?' },
    long: 'count everything in the shop',
    failing: 'tell me of the old shop',
    errand: 'remind the shop of the inventory',
  },
  teams: {
    question: 'can you sum up the plan for today?',
    edited: { before: 'how do we get to Bern?', after: 'how do we get to Basel?' },
    long: 'count everything in the office',
    failing: 'tell me of the old office',
    errand: 'remind the office of the inventory',
  },
  github: {
    question: 'is this change safe?',
    edited: { before: 'who greets in Bern?', after: 'who greets in Basel?' },
    long: 'count everything that greets',
    failing: 'tell me of the old greeting',
    errand: 'remind the team of the review',
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
  broken: `Once there was a house with ${Array.from({ length: 60 }, (_, index) => `${index + 1} windows`).join(', ')}.`,
  spared:
    'The first model broke off in the middle. The **second** one, of another vendor, gave this answer in its place.',
  done: 'It is planned: **you** allowed it.',
} as const;

/** What the model asks for. */
export const ERRAND = { text: 'Do not forget it', cron: '0 9 * * 1', timeZone: 'Europe/Zurich' } as const;

/** What the model says in the demo. What was stopped is answered in short once `beBrief` was called for its question. */
export type Model = {
  readonly script: (ask: Ask) => Reply;
  /** What the second model says: it is asked when the first one has failed, or is given a rest for it. */
  readonly spare: (ask: Ask) => Reply;
  readonly beBrief: (question: string) => void;
};

export function openModel(): Model {
  const brief = new Set<string>();
  const scenes = Object.values(SCENES);
  const fails = (asked: string): boolean => scenes.some((scene) => asked.includes(scene.failing));
  const script = (ask: Ask): Reply => {
    const last = ask.messages.at(-1);
    if (last?.role === 'tool') return ANSWERS.done;
    const asked = last?.text ?? '';
    if (fails(asked)) return { text: ANSWERS.broken, breaksAfter: BREAKS_AFTER };
    if (scenes.some((scene) => asked.includes(scene.errand)))
      return { calls: [{ name: 'schedule_message', arguments: ERRAND }] };
    const long = scenes.find((scene) => asked.includes(scene.long))?.long;
    if (long !== undefined) return brief.has(long) ? ANSWERS.brief : ANSWERS.long;
    if (asked.includes('Basel')) return ANSWERS.basel;
    return asked.includes('Bern') ? ANSWERS.bern : ANSWERS.whole;
  };
  return {
    beBrief: (question) => void brief.add(question),
    script,
    spare: (ask) => (fails(ask.messages.at(-1)?.text ?? '') ? ANSWERS.spared : script(ask)),
  };
}

/** Tokens: a second and a half of words. */
const BREAKS_AFTER = 60;

/** For people who try it by hand: who asks for something long has the time to stop it. */
export function byHand(ask: Ask): string {
  return /\blong\b/i.test(ask.messages.at(-1)?.text ?? '') ? ANSWERS.long : helpful(ask);
}
