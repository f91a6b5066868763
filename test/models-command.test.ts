import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openLlmStandIn, type LlmStandIn } from '../sandbox/llm/index.ts';
import { DEFAULT_ORGANIZATION, registerEnvironmentApps } from '../src/db/apps.ts';
import { inOrganization } from '../src/db/database.ts';
import { models } from '../src/models.ts';
import { openTestDatabase, type TestDatabase } from './kit/database.ts';

let database: TestDatabase;
let server: LlmStandIn;
before(async () => {
  [database, server] = await Promise.all([openTestDatabase(), openLlmStandIn({ script: 'Hello.' })]);
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, ['web']));
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const vaultKeys = randomBytes(32).toString('base64');
const run = (words: string, input = ''): Promise<string> =>
  models(
    { db: database.db, models: [], vaultKeys, dataFolder: '/nowhere', readInput: () => Promise.resolve(input) },
    words.split(' ').filter((word) => word !== ''),
  );

test('a model is added with its key from standard input, tried, listed, and removed; the key is in no row', async () => {
  assert.equal(await run('list'), 'There are no models.\n');
  const url = server.baseUrl('openai-chat');
  const added = await run(
    `add mine --protocol openai-chat --model m-1 --url ${url} --free --region eu`,
    `${server.apiKey}\n`,
  );
  assert.match(added, /mine is added, its key sealed/);
  assert.match(await run('test mine'), /^mine answered in \d\.\d s: Hello\.\n$/);
  assert.match(
    await run('list'),
    /1\. mine \(console\): m-1 by openai-chat, 128000 tokens, tools, does not see, eu, kept, \$0\.000/,
  );
  const [row] = await database.db.sql`select sealed_key as key from switchboard.targets`;
  assert.doesNotMatch(String(row?.['key']), new RegExp(server.apiKey));
  assert.match(await run('wake mine'), /asked again/);
  assert.match(await run('remove mine'), /removed, with its key/);
});

test('what is wrong is said with the way it is meant, and a model that fails with why', async () => {
  await assert.rejects(run('add x --protocol smoke --model m'), /protocol: /);
  await assert.rejects(run('test nobody'), /there is no model nobody/);
  await assert.rejects(run('fly away'), /usage: /);
  await run(
    `add wrong --protocol openai-chat --model m --url ${server.baseUrl('openai-chat')} --free`,
    'sk-wrong-key-1',
  );
  await assert.rejects(run('test wrong'), (error: Error) => {
    assert.match(error.message, /wrong failed \(auth\)/);
    assert.doesNotMatch(error.message, /sk-wrong-key-1/);
    return true;
  });
});
