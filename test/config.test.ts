import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig } from '../src/config.ts';
import type { AdapterListing } from '../src/model/adapter.ts';

const LISTING: AdapterListing = {
  platform: 'web',
  title: 'Paper',
  required: ['PAPER_TOKEN', 'PAPER_SECRET'],
  optional: ['PAPER_API_URL'],
  paths: [],
  bodyLimit: 1,
  howToConnect: 'write',
  open: () => Promise.reject(new Error('not opened')),
};

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'switchboard-config-'))));
after(() => rm(folder, { recursive: true, force: true }));

const read = (environment: Record<string, string>) => readConfig(environment, [LISTING], folder);

test('without anything set, the demo model answers and every platform is named as missing', () => {
  const config = read({});
  assert.deepEqual(
    [config.models[0].protocol, config.port, config.host, config.databaseUrl],
    ['demo', 3000, '127.0.0.1', undefined],
  );
  assert.deepEqual(
    config.missing.map((app) => [app.listing.title, app.missing, app.partly]),
    [['Paper', ['PAPER_TOKEN', 'PAPER_SECRET'], false]],
  );
});

test('a platform is connected when all its variables are set; a blank one counts as unset', () => {
  assert.equal(read({ PAPER_TOKEN: 'token-1', PAPER_SECRET: 'secret-1' }).apps.length, 1);
  const partly = read({ PAPER_TOKEN: 'token-1', PAPER_SECRET: '  ' });
  assert.deepEqual(
    [partly.apps.length, partly.missing[0]?.missing, partly.missing[0]?.partly],
    [0, ['PAPER_SECRET'], true],
  );
});

test('the model follows from the key or the address that is there', () => {
  assert.equal(read({ OPENAI_API_KEY: 'k' }).models[0].protocol, 'openai-responses');
  assert.equal(read({ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }).models[0].protocol, 'openai-chat');
  assert.equal(read({ OPENAI_API_KEY: 'k', OPENAI_PROTOCOL: 'chat' }).models[0].protocol, 'openai-chat');
  assert.equal(read({ ANTHROPIC_API_KEY: 'k' }).models[0].protocol, 'anthropic');
});

test('a vendor’s own model sees, another one does not, unless it is said; which one hears is left open', () => {
  const open = read({ OPENAI_API_KEY: 'k' }).models[0];
  assert.deepEqual([open.sees, open.hearingModel], [true, undefined]);
  assert.equal(read({ OPENAI_BASE_URL: 'https://api.openai.com/v1' }).models[0].sees, true);
  assert.equal(read({ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }).models[0].sees, false);
  const local = {
    OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
    OPENAI_HEARING_MODEL: 'whisper-1',
    OPENAI_EMBEDDING_MODEL: 'bge-m3',
  };
  const said = read({ ...local, SWITCHBOARD_MODEL_SEES: 'yes' }).models[0];
  assert.deepEqual([said.sees, said.hearingModel, said.embeddingModel], [true, 'whisper-1', 'bge-m3']);
  assert.equal(read({ ANTHROPIC_API_KEY: 'k', SWITCHBOARD_MODEL_SEES: 'no' }).models[0].sees, false);
  assert.throws(() => read({ SWITCHBOARD_MODEL_SEES: 'maybe' }), { message: /SWITCHBOARD_MODEL_SEES/ });
});

test('every credential counts as a secret, and the password of a database address too', () => {
  const { secrets } = read({
    PAPER_TOKEN: 'token-1',
    PAPER_SECRET: 'secret-1',
    ANTHROPIC_API_KEY: 'key-1',
    DATABASE_URL: 'postgres://u:p%40ss@h/db',
  });
  assert.deepEqual([...secrets].toSorted(), ['key-1', 'p@ss', 'secret-1', 'token-1']);
});

