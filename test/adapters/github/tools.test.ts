import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appId } from '../../../src/model/ids.ts';
import type { Tool, ToolUse } from '../../../src/model/tool.ts';
import { PULL_NUMBER } from '../../../sandbox/github/world.ts';
import { use } from '../../kit/mcp/box.ts';
import { openHub, soon, type Hub } from './hub.ts';

// What a model can read of a repository.

const APP = appId('00000000-0000-4000-8000-0000000000f1');

let hub: Hub;
let repository: string;
let tools: readonly Tool[];
before(async () => {
  hub = await openHub();
  const { channel } = (await say()).place;
  repository = channel;
  tools = hub.adapter.tools?.(APP, [{ install: '999999', secret: undefined }, hub.access]) ?? [];
});
after(() => hub[Symbol.asyncDispose]());

async function say() {
  await hub.github.openIssue({ title: 'It breaks', text: 'when the name is empty' });
  const event = hub.events.findLast(({ kind }) => kind === 'message');
  if (event?.kind !== 'message') throw new Error('nothing was received');
  return event;
}
async function run(name: string, args: object, more: Partial<ToolUse> = {}): Promise<string> {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`there is no ${name}`);
  return (await tool.run(args, use('1', more), soon())).text;
}
const there = (): Partial<ToolUse> => ({ app: APP, install: hub.access.install, channel: repository });

test('all of them only read, and return anybody’s words', () => {
  assert.deepEqual(
    tools.map(({ name, effect, origin }) => `${name} ${effect} ${origin}`),
    ['read_file reads external', 'read_diff reads external', 'read_issue reads external'],
  );
  for (const { parameters } of tools) assert.equal(parameters['type'], 'object');
});

test('a file is read at the main branch or another one, from a line on', async () => {
  assert.match(
    await run('read_file', { repository, path: 'src/greet.js' }),
    /^src\/greet\.js, line 1 to \d+:\n\/\*\* A greeting for one person\. \*\//,
  );
  const changed = await run('read_file', { repository, path: '/src/greet.js', ref: 'greet-several', fromLine: 2 });
  assert.match(changed, /^src\/greet\.js, line 2 to \d+:\nexport function greet\(name, others/);
});

test('a folder is listed', async () => {
  assert.equal(await run('read_file', { repository, path: '' }), 'README.md\nsrc/');
  assert.equal(await run('read_file', { repository, path: 'src' }), 'greet.js');
});

test('what a pull request changes is read, or of one file alone', async () => {
  const number = PULL_NUMBER;
  const all = await run('read_diff', { repository, number });
  assert.match(all, /--- src\/greet\.js \(modified\)\n@@/);
  assert.match(all, /--- test\/greet\.test\.js \(added\)/);
  assert.doesNotMatch(await run('read_diff', { repository, number, path: 'test' }), /--- src\/greet\.js/);
});

test('an issue is read with what was said in it', async () => {
  const event = await say();
  const number = Number(event.place.thread.split('#')[1]);
  await hub.github.comment({ text: 'same here', number });
  const text = await run('read_issue', { repository, number });
  assert.match(
    text,
    new RegExp(`^Issue ${number}, open: It breaks\\n.*:\\n.*when the name is empty\\n\\n.*same here`, 's'),
  );
});

test('what there is not is told in clear words', async () => {
  const nothing = /There is no such thing in .*, or the app is not installed there/;
  await assert.rejects(run('read_file', { repository, path: 'no/such.js' }), nothing);
  await assert.rejects(run('read_file', { repository: 'someone/else', path: 'a' }), nothing);
  await assert.rejects(run('read_issue', { repository, number: 99_999 }), nothing);
  await assert.rejects(run('read_diff', { number: 1 }), /Name the repository/);
});

test('in a conversation of a repository only that one is read, and needs no name', async () => {
  assert.match(await run('read_file', { path: 'README.md' }, there()), /# greeter/);
  assert.match(
    await run('read_file', { path: 'README.md', repository: repository.toUpperCase() }, there()),
    /# greeter/,
  );
  await assert.rejects(run('read_file', { path: 'README.md', repository: 'acme/secret' }, there()), /From here only/);
  await assert.rejects(run('read_file', { path: 'README.md' }, { ...there(), install: '1' }), /no such thing/);
});
