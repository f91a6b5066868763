import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization, inSystem } from '../../src/db/database.ts';
import { saveServer } from '../../src/db/mcp-servers.ts';
import { listBoxes } from '../../src/db/toolboxes.ts';
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/index.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { EVERYTHING } from '../kit/mcp/everything.ts';
import { openHttpTools } from '../kit/mcp/http-server.ts';
import { startRole, type HubRole } from '../kit/process.ts';
import { until } from '../kit/until.ts';

// The real program, with its demo model and a file that names a server of tools, a plugin and its settings.

const ROOT = join(import.meta.dirname, '../..');

let folder: string;
let database: TestDatabase;
let slack: SlackStandIn;
let hub: HubRole;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard-tools-'));
  database = await openTestDatabase();
  slack = await openSlackStandIn();
  const file = join(folder, 'switchboard.config.yaml');
  await writeFile(join(folder, 'loud.mjs'), LOUD);
  const config = {
    mcpServers: { ref: { command: process.execPath, args: [EVERYTHING, 'stdio'], env: { TOKEN: '${REF_TOKEN}' } } },
    plugins: [{ use: join(ROOT, 'examples/switchboard-plugin-dice'), settings: { sides: 2 } }, './loud.mjs'],
  };
  await writeFile(file, stringify(config));
  hub = await startRole('all', {
    ...slack.environment,
    DATABASE_URL: database.url,
    SWITCHBOARD_CONFIG: file,
    REF_TOKEN: 'ref-token-of-nobody',
    LOG_LEVEL: 'info',
  });
  slack.deliverTo(hub.url ?? '');
});
after(async () => {
  await hub.stop();
  await slack[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const LOUD = `export default { name: 'loud', version: '1', stages: () => ({
  beforeAnswer: (messages) => (messages.at(-1).text.includes('forbidden') ? { refuse: 'That is not talked about.' } : undefined),
  afterAnswer: (text) => '(seen by a plugin)\\n\\n' + text,
}) };`;

/** The bot's words, once they end as they should. */
async function ask(text: string, end = /^\(seen by a plugin\)/): Promise<string> {
  const { thread } = await slack.say({ text });
  const answers = (): readonly string[] => slack.visible(thread).flatMap(({ fromBot, text }) => (fromBot ? text : []));
  await until('it is answered', () => end.test(answers().join('\n').trim()), {
    withinMs: 25_000,
    seen: () => [answers(), hub.printed()],
  });
  return answers().join('\n');
}

test('a question uses two tools of the hub’s own, and a stage sees the answer', async () => {
  await ask('the gateway needs a new certificate');
  const answer = await ask('please use search history for gateway certificate, then the calculator 6*7');
  assert.match(answer, /calculator.*“42”/);
  assert.match(answer, /search_history.*the gateway needs a new certificate/);
});

test('a question uses a plugin’s tool and one of a server that is started for it', async () => {
  const answer = await ask('please throw dice 3, and ref echo {"message": "over stdio"}');
  assert.match(answer, /throw_dice.*\(sum [3-6]\)/);
  assert.match(answer, /ref_echo.*Echo: over stdio/);
});

test('what there is can be read by the console: plugins’ tools, and those of a server once it was asked', async () => {
  const boxes = await inSystem(database.db, listBoxes);
  const named = boxes.flatMap(({ kind, name, tools }) => (tools ?? []).map((tool) => `${kind} ${name} ${tool.name}`));
  for (const one of ['built-in builtin calculator', 'plugin dice throw_dice', 'server ref ref_echo'])
    assert.ok(named.includes(one), `${one}: ${named.join(', ')}`);
});

test('a server that the organization adds while the hub runs is used by the next question', async () => {
  await using server = await openHttpTools('wiki');
  const row = { name: 'wiki', url: server.url, headerNames: [], sealedHeaders: null, timeoutMs: 5_000 };
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => saveServer(tx, row));
  // So long at the most until every worker has heard of it.
  await sleep(1_000);
  assert.match(await ask('please wiki read {"text": "the manual"}'), /wiki_read.*wiki read the manual/);
});

test('a stage refuses a question', async () => {
  await ask('something forbidden, at length', /^That is not talked about\.$/);
});

test('no secret of a server of tools is in the log, and its process ends with the hub', async () => {
  assert.equal(hub.printed().includes('ref-token-of-nobody'), false);
  assert.match(hub.printed(), /a plugin is open/);
  assert.equal(await hub.stop(), 0);
  const { execFileSync } = await import('node:child_process');
  const running = execFileSync('ps', ['-eo', 'ppid,args'], { encoding: 'utf8' }).split('\n');
  assert.deepEqual(
    running.filter((line) => line.includes(`${EVERYTHING} stdio`) && line.trim().startsWith('1 ')),
    [],
  );
});
