import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import pino from 'pino';
import { organizationId } from '../../../../src/model/ids.ts';
import { openBox, stdio, type TestBox } from '../../../kit/mcp/box.ts';
import { until } from '../../../kit/until.ts';

// A server that writes down what it does, and dies or hangs in the middle of it.

const SERVER = join(import.meta.dirname, '../../../kit/mcp/counting-server.mjs');
const ANY = organizationId('00000000-0000-4000-8000-000000000001');

type Counting = {
  readonly box: TestBox;
  /** The next call does so, once. */
  readonly plan: (what: string) => Promise<void>;
  readonly done: () => Promise<readonly string[]>;
  readonly folder: string;
};

async function openCounting(
  context: TestContext,
  more: object = {},
  log = pino({ level: 'silent' }),
): Promise<Counting> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-counting-'));
  const box = openBox(stdio('counting', [SERVER, folder], more), log);
  context.after(async () => {
    await box[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const lines = async (): Promise<readonly string[]> =>
    (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');
  return { box, folder, plan: (what) => writeFile(join(folder, what), ''), done: lines };
}

const isDeed = (line: string): boolean => !line.startsWith('start');

test('a read whose server dies in the middle is asked once more, of a new one', async (context) => {
  const { box, plan, done } = await openCounting(context);
  assert.deepEqual(await box.run('counting_read_it', { text: 'a' }), { text: 'read: a', failed: false });
  await plan('die-in-read');
  assert.deepEqual(await box.run('counting_read_it', { text: 'b' }), { text: 'read: b', failed: false });
  assert.deepEqual((await done()).filter(isDeed), ['read a', 'read b', 'read b']);
});

test('a write whose server dies in the middle is not repeated, and its outcome is said to be unknown', async (context) => {
  const { box, plan, done } = await openCounting(context);
  await plan('die-in-write');
  const result = await box.run('counting_write', { text: 'a' });
  assert.equal(result.failed, true);
  assert.match(result.text, /It may have been done/);
  assert.deepEqual((await done()).filter(isDeed), ['write a']);
  assert.deepEqual(await box.run('counting_write', { text: 'b' }), { text: 'write: b', failed: false });
  assert.deepEqual((await done()).filter(isDeed), ['write a', 'write b']);
});

test('a write to a server that has died meanwhile goes to a new one, and is done once', async (context) => {
  const { box, plan, done } = await openCounting(context);
  await plan('die-in-read');
  await plan('die-in-write');
  await box.run('counting_write', { text: 'a' });
  assert.deepEqual(await box.run('counting_write', { text: 'b' }), { text: 'write: b', failed: false });
  assert.deepEqual((await done()).filter(isDeed), ['write a', 'write b']);
});

test('of many writes between which and in which the server dies, each is done once at the most', async (context) => {
  const { box, plan, done } = await openCounting(context);
  for (let count = 0; count < 8; count += 1) {
    if (count % 2 === 0) await plan('die-in-write');
    if (count % 4 === 1) await plan('die-in-read');
    const [written] = await Promise.all([
      box.run('counting_write', { text: `w${count}` }),
      box.run('counting_read_it', { text: `r${count}` }),
    ]);
    if (written.failed === true) assert.match(written.text, /may have been done|was not done/);
    else assert.equal(written.text, `write: w${count}`);
  }
  const writes = (await done()).filter((line) => line.startsWith('write'));
  assert.equal(writes.length, new Set(writes).size);
  assert.ok(writes.length >= 4);
});

test('a read whose server hangs is asked once more, of a new one, within its time', async (context) => {
  const { box, plan, done } = await openCounting(context, { timeoutMs: 1_600 });
  await box.run('counting_read_it', { text: 'a' });
  await plan('hang-in-read');
  assert.deepEqual(await box.run('counting_read_it', { text: 'b' }), { text: 'read: b', failed: false });
  assert.deepEqual((await done()).filter(isDeed), ['read a', 'read b', 'read b']);
});

test('a write whose server hangs is told as late, once done, and the next call has a new server', async (context) => {
  const { box, plan, done } = await openCounting(context, { timeoutMs: 1_000 });
  await box.run('counting_read_it', { text: 'a' });
  await plan('hang-in-write');
  const result = await box.run('counting_write', { text: 'b' });
  assert.match(result.text, /did not answer in time\. It may have been done/);
  assert.deepEqual(await box.run('counting_write', { text: 'c' }), { text: 'write: c', failed: false });
  assert.deepEqual((await done()).filter(isDeed), ['read a', 'write b', 'write c']);
});

test('a call that is ended from outside takes nothing away from another one at the same server', async (context) => {
  const { box, done } = await openCounting(context);
  await box.run('counting_wait');
  const ending = new AbortController();
  const ended = box.run('counting_wait', { text: '5000' }, ending.signal);
  const other = box.run('counting_wait', { text: '400' });
  setTimeout(() => ending.abort(), 100);
  assert.equal((await ended).failed, true);
  assert.deepEqual(await other, { text: 'waited', failed: false });
  assert.equal((await done()).filter((line) => !isDeed(line)).length, 1);
});

test('a tool that the server adds is there in the next turn, and unchanged ones stay the same objects', async (context) => {
  const { box } = await openCounting(context);
  const before = await box.tools(ANY);
  assert.equal(await box.tools(ANY), before);
  assert.deepEqual(await box.run('counting_grow'), { text: 'grown', failed: false });
  await until('the new tool is listed', async () =>
    (await box.tools(ANY)).some(({ name }) => name === 'counting_added'),
  );
  assert.deepEqual(await box.run('counting_added'), { text: 'new', failed: false });
});

test('an answer of more than a megabyte is not read, and the server is there again after it', async (context) => {
  const { box, plan } = await openCounting(context);
  await plan('long');
  assert.match((await box.run('counting_read_it')).text, /more than 1 MB/);
  assert.deepEqual(await box.run('counting_read_it', { text: 'c' }), { text: 'read: c', failed: false });
});

test('a program is told what is configured and nothing else; what it says goes to the log', async (context) => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const { box, done } = await openCounting(context, { env: { SECRET: 'abc' } }, pino({ level: 'info' }, stream));
  await box.run('counting_read_it');
  const [start] = await done();
  const names = (start ?? '').replace('start ', '').split(',');
  assert.deepEqual(
    names.filter((name) => !['HOME', 'PATH', 'SECRET'].includes(name)),
    [],
  );
  assert.ok(lines.some((line) => line.includes('begun with abc') && line.includes('"server":"counting"')));
});

test('what hints at reading only reads, everything else is asked about, and all of it is external', async (context) => {
  const { box } = await openCounting(context);
  const [read, write] = [await box.named('counting_read_it'), await box.named('counting_write')];
  assert.deepEqual([read.effect, write.effect, read.origin, write.origin], ['reads', 'writes', 'external', 'external']);
});

test('a closed toolbox leaves no process behind', async (context) => {
  const { box, folder } = await openCounting(context);
  await box.run('counting_read_it');
  await box[Symbol.asyncDispose]();
  const { execFileSync } = await import('node:child_process');
  const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  assert.equal(running.includes(folder), false);
});

test('a server that cannot be started has no tools, quickly, and the log says so once', async (context) => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const box = openBox({ ...stdio('gone', []), command: '/nowhere/at/all' } as never, pino({ level: 'warn' }, stream));
  context.after(() => box[Symbol.asyncDispose]());
  assert.deepEqual(await box.tools(ANY), []);
  assert.deepEqual(await box.tools(ANY), []);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /ENOENT/);
});
