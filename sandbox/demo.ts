import { startHub } from './demo/hub-process.ts';
import { twoModels } from './demo/models.ts';
import { play, type Step } from './demo/play.ts';
import { byHand, openModel } from './demo/scenes.ts';
import { headOf, reportOf, tickOf, verdictOf } from './demo/transcript.ts';
import { openSandbox, type Sandbox } from './open-all.ts';
import { servePage } from './page/serve.ts';

const PATIENCE = { withinMs: 15_000, quietMs: 1_000 };
/** What a shell gives a program that Ctrl-C ended. */
const INTERRUPTED = 130;

// Who only reads what it prints has no use for a page.
const stays = process.argv.includes('--stay') || (process.stdout.isTTY && !process.argv.includes('--once'));
const interrupted = Promise.withResolvers<number>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.resolve(INTERRUPTED));
// Whoever read along has gone: the hub and its database must not stay behind for that.
process.stdout.on('error', () => interrupted.resolve(INTERRUPTED));
try {
  process.exitCode = await demo();
} catch (error) {
  process.stderr.write(`THE DEMO FAILED\n  ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
process.exit();

/** 0 when everything was as it should be, on every platform. */
async function demo(): Promise<number> {
  const startedAt = performance.now();
  await using sandbox = await openSandbox();
  const model = openModel();
  sandbox.model.script(model.script);
  sandbox.spare.script(model.spare);
  const { environment, configuration } = twoModels(sandbox);
  await using hub = await startHub(environment, configuration);
  sandbox.deliverTo(hub.url);
  process.stdout.write(`${headOf(hub, performance.now() - startedAt)}\nOn four platforms at once, six steps:\n\n`);

  const tell = (step: Step): void => void process.stdout.write(tickOf(step));
  const playing = Promise.all(sandbox.stages.map((stage) => play(stage, { model, patience: PATIENCE, tell })));
  const played = await Promise.race([playing, hub.ended, interrupted.promise]);
  if (typeof played === 'number') return played;
  for (const steps of played) process.stdout.write(reportOf(steps));
  const { text, code } = verdictOf(played.flat());
  (code === 0 ? process.stdout : process.stderr).write(`\n${text}`);
  if (code === 0 && stays) await stayUp(sandbox, hub);
  return code;
}

async function stayUp(sandbox: Sandbox, hub: Awaited<ReturnType<typeof startHub>>): Promise<void> {
  sandbox.model.script(byHand);
  await using page = await servePage(sandbox.stages, 0);
  process.stdout.write(`\nTry it by hand: ${page.url}   (the hub: ${hub.url})   Ctrl-C ends it.\n`);
  process.stdout.write('Ask for something long to have the time to stop it.\n');
  await Promise.race([interrupted.promise, hub.ended]);
}
