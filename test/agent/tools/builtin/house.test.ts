import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { openReadPdf } from '../../../../src/agent/files/read-pdf.ts';
import { openBuiltins } from '../../../../src/agent/tools/builtin/open.ts';
import { DEFAULT_ORGANIZATION, environmentApp, registerEnvironmentApps } from '../../../../src/db/apps.ts';
import { inOrganization } from '../../../../src/db/database.ts';
import { savePolicies } from '../../../../src/db/policies.ts';
import { listSchedules } from '../../../../src/db/schedules.ts';
import { openStore } from '../../../../src/db/store.ts';
import { openAccept } from '../../../../src/intake/accept.ts';
import { threadId, type ThreadId } from '../../../../src/model/ids.ts';
import type { Attachment } from '../../../../src/model/message.ts';
import type { Tool, Toolbox, ToolResult, ToolUse } from '../../../../src/model/tool.ts';
import { systemClock } from '../../../../src/observe/clock.ts';
import { openMetrics } from '../../../../src/observe/metrics.ts';
import { openTestDatabase, type TestDatabase } from '../../../kit/database.ts';
import { use } from '../../../kit/mcp/box.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../../../kit/paper-platform.ts';

// The tools that look into the hub's own house.

const app = environmentApp('web');
const paper = openPaperPlatform();
const FILE: Attachment = { handle: 'h1', name: 'Notes.txt', mediaType: 'text/plain', size: 19 };
const PICTURE: Attachment = { handle: 'h2', name: 'cat.png', mediaType: 'image/png', size: 19 };

let database: TestDatabase;
let box: Toolbox;
before(async () => {
  database = await openTestDatabase();
  const { db } = database;
  await inOrganization(db, DEFAULT_ORGANIZATION, async (tx) => {
    await registerEnvironmentApps(tx, ['web']);
    await savePolicies(tx, {}, [{ app, install: 'w1', channel: 'c1', policy: { handOver: { person: 'u9' } } }]);
  });
  const accept = openAccept(db);
  const said = paperMessage('here are the notes about the gateway');
  const withFiles = { ...said, message: { ...said.message, attachments: [FILE, PICTURE] } };
  await accept({ organization: DEFAULT_ORGANIZATION, app }, paperDelivery(withFiles), new Date());
  await accept(
    { organization: DEFAULT_ORGANIZATION, app },
    paperDelivery(paperMessage('hi', { thread: 't2' })),
    new Date(),
  );
  await db.sql`update switchboard.messages set state = 'answered'`;
  box = openBuiltins({
    db,
    clock: systemClock,
    http: { allow: [] },
    store: openStore(db),
    readPdf: openReadPdf(),
    metrics: openMetrics(),
    adapterOf: () => paper.adapter,
    log: pino({ level: 'silent' }),
  });
});
after(() => database[Symbol.asyncDispose]());

async function threadCalled(external: string): Promise<ThreadId> {
  const [row] = await database.db.sql<
    { id: string }[]
  >`select id from switchboard.threads where external_id = ${external}`;
  return threadId(row?.id ?? '');
}
async function named(name: string): Promise<Tool> {
  const tool = (await box.tools(DEFAULT_ORGANIZATION)).find((one) => one.name === name);
  if (tool === undefined) throw new Error(`there is no ${name}`);
  return tool;
}
async function run(name: string, args: object, more: Partial<ToolUse> = {}): Promise<ToolResult> {
  const at = { organization: DEFAULT_ORGANIZATION, app, thread: await threadCalled('t1'), ...more };
  return (await named(name)).run(args, use(more.key ?? randomUUID(), at), AbortSignal.timeout(5_000));
}

test('every tool says what it takes as a schema of an object that takes nothing else', async () => {
  const tools = await box.tools(DEFAULT_ORGANIZATION);
  assert.deepEqual(
    tools.map(({ name, effect }) => `${name} ${effect}`),
    [
      'calculator reads',
      'search_history reads',
      'read_attachment reads',
      'schedule_message writes',
      'hand_over writes',
    ],
  );
  for (const { parameters } of tools) {
    assert.deepEqual([parameters['type'], parameters['additionalProperties']], ['object', false]);
    assert.equal('$schema' in parameters, false);
  }
});

