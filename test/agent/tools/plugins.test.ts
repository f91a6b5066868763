import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { openPlugins, type Plugins } from '../../../src/agent/tools/plugins.ts';
import { WITHHELD } from '../../../src/agent/stages.ts';
import type { PluginEntry } from '../../../src/model/plugin-entry.ts';
import type { Tool } from '../../../src/model/tool.ts';
import { openTestHub, type Script } from '../../kit/hub.ts';
import { use } from '../../kit/mcp/box.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../../kit/paper-platform.ts';
import { calling } from '../../kit/tools.ts';

const ROOT = join(import.meta.dirname, '../../..');
const log = pino({ level: 'silent' });
const signal = AbortSignal.timeout(60_000);

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'switchboard-plugins-'))));
after(() => rm(folder, { recursive: true, force: true }));

let count = 0;
/** A module of its own with this text. */
async function written(text: string): Promise<string> {
  const name = `plugin-${(count += 1)}.mjs`;
  await writeFile(join(folder, name), text);
  return `./${name}`;
}
const entry = (use: string, more: Partial<PluginEntry> = {}): PluginEntry => ({
  use,
  settings: {},
  onStageFailure: 'skip',
  ...more,
});
const open = (entries: readonly PluginEntry[], at = folder): Promise<Plugins> =>
  openPlugins(entries, { log, folder: at });
const toolsOf = async (plugins: Plugins): Promise<readonly Tool[]> =>
  (await Promise.all(plugins.toolboxes.map((box) => box.tools(use('').organization)))).flat();

test('the example plugin is loaded with its settings, and used in an answer', async () => {
  await using plugins = await open([entry('./examples/switchboard-plugin-dice', { settings: { sides: 2 } })], ROOT);
  const tools = await toolsOf(plugins);
  const script: Script = ({ messages }) => {
    const last = messages.at(-1);
    return last?.role === 'tool' ? `Thrown: ${last.text}` : calling([['throw_dice', { count: 3 }]]);
  };
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, script, { tools });
  await hub.accept(paperDelivery(paperMessage('throw three dice')));
  await hub.settled();
  assert.match(paper.posts[0]?.text ?? '', /^Thrown: [12], [12], [12] \(sum [3-6]\)$/);
});

const BROKEN: readonly (readonly [what: string, text: string, told: RegExp])[] = [
  ['no default export', 'export const x = 1;', /no default export: export default/],
  ['a name that is none', 'export default { name: "A b", version: "1" };', /lower-case letters, digits and -.*name/],
  [
    'tools that are no function',
    'export default { name: "a", version: "1", tools: [] };',
    /must be a function, or left out/,
  ],
  ['a mistake in its text', 'export default {', /cannot be loaded/],
  [
    'settings that it does not take',
    'export default { name: "a", version: "1", tools() { throw new Error("key is missing") } };',
    /cannot be opened: key is missing/,
  ],
  [
    'a tool without a schema',
    'export default { name: "a", version: "1", tools: () => [{ name: "t", description: "d", effect: "reads", run() {} }] };',
    /the tool t: .*parameters/,
  ],
  [
    'a tool that does not say what it changes',
    'export default { name: "a", version: "1", tools: () => [{ name: "t", description: "d", parameters: { type: "object" }, run() {} }] };',
    /must be "reads" or "writes"/,
  ],
];
for (const [what, text, told] of BROKEN) {
  test(`a plugin with ${what} stops the start, and it is said how to mend it`, async () => {
    const path = await written(text);
    await assert.rejects(open([entry(path)]), (thrown: Error) => {
      assert.match(thrown.message, told);
      assert.match(thrown.message, /^plugins: \.\/plugin-/);
      return true;
    });
  });
}

