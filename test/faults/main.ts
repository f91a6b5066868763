import { inspect } from 'node:util';
import { check } from './check.ts';
import { openPostgres, type Postgres } from './postgres.ts';
import { openRandom } from './random.ts';
import { rowOf, HEAD } from './table.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios/all.ts';
import { settle } from './settle.ts';
import { soak } from './soak.ts';
import { readOptions, USAGE, type Options } from './options.ts';
import { openWorld } from './world.ts';

/** The invariants over real processes, a real PostgreSQL and the stand-ins, with kills and cuts. Exit code 1: one is broken. */
const options = readOptions(process.argv.slice(2));
process.exitCode = options === undefined ? explain() : await obey(options);

function explain(): number {
  process.stderr.write(`${USAGE}\n`);
  return 2;
}

/** The exit code. */
async function obey({ only, list, soak: length, seed }: Options): Promise<number> {
  const chosen = scenarios.filter(({ name }) => only.length === 0 || only.some((one) => name.startsWith(one)));
  if (list) {
    process.stdout.write(`${chosen.map(nameOf).join('\n')}\n`);
    return 0;
  }
  const failed = await runAll(length === undefined ? chosen : [soak(length)], seed);
  process.stdout.write(failed.length === 0 ? '\nEvery invariant holds.\n' : `\nBroken: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}

function nameOf({ name, pending }: Scenario): string {
  return pending === undefined ? name : `${name} (pending: ${pending})`;
}

async function runAll(all: readonly Scenario[], seed: number): Promise<readonly string[]> {
  process.stdout.write(`seed ${seed}\n\n${HEAD}\n`);
  await using server = await openPostgres();
  const failed: string[] = [];
  for (const scenario of all) {
    const { line, passed } = await runOne(server, scenario, seed);
    process.stdout.write(`${line}\n`);
    if (!passed && scenario.pending === undefined) failed.push(scenario.name);
  }
  return failed;
}

async function runOne(server: Postgres, scenario: Scenario, seed: number): Promise<{ line: string; passed: boolean }> {
  try {
    return await runThrough(server, scenario, seed);
  } catch (thrown) {
    return { line: `${scenario.name}: it broke down: ${tellAll(thrown)}`, passed: false };
  } finally {
    await server.mend();
  }
}

/** A failed closing hides what failed before it. */
function tellAll(thrown: unknown): string {
  if (!(thrown instanceof SuppressedError)) return inspect(thrown, { depth: 2 });
  const hidden: readonly unknown[] = [thrown.suppressed, thrown.error];
  return hidden.map(tellAll).join('\n');
}

async function runThrough(
  server: Postgres,
  scenario: Scenario,
  seed: number,
): Promise<{ line: string; passed: boolean }> {
  const began = performance.now();
  await using world = await openWorld(server, openRandom(seed), scenario.settings);
  try {
    await scenario.run(world);
  } catch (thrown) {
    world.problems.push(inspect(thrown, { depth: 2 }).split('\n').slice(0, 4).join(' '));
    await server.mend();
  }
  await settle(world, world.problems.length === 0 ? undefined : 30_000);
  const verdict = await check(world);
  await world.stopAll();
  const problems = [...new Set([...verdict.problems, ...world.problems])];
  if (problems.length > 0 && process.env['FAULTS_LOG'] !== undefined) process.stderr.write(`${world.printed()}\n`);
  const passed = problems.length === 0 && verdict.lost + verdict.doubled + verdict.inverted === 0;
  const seconds = (performance.now() - began) / 1000;
  return { line: rowOf(scenario, { verdict: { ...verdict, problems }, tally: world.tally, passed, seconds }), passed };
}