test('search_history finds what was said in this channel, with who and when, and nothing of another one', async () => {
  const { text } = await run('search_history', { words: 'gateway notes' });
  assert.match(text, /^\d{4}-\d\d-\d\dT[\d:.]+Z Ada: here are the notes about the gateway$/);
  assert.equal(
    (await run('search_history', { words: 'gateway' }, { channel: 'c2' })).text,
    'Nothing was found in this channel.',
  );
});

test('read_attachment reads a file of this conversation by its name', async () => {
  assert.equal((await run('read_attachment', { name: 'notes.TXT' })).text, 'notes.TXT:\nthe file says hello');
  const { text } = await run('read_attachment', { name: 'Notes.txt', from: 9 });
  assert.match(text, /says hello$/);
});

test('read_attachment says what it cannot read, what there is, and reads nothing of another conversation', async () => {
  const picture = await run('read_attachment', { name: 'cat.png' });
  assert.deepEqual([picture.failed, /cannot see/.test(picture.text)], [true, true]);
  await assert.rejects(run('read_attachment', { name: 'other.txt' }), /There are: Notes\.txt, cat\.png/);
  await assert.rejects(run('read_attachment', { name: 'Notes.txt' }, { thread: await threadCalled('t2') }), /no files/);
});

test('schedule_message has something said later in this channel', async () => {
  const { text } = await run('schedule_message', {
    text: 'Stand up!',
    at: '2999-01-01T09:00',
    timeZone: 'Europe/Vienna',
  });
  assert.match(text, /^Scheduled: 2999-01-01T08:00:00\.000Z\. Its id is /);
  const [schedule] = await inOrganization(database.db, DEFAULT_ORGANIZATION, listSchedules);
  assert.deepEqual([schedule?.to, schedule?.kind, schedule?.text], [{ channel: 'c1' }, 'say', 'Stand up!']);
});

test('schedule_message with the same key once more, as after a crash, schedules nothing more', async () => {
  const args = { text: 'Lunch!', at: '2999-01-02T12:00' };
  const first = await run('schedule_message', args, { key: 'turn:1' });
  assert.deepEqual(await run('schedule_message', args, { key: 'turn:1' }), first);
  const all = await inOrganization(database.db, DEFAULT_ORGANIZATION, listSchedules);
  assert.equal(all.filter(({ text }) => text === 'Lunch!').length, 1);
});

const UNTIMELY: readonly (readonly [args: object, told: RegExp])[] = [
  [{ text: 'x' }, /either `at` or `cron`/],
  [{ text: 'x', at: '2001-01-01T09:00' }, /that is over/],
  [{ text: 'x', at: 'tomorrow' }, /as 2027-01-31T09:00/],
  [{ text: 'x', cron: '99 * * * *' }, /makes no sense/],
  [{ text: 'x', cron: '0 9 * * *', timeZone: 'Mars' }, /no time zone/],
];
for (const [args, told] of UNTIMELY)
  test(`schedule_message with ${JSON.stringify(args)} says how it is meant`, async () => {
    await assert.rejects(run('schedule_message', args), told);
  });

test('hand_over tells the person whom the policy of the place names', async () => {
  const { text } = await run('hand_over', { reason: 'The invoice\nis wrong.' });
  assert.match(text, /They are told in a direct message/);
  const all = await inOrganization(database.db, DEFAULT_ORGANIZATION, listSchedules);
  const told = all.find(({ to }) => 'person' in to);
  assert.deepEqual(told?.to, { person: 'u9' });
  assert.match(told?.text ?? '', /A person is wanted.*Ada was talking[^]*> The invoice\n> is wrong\./);
});

test('hand_over where nobody is named tells nobody, and says so', async () => {
  await assert.rejects(run('hand_over', { reason: 'x' }, { channel: 'c2' }), /Nobody was told/);
});
