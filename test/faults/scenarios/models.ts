import type { LlmFault } from '../../../sandbox/llm/faults.ts';
import { answerOf, answering, tokensIn } from '../answers.ts';
import type { Scenario } from '../scenario.ts';
import { settle } from '../settle.ts';
import { PLATFORMS, type World } from '../world.ts';

/** Faults of the model that pass: after them the question is asked again and answered. */
const PASSING: Readonly<Record<string, LlmFault>> = {
  'llm-429': { kind: 'status', status: 429, retryAfter: '1' },
  'llm-529': { kind: 'status', status: 529 },
  'llm-500': { kind: 'status', status: 500 },
  'llm-refused': { kind: 'reset-at-once' },
  'llm-cut-by-fin': { kind: 'cut', afterTokens: 5 },
  'llm-reset-mid-answer': { kind: 'reset', afterTokens: 5 },
  'llm-malformed-sse': { kind: 'malformed', afterTokens: 5 },
  'llm-error-event': { kind: 'error-event', afterTokens: 5 },
  'llm-html-with-200': { kind: 'html' },
  'llm-empty': { kind: 'empty' },
  'llm-open-end': { kind: 'open-end' },
  'llm-drip': { kind: 'drip', delayMs: 100 },
};

export const modelScenarios: readonly Scenario[] = [
  ...Object.entries(PASSING).map(([name, fault]) => passing(name, fault)),
  passing('llm-half-open', { kind: 'stall', afterTokens: 4, times: 2 }),
  passing('llm-first-byte-late', { kind: 'late', delayMs: 121_000, times: 1 }),
  {
    name: 'llm-split-utf8',
    settings: { model: { chunkBytes: 3 } },
    async run(world) {
      world.model.script((ask) => withUmlauts(tokensIn(ask.messages.at(-1)?.text ?? '')));
      await world.start('all');
      const asked = await Promise.all(PLATFORMS.map((name) => world.ask(name, { words: 30 })));
      await settle(world);
      for (const { platform, thread } of asked) {
        const text = world.platforms[platform]
          .visible(thread)
          .map((message) => message.text)
          .join('');
        world.expect(text.includes('größer 🙂 日本'), `${platform}: characters of several bytes are not whole`);
        world.expect(!text.includes('\ufffd'), `${platform}: a replacement character is visible`);
      }
    },
  },
  {
    name: 'llm-1-mb-answer',
    async run(world) {
      world.model.script('lorem ipsum dolor '.repeat(60_000));
      await world.start('all');
      const asked = await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      world.tally.faults += asked.length;
      for (const { platform, thread } of asked) world.excuse(platform, thread, 'the answer is longer than any may be');
      await settle(world, 300_000);
      world.model.script(answering);
      await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world);
    },
  },
  {
    name: 'llm-endless-repetition',
    async run(world) {
      await world.start('all');
      world.model.faults.plan({ kind: 'endless', times: 2 });
      world.tally.faults += 2;
      const asked = await Promise.all([world.ask('github'), world.ask('teams')]);
      await settle(world, 300_000);
      for (const { platform, thread } of asked) world.excuse(platform, thread, 'the answer never ended');
      await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world);
    },
  },
];

function withUmlauts(tokens: readonly string[]): string {
  return `größer 🙂 日本 ${tokens.map(answerOf).join('\n\n')}`;
}

function passing(name: string, fault: LlmFault): Scenario {
  return {
    name,
    async run(world: World) {
      await world.start('all');
      for (const platform of PLATFORMS) {
        world.model.faults.plan(fault);
        world.tally.faults += fault.times ?? 1;
        await world.ask(platform, { words: 30 });
      }
      await settle(world, 400_000);
    },
  };
}
