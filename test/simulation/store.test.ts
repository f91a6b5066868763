import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { openBothStores, type BothStores } from './both-stores.ts';
import { CALLS, perform, threadsOf, type Command, type Known } from './steps.ts';

const RUNS = Number(process.env['STORE_RUNS'] ?? 200);
const LANES = 4;
const SEED = Number(process.env['STORE_SEED'] ?? 2_027);

const small = fc.nat({ max: 7 });
const command: fc.Arbitrary<Command> = fc.record({
  // What moves a thread on is drawn more often.
  call: fc.constantFrom(...CALLS, 'accept', 'accept', 'take', 'take', 'take', 'attempt', 'end'),
  thread: fc.nat({ max: 1 }),
  owner: fc.nat({ max: 2 }),
  pick: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: small }),
  a: small,
  b: small,
});

/** The stores are asked one after the other, and on a busy machine late. Milliseconds. */
const APART_MS = 900;

async function checkRun(both: BothStores, name: string, commands: readonly Command[]): Promise<void> {
  const simulated = both.begin();
  const known: Known = { name, real: both.real, simulated, leases: [], turns: [] };
  const threads = threadsOf(known);
  for (const [index, one] of commands.entries()) {
    const what = `step ${index + 1}, ${one.call}`;
    const result = await perform(known, one);
    assert.deepEqual(result.simulated.value, result.real.value, `${what}: the result`);
    const apart = result.real.times.map((time, at) => Math.abs(time - (result.simulated.times[at] ?? Infinity)));
    assert.ok(Math.max(0, ...apart) < APART_MS, `${what}: times are ${apart.join(', ')} ms apart`);
    assert.deepEqual(simulated.rows(threads), await both.real.rows(threads), `${what}: the rows`);
  }
}

test('the store of the simulation does what the one in PostgreSQL does, whatever is done to both', async () => {
  await using both = await openBothStores();
  let runs = 0;
  const commands = fc.array(command, { minLength: 5, maxLength: 40, size: 'max' });
  const check = (): fc.IAsyncProperty<[Command[]]> =>
    fc.asyncProperty(commands, (drawn) => {
      runs += 1;
      return checkRun(both, `run${runs}`, drawn);
    });
  // Several at once: what they write shares transactions, as the work of one process does.
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fc.assert(check(), { numRuns: Math.ceil(RUNS / LANES), seed: SEED + lane }),
  );
  await Promise.all(lanes);
});
