import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { after, before, test } from 'node:test';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import type { Accept } from '../../src/intake/accept.ts';
import { openAccept } from '../../src/intake/accept.ts';
import type { Delivery } from '../../src/model/event.ts';
import type { TestDatabase } from '../kit/database.ts';
import { openTestDatabase } from '../kit/database.ts';
import { BROKEN, HOSTILE } from './bodies.ts';
import { openHear } from './hear.ts';
import { judge } from './judge.ts';
import { mutation, withEveryText } from './mutate.ts';
import type { Platform } from './platforms.ts';
import { openPlatforms } from './platforms.ts';
import { openTake } from './take.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_121);
const MUTATIONS = 400;

const platforms = await openPlatforms();
let database: TestDatabase;
let accept: Accept;
before(async () => {
  database = await openTestDatabase();
  const names = platforms.all.map(({ listing }) => listing.platform);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, names));
  accept = openAccept(database.db);
});
after(async () => {
  await database[Symbol.asyncDispose]();
  await platforms[Symbol.asyncDispose]();
});

for (const platform of platforms.all) {
  test(`${platform.name}: whatever is taken of hostile input is stored, and its row is there afterwards`, async () => {
    const deliveries = [...(await broken(platform)), ...(await odd(platform)), ...(await mutated(platform))];
    assert.ok(deliveries.length > 150, `only ${deliveries.length} were kept`);
    const app = environmentApp(platform.listing.platform);
    const recipient = { organization: DEFAULT_ORGANIZATION, app };
    const at = new Date();
    const outcomes = await Promise.allSettled(deliveries.map((delivery) => accept(recipient, delivery, at)));
    for (const [index, outcome] of outcomes.entries()) {
      const why = outcome.status === 'rejected' ? String(outcome.reason) : '';
      assert.equal(outcome.status, 'fulfilled', `${why}: ${JSON.stringify(deliveries[index]?.events).slice(0, 2_000)}`);
    }
    const stored = await inOrganization(
      database.db,
      DEFAULT_ORGANIZATION,
      (tx) => tx<{ delivery_id: string }[]>`select delivery_id from switchboard.deliveries where app_id = ${app}`,
    );
    const expected = new Set(deliveries.map(({ id }) => id));
    assert.deepEqual(new Set(stored.map((row) => row.delivery_id)), expected);
  });
}

async function broken(platform: Platform): Promise<readonly Delivery[]> {
  const requests = BROKEN.map(([, body]) => platform.sign(body));
  return received(platform, requests);
}

/** Every odd value in the place of every text, of one payload of each kind. */
async function odd(platform: Platform): Promise<readonly Delivery[]> {
  const json = platform.samples.filter(({ body }) => body.startsWith('{')).slice(0, 8);
  const requests = json.flatMap(({ body, headers }) =>
    HOSTILE.map((value) => platform.sign(withEveryText(body, value), headers)),
  );
  const hear = platform.dispatches.length === 0 ? undefined : openHear(platform.credentials);
  const dispatched = platform.dispatches.flatMap((dispatch) => {
    const { t, s, d }: { t: unknown; s: unknown; d: unknown } = JSON.parse(dispatch);
    const head = `{"t":${JSON.stringify(t)},"s":${JSON.stringify(s)},"d":`;
    return HOSTILE.flatMap((value) => hear?.(`${head}${withEveryText(JSON.stringify(d), value)}}`) ?? []);
  });
  return [...dispatched, ...(await received(platform, requests))];
}

async function received(
  platform: Platform,
  requests: readonly ReturnType<Platform['sign']>[],
): Promise<readonly Delivery[]> {
  const all: Delivery[] = [];
  for (const request of requests) {
    const delivery = await judge(platform, await request);
    if (delivery !== undefined) all.push(delivery);
  }
  return all;
}

async function mutated(platform: Platform): Promise<readonly Delivery[]> {
  const take = openTake(platform);
  const all: Delivery[] = [];
  for (const one of fc.sample(mutation, { numRuns: MUTATIONS, seed: SEED })) {
    const delivery = await take(one);
    if (delivery !== undefined) all.push(delivery);
  }
  return all;
}