test('a package is found by its name beside the configuration; one that is missing is said to be', async () => {
  const home = join(folder, 'node_modules/switchboard-plugin-x');
  await mkdir(join(home, 'lib'), { recursive: true });
  const manifest = { name: 'switchboard-plugin-x', type: 'module', exports: { '.': { import: './lib/main.js' } } };
  await writeFile(join(home, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(home, 'lib/main.js'), 'export default { name: "x", version: "1" };');
  await using plugins = await open([entry('switchboard-plugin-x')]);
  assert.deepEqual(
    plugins.toolboxes.map(({ name }) => name),
    ['x'],
  );
  await assert.rejects(open([entry('switchboard-plugin-y')]), /npm install switchboard-plugin-y/);
});

test('a tool that throws rejects with its words, for the model; what else it returns has to be a result', async () => {
  const path = await written(`export default { name: 'a', version: '1', tools: () => [
    { name: 'bad', description: 'd', parameters: { type: 'object' }, effect: 'reads', run() { throw new Error('no luck'); } },
    { name: 'odd', description: 'd', parameters: { type: 'object' }, effect: 'reads', run: () => 7 },
    { name: 'good', description: 'd', parameters: { type: 'object' }, effect: 'writes', run: () => ({ text: 'x', origin: 'own' }) },
  ] };`);
  await using plugins = await open([entry(path)]);
  const [bad, odd, good] = await toolsOf(plugins);
  await assert.rejects(async () => bad?.run({}, use('1'), signal), /no luck/);
  await assert.rejects(async () => odd?.run({}, use('1'), signal));
  assert.deepEqual(await good?.run({}, use('1'), signal), { text: 'x', failed: false, origin: 'own' });
  assert.deepEqual([good?.origin, good?.idempotent, good?.effect], ['external', false, 'writes']);
});

test('plugins are closed in reverse order, and told that the hub ends', async () => {
  const closing = (name: string): string =>
    `export default { name: '${name}', version: '1', tools(_s, host) { this.host = host; return []; },
       close() { globalThis.closedPlugins = [...(globalThis.closedPlugins ?? []), '${name}']; } };`;
  const plugins = await open([entry(await written(closing('one'))), entry(await written(closing('two')))]);
  await plugins[Symbol.asyncDispose]();
  assert.deepEqual(Reflect.get(globalThis, 'closedPlugins'), ['two', 'one']);
});

test('a provider brings a protocol of its own, and no two the same', async () => {
  const path = await written(`export default { name: 'p', version: '1',
    providers: () => ({ mine: ({ model }) => ({ name: model, sees: false, async *stream() {} }) }) };`);
  await using plugins = await open([entry(path)]);
  const deadlines = { firstTokenMs: 1, idleMs: 1, totalMs: 1 };
  const provider = await plugins.providers.get('mine')?.({
    model: 'm',
    baseUrl: undefined,
    apiKey: undefined,
    deadlines,
  });
  assert.equal(provider?.name, 'm');
  await assert.rejects(open([entry(path), entry(path)]), /brings the protocol mine already/);
});

const STAGES = `export default { name: 's', version: '1', stages: (settings) => ({
  beforeAnswer(messages) {
    if (settings.fail) throw new Error('down');
    return messages.at(-1).text.includes('secret') ? { refuse: 'Not that.' } : undefined;
  },
  afterAnswer: (text) => { if (settings.fail) throw new Error('down'); return settings.slow ? new Promise(() => {}) : text.toUpperCase(); },
}) };`;
const messages = [{ role: 'user', text: 'a secret' }] as const;

test('stages change an answer or refuse a question', async () => {
  await using plugins = await open([entry(await written(STAGES))]);
  assert.equal(await plugins.stages.afterAnswer('hello'), 'HELLO');
  assert.deepEqual(await plugins.stages.beforeAnswer(messages), { refuse: 'Not that.' });
  const plain = [{ role: 'user', text: 'hello' }] as const;
  assert.equal(await plugins.stages.beforeAnswer(plain), plain);
});

test('a stage that fails is passed over, or withholds the answer, as it is configured', async () => {
  const path = await written(STAGES);
  await using skipping = await open([entry(path, { settings: { fail: true } })]);
  assert.equal(await skipping.stages.afterAnswer('hello'), 'hello');
  assert.equal(await skipping.stages.beforeAnswer(messages), messages);
  await using refusing = await open([entry(path, { settings: { fail: true }, onStageFailure: 'refuse' })]);
  assert.equal(await refusing.stages.afterAnswer('hello'), WITHHELD);
  assert.deepEqual(await refusing.stages.beforeAnswer(messages), { refuse: WITHHELD });
});
