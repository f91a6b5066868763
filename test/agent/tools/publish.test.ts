import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { openPublisher } from '../../../src/agent/tools/publish.ts';
import { DEFAULT_ORGANIZATION } from '../../../src/db/apps.ts';
import { inOrganization, inSystem } from '../../../src/db/database.ts';
import { listBoxes } from '../../../src/db/toolboxes.ts';
import type { McpServer } from '../../../src/model/mcp-server.ts';
import type { Toolbox } from '../../../src/model/tool.ts';
import { openTestDatabase } from '../../kit/database.ts';
import { notedTool } from '../../kit/tools.ts';

const log = pino({ level: 'silent' });

const box = (name: string): Toolbox => ({
  name,
  tools: () => Promise.resolve([notedTool({ name: `${name}_tool`, effect: 'writes' })]),
  [Symbol.asyncDispose]: async () => {},
});

const server = (name: string): McpServer => ({
  kind: 'http',
  name,
  url: 'http://127.0.0.1:1',
  headers: {},
  timeoutMs: 1,
});

test('what a worker has is there to be read by others, and what it has no more is forgotten', async () => {
  await using database = await openTestDatabase();
  const { db } = database;
  const listed = async () =>
    (await inSystem(db, listBoxes)).map(({ kind, name, tools, problem }) => [kind, name, tools?.length ?? problem]);
  {
    await using publisher = openPublisher(db, log);
    publisher.begin(
      [
        ['built-in', box('own')],
        ['plugin', box('dice')],
      ],
      [server('wiki'), server('away')],
    );
    publisher.seen(server('wiki'), { tools: [notedTool({ name: 'wiki_a' }), notedTool({ name: 'wiki_b' })] });
    const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    publisher.seen(server('away'), { thrown: new TypeError('fetch failed', { cause }) });
  }
  assert.deepEqual(await listed(), [
    ['built-in', 'own', 1],
    ['plugin', 'dice', 1],
    ['server', 'away', '127.0.0.1:1: nobody listens there; start the server, or check the port'],
    ['server', 'wiki', 2],
  ]);
  {
    await using publisher = openPublisher(db, log);
    publisher.begin([['built-in', box('own')]], [server('wiki')]);
  }
  assert.deepEqual(await listed(), [
    ['built-in', 'own', 1],
    ['server', 'wiki', 2],
  ]);
  await assert.rejects(
    inOrganization(db, DEFAULT_ORGANIZATION, (tx) => listBoxes(tx)),
    /permission denied/,
  );
});
