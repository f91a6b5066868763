import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { after, test } from 'node:test';
import { mutation } from './mutate.ts';
import { openPlatforms } from './platforms.ts';
import { openTake } from './take.ts';

// SEED=<number> runs others; a failure prints the seed, the path and the smallest mutation that fails.
const SEED = Number(process.env['SEED'] ?? 20_261_120);
const RUNS = Number(process.env['MUTATIONS'] ?? 10_000);

const platforms = await openPlatforms();
after(() => platforms[Symbol.asyncDispose]());

for (const platform of platforms.all) {
  test(`${platform.name}: ${RUNS} mutations of real payloads are taken, refused or ignored, and never an error`, async () => {
    const take = openTake(platform);
    let acted = 0;
    const property = fc.asyncProperty(mutation, async (one) => {
      const delivery = await take(one);
      if (delivery?.events.some((event) => event.kind !== 'ignored')) acted += 1;
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    // Were most of them refused at the door, nothing behind it would have been tried.
    assert.ok(acted > RUNS / 5, `only ${acted} meant something`);
  });
}
