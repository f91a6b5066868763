import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openModels } from '../../src/agent/models.ts';
import { DEFAULT_ORGANIZATION, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { keyPurpose, pauseTarget, saveFileTargets, saveTarget, type StoredTarget } from '../../src/db/targets.ts';
import { openLocalBreakers } from '../../src/llm/local-breakers.ts';
import { FREE } from '../../src/llm/price.ts';
import type { RouterEvent } from '../../src/llm/route-request.ts';
import { openRouter } from '../../src/llm/router.ts';
import { systemClock, type Clock } from '../../src/observe/clock.ts';
import { openKeyRing } from '../../src/vault/keys.ts';
import { seal } from '../../src/vault/seal.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
let model: LlmStandIn;
before(async () => {
  [database, model] = await Promise.all([openTestDatabase(), openLlmStandIn({ script: 'hello' })]);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
});
after(async () => {
  await model[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const DEADLINES = { firstTokenMs: 2_000, idleMs: 2_000, totalMs: 5_000 };
const learned: unknown[] = [];
const ring = openKeyRing(randomBytes(32).toString('base64'), '/nowhere');

const target = (name: string, given: Partial<StoredTarget> = {}): StoredTarget => ({
  name,
  origin: 'console',
  protocol: 'openai-chat',
  model: `model-${name}`,
  baseUrl: model.baseUrl('openai-chat'),
  sealedKey: null,
  hearingModel: null,
  embeddingModel: null,
  tools: true,
  sees: false,
  windowTokens: 128_000,
  maxOutputTokens: 1_000,
  region: null,
  retention: 'kept',
  price: FREE,
  quality: 0.5,
  qualityFor: {},
  ...given,
});

type Configured = readonly (readonly [string, string])[];

function open(configured: Configured, clock: Clock = systemClock) {
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) });
  const routeOf = openModels({
    db: database.db,
    router: openRouter({ breakers: openLocalBreakers(), totalMs: 5_000 }),
    clock,
    log,
    configured: new Map(configured.map(([name, apiKey]) => [name, { apiKey, demoAnswer: 'The demo.' }])),
    deadlines: DEADLINES,
    keys: () => ring,
    learn: (...told) => void learned.push(told),
  });
  return { routeOf, logged };
}

/** Asks once, with what is in the rows at this moment; the log's lines. */
async function ask(configured: Configured = []) {
  const { routeOf, logged } = open(configured);
  return { ...(await askOf(routeOf)), logged };
}

async function askOf(routeOf: ReturnType<typeof openModels>) {
  const route = await routeOf(DEFAULT_ORGANIZATION);
  const messages = [{ role: 'user', text: 'hi' }] as const;
  const request = { system: '', messages, maxOutputTokens: 100, safetyId: undefined };
  const events: RouterEvent[] = [];
  for await (const event of route.stream(request, AbortSignal.timeout(5_000))) events.push(event);
  const chosen = events.flatMap((event) => (event.kind === 'chosen' ? [event.target] : []));
  return { chosen, last: events.at(-1) };
}

test('a target’s key is kept sealed, for it alone; the one that cannot be opened is left out, and the log says why', async () => {
  const sealed = await seal(await ring, model.apiKey, keyPurpose(DEFAULT_ORGANIZATION, 'good'));
  await inOrganization(database.db, DEFAULT_ORGANIZATION, async (tx) => {
    await saveTarget(tx, target('stolen', { sealedKey: sealed }));
    await saveTarget(tx, target('good', { sealedKey: sealed }));
  });
  const { chosen, last, logged } = await ask();
  assert.deepEqual(learned, [[DEFAULT_ORGANIZATION, 'target/good', [model.apiKey]]]);
  assert.deepEqual([chosen, last?.kind], [['good'], 'done']);
  assert.match(logged.join(''), /"target":"stolen".*sealed for something else/);
  assert.doesNotMatch(logged.join(''), new RegExp(model.apiKey));
});

test('the configuration’s targets come in its order, with keys that are in no row, and go when they go from it', async () => {
  await inOrganization(database.db, DEFAULT_ORGANIZATION, async (tx) => {
    await tx`delete from switchboard.targets where organization_id = ${DEFAULT_ORGANIZATION}`;
    await saveFileTargets(tx, [target('first', { origin: 'file' }), target('second', { origin: 'file' })]);
  });
  const { chosen } = await ask([
    ['first', 'wrong'],
    ['second', model.apiKey],
  ]);
  assert.deepEqual(chosen, ['first', 'second']);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    saveFileTargets(tx, [target('second', { origin: 'file' })]),
  );
  assert.deepEqual((await ask([['second', model.apiKey]])).chosen, ['second']);
});

test('a target whose price nobody knows is not asked, and the reason is said', async () => {
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) =>
    saveFileTargets(tx, [target('odd', { origin: 'file', price: null })]),
  );
  const { chosen, last } = await ask([['odd', model.apiKey]]);
  assert.deepEqual(chosen, []);
  assert.match(last?.kind === 'failed' ? last.message : '', /price/);
});

test('the demo that stands in for a missing configuration is silent as soon as a model of the console can be asked', async () => {
  const standIn = target('default', { origin: 'file', protocol: 'demo', baseUrl: null });
  await inOrganization(database.db, DEFAULT_ORGANIZATION, async (tx) => {
    await tx`delete from switchboard.targets where organization_id = ${DEFAULT_ORGANIZATION}`;
    await saveFileTargets(tx, [standIn]);
  });
  assert.deepEqual((await ask([['default', '']])).chosen, ['default']);
  const sealed = await seal(await ring, model.apiKey, keyPurpose(DEFAULT_ORGANIZATION, 'own'));
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => saveTarget(tx, target('own', { sealedKey: sealed })));
  assert.deepEqual((await ask()).chosen, ['own']);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => pauseTarget(tx, 'own', true));
  assert.deepEqual((await ask([['default', '']])).chosen, ['default']);
});

test('a model that was set up is asked by the next question, however long ago the last one was', async () => {
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => pauseTarget(tx, 'own', true));
  let now = 0;
  const { routeOf } = open([['default', '']], { ...systemClock, now: () => now });
  assert.deepEqual((await askOf(routeOf)).chosen, ['default']);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => pauseTarget(tx, 'own', false));
  now += 1_000;
  assert.deepEqual((await askOf(routeOf)).chosen, ['own']);
});