test('a variable that makes no sense is refused by its name, without its value', () => {
  assert.throws(() => read({ PORT: 'hunter2' }), { code: 'invalid', message: /^PORT: / });
  assert.throws(
    () => read({ DATABASE_URL: 'mysql://u:hunter2@h' }),
    (error: Error) => error.message.includes('DATABASE_URL') && !error.message.includes('hunter2'),
  );
});

test('the configuration file is read, and a word in it that nobody knows is refused with its place', async () => {
  await writeFile(join(folder, 'switchboard.config.yaml'), 'name: Ada\ninstructions: Be brief.\n');
  assert.deepEqual(read({}).persona, { name: 'Ada', instructions: 'Be brief.' });
  await writeFile(join(folder, 'other.yaml'), 'nmae: Ada\n');
  assert.throws(() => read({ SWITCHBOARD_CONFIG: 'other.yaml' }), /other\.yaml.*nmae/s);
  assert.throws(() => read({ SWITCHBOARD_CONFIG: 'none.yaml' }), /not there/);
});

const withFile = async (text: string, environment: Record<string, string> = {}) => {
  const path = join(folder, 'models.yaml');
  await writeFile(path, text);
  return read({ SWITCHBOARD_CONFIG: path, ...environment });
};

test('models come from the file in their order, each with its key from a variable of its own', async () => {
  const file = `
models:
  - { name: main, protocol: anthropic, model: claude-sonnet-4-5, key: MAIN_KEY, region: eu, retention: none }
  - { name: cheap, protocol: openai-chat, model: llama, baseUrl: "http://127.0.0.1:11434/v1", window: 32000 }
  - { name: paid, protocol: openai-chat, model: x, baseUrl: "https://models.example/v1", price: { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 4 } }
`;
  const { models, secrets } = await withFile(file, { MAIN_KEY: 'sk-main' });
  assert.deepEqual(
    models.map(({ name, apiKey, region, windowTokens, price }) => [name, apiKey, region, windowTokens, price?.output]),
    [
      ['main', 'sk-main', 'eu', 128_000, undefined],
      ['cheap', undefined, undefined, 32_000, 0],
      ['paid', undefined, undefined, 128_000, 4],
    ],
  );
  assert.ok(secrets.includes('sk-main'));
});

test('a model whose key is not set, or whose name is taken, is refused by name', async () => {
  const one = '{ name: main, protocol: anthropic, model: m, key: MAIN_KEY }';
  await assert.rejects(withFile(`models: [${one}]`), { message: /main has its key in MAIN_KEY, which is not set/ });
  await assert.rejects(withFile(`models: [${one}, ${one}]`, { MAIN_KEY: 'k' }), { message: /two are called main/ });
  await assert.rejects(
    withFile('models: [{ name: main, protocol: anthropic, model: m, key: sk-secret-1 }]'),
    (error: Error) => {
      assert.doesNotMatch(error.message, /sk-secret-1/);
      return /name of an environment variable/.test(error.message);
    },
  );
});

test('budgets and limits are read from the file; one that says nothing clear is refused with the fix', async () => {
  const file = `
policy: { spend: { perAnswer: 0.5 }, limits: { person: { most: 20, perMinutes: 60, burst: 5 } } }
budgets:
  - { scope: organization, every: month, dollars: 200, timeZone: Europe/Vienna, alert: { platform: slack, install: T1, channel: C9 } }
  - { scope: person, person: '*', every: day, dollars: 1 }
`;
  const { budgets, policy } = await withFile(file);
  assert.deepEqual(
    budgets.map(({ scope, dollars, timeZone, alert }) => [scope, dollars, timeZone, alert?.channel]),
    [
      ['organization', 200, 'Europe/Vienna', 'C9'],
      ['person', 1, 'UTC', undefined],
    ],
  );
  assert.equal(policy.spend?.perAnswer, 0.5);
  assert.deepEqual(policy.limits?.person, { most: 20, perMinutes: 60, burst: 5 });
  await assert.rejects(withFile('budgets: [{ scope: channel, every: day, dollars: 5 }]'), {
    message: /name its platform and its install/,
  });
});
