import { startHub } from './demo/hub-process.ts';
import { headOf, reportOf } from './demo/transcript.ts';
import { ask, type Outcome } from './demo/watch.ts';
import type { StandIn } from './kit/stand-in.ts';
import { openSandbox } from './open-all.ts';
import { servePage } from './page/serve.ts';

/** What a person asks on each platform. On GitHub it becomes a review comment on a pull request. */
const QUESTIONS: Readonly<Record<string, string>> = {
  slack: 'what is in this release?',
  discord: 'how do I run the tests?',
  teams: 'can you sum up the plan for today?',
  github: 'is this change safe?',
};

/** The model gives every platform the same answer, so that it is known what has to arrive. */
const ANSWER = [
  '## Three things to know',
  'This answer was **streamed** by a stand-in of a model, rendered for the platform it was asked on, and posted once.',
  '1. The delivery was verified and committed before it was acknowledged.\n2. A worker took the thread, asked the model and kept a journal.\n3. The post grew in place until it was whole.',
  '```ts\nconst promise = { lost: 0, doubled: 0, cut: 0 };\n```',
  '| step | kept in |\n| --- | --- |\n| delivery | PostgreSQL |\n| answer | PostgreSQL |',
  'Ask again: the conversation is remembered.',
].join('\n\n');

const ANSWER_WITHIN_MS = 30_000;

const once = process.argv.includes('--once');
try {
  process.exitCode = await demo();
} catch (error) {
  process.stderr.write(`the demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
process.exit();

/** 0 when every platform got exactly one complete answer. */
async function demo(): Promise<number> {
  const startedAt = performance.now();
  await using sandbox = await openSandbox();
  sandbox.model.script(ANSWER);
  await using hub = await startHub(sandbox.environment);
  sandbox.deliverTo(hub.url);
  process.stdout.write(headOf(hub, performance.now() - startedAt));

  const outcomes: Outcome[] = [];
  const run = async (platform: StandIn): Promise<void> => {
    const question = QUESTIONS[platform.name] ?? 'hello';
    const outcome = await ask(platform, question, ANSWER, ANSWER_WITHIN_MS);
    outcomes.push(outcome);
    process.stdout.write(reportOf(outcome));
  };
  await Promise.race([Promise.all(sandbox.platforms.map(run)), hub.ended]);

  const faults = outcomes.filter((outcome) => outcome.fault !== undefined);
  if (faults.length === 0) process.stdout.write(`\nEvery platform got exactly one complete answer.\n`);
  for (const outcome of faults) process.stdout.write(`\n${outcome.platform}: ${outcome.fault}\n`);
  if (once) return faults.length === 0 ? 0 : 1;
  sandbox.model.script(undefined);
  await stayUp(sandbox.platforms, hub);
  return 0;
}

async function stayUp(platforms: readonly StandIn[], hub: Awaited<ReturnType<typeof startHub>>): Promise<void> {
  await using page = await servePage(platforms, 0);
  process.stdout.write(`\nTry it by hand: ${page.url}   (the hub: ${hub.url})   Ctrl-C ends it.\n`);
  const stopped = Promise.withResolvers<void>();
  process.once('SIGINT', () => stopped.resolve());
  process.once('SIGTERM', () => stopped.resolve());
  await Promise.race([stopped.promise, hub.ended]);
}
