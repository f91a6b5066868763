import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig, type Config } from '../src/config.ts';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'switchboard-config-tools-'))));
after(() => rm(folder, { recursive: true, force: true }));

async function read(text: string, environment: Record<string, string> = {}): Promise<Config> {
  await writeFile(join(folder, 'switchboard.config.yaml'), text);
  return readConfig(environment, [], folder);
}

test('without a file there are no servers, no plugins and no hosts', async () => {
  const { tools } = await read('{}');
  assert.deepEqual(tools, { mcpServers: [], plugins: [], httpAllow: [], folder });
});

test('servers are written as other programs have them; variables are filled in, and are secrets', async () => {
  const text = `
mcpServers:
  files: { command: npx, args: [-y, files, '\${ROOT}'], env: { KEY: '\${FILES_KEY}' }, cwd: /tmp }
  wiki: { type: http, url: 'https://wiki.example.com/mcp', headers: { Authorization: 'Bearer \${WIKI_TOKEN}' }, timeout: 5000 }
  off: { command: nothing, disabled: true }
`;
  const { tools, secrets } = await read(text, { ROOT: '/srv', FILES_KEY: 'key-of-files', WIKI_TOKEN: 'token-of-wiki' });
  assert.deepEqual(tools.mcpServers, [
    {
      kind: 'stdio',
      name: 'files',
      timeoutMs: 60_000,
      command: 'npx',
      args: ['-y', 'files', '/srv'],
      env: { KEY: 'key-of-files' },
      cwd: '/tmp',
    },
    {
      kind: 'http',
      name: 'wiki',
      timeoutMs: 5_000,
      url: 'https://wiki.example.com/mcp',
      headers: { Authorization: 'Bearer token-of-wiki' },
    },
  ]);
  assert.ok(secrets.includes('key-of-files') && secrets.includes('token-of-wiki'));
});

test('plugins are named alone or with settings', async () => {
  const text = `
plugins:
  - switchboard-plugin-dice
  - { use: ./mine.js, settings: { token: '\${TOKEN}', list: ['\${TOKEN}'] }, onStageFailure: refuse }
tools: { http: { allow: [docs.example.com, '*.example.org', 'http://localhost:8080'] } }
`;
  const { tools, secrets } = await read(text, { TOKEN: 'token-of-mine' });
  assert.deepEqual(tools.plugins, [
    { use: 'switchboard-plugin-dice', settings: {}, onStageFailure: 'skip' },
    { use: './mine.js', settings: { token: 'token-of-mine', list: ['token-of-mine'] }, onStageFailure: 'refuse' },
  ]);
  assert.deepEqual(tools.httpAllow, ['docs.example.com', '*.example.org', 'http://localhost:8080']);
  assert.ok(secrets.includes('token-of-mine'));
});

const WRONG: readonly (readonly [text: string, told: RegExp])[] = [
  ['mcpServers: { a: { url: nowhere } }', /must be an address: https:/],
  ['mcpServers: { a: { args: [] } }', /command/],
  ['mcpServers: { a: { command: x, other: 1 } }', /other/],
  ['mcpServers: { "a b": { command: x } }', /a b/],
  ["mcpServers: { a: { command: x, env: { K: '${NOT_SET}' } } }", /\$\{NOT_SET\}, which is not set/],
  ['plugins: [left-pad]', /switchboard-plugin-… or a path/],
  ['tools: { http: { allow: ["https://a b"] } }', /must be a host/],
];
for (const [text, told] of WRONG)
  test(`${text} is refused with what to mend`, async () => {
    await assert.rejects(read(text), told);
  });
