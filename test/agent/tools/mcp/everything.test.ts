import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import type { McpServer } from '../../../../src/model/mcp-server.ts';
import { openBox, stdio } from '../../../kit/mcp/box.ts';
import { EVERYTHING, startEverything } from '../../../kit/mcp/everything.ts';

// The protocol's reference server, over both of its transports.

const http = (url: string): McpServer => ({ kind: 'http', name: 'all', url, headers: {}, timeoutMs: 10_000 });

/** Processes of ours that run the reference server over their standard streams. */
function programs(): readonly number[] {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => line.includes(`${EVERYTHING} stdio`) && Number(line.trim().split(/\s+/)[1]) === process.pid)
    .map((line) => Number(line.trim().split(/\s+/)[0]));
}

test('over stdio: tools, results in words, and a kill between two calls is not noticed', async () => {
  await using box = openBox(stdio('all', [EVERYTHING, 'stdio']));
  assert.deepEqual(await box.run('all_echo', { message: 'hello' }), { text: 'Echo: hello', failed: false });
  const image = await box.run('all_get_tiny_image');
  assert.match(
    image.text,
    /^Here's the image you requested:\n\(an image, image\/png, \d+ KB: it is not shown here\)\n/,
  );
  assert.match((await box.run('all_get_sum', { a: 2, b: 3 })).text, /5/);
  for (let times = 0; times < 3; times += 1) {
    const [running, ...more] = programs();
    assert.deepEqual([typeof running, more], ['number', []]);
    process.kill(running ?? 0, 'SIGKILL');
    assert.deepEqual(await box.run('all_echo', { message: String(times) }), { text: `Echo: ${times}`, failed: false });
  }
});

test('over stdio: a kill in the middle of a call that reads is not noticed either', async () => {
  await using box = openBox(stdio('all', [EVERYTHING, 'stdio']));
  await box.tools('' as never);
  const long = box.run('all_trigger_long_running_operation', { duration: 0.6, steps: 1 });
  setTimeout(() => programs().forEach((pid) => process.kill(pid, 'SIGKILL')), 200);
  assert.match((await long).text, /^Long running operation completed/);
});

test('over HTTP: a server that is killed and started anew is found by the very next call', async () => {
  await using server = await startEverything();
  await using box = openBox(http(server.url));
  assert.deepEqual(await box.run('all_echo', { message: 'hello' }), { text: 'Echo: hello', failed: false });
  for (let times = 0; times < 2; times += 1) {
    await server.kill();
    await server.start();
    assert.deepEqual(await box.run('all_echo', { message: 'again' }), { text: 'Echo: again', failed: false });
  }
});

test('over HTTP: what writes goes to a server that was started anew, once, without anybody noticing', async () => {
  await using server = await startEverything();
  await using box = openBox(http(server.url));
  const { effect } = await box.named('all_toggle_subscriber_updates');
  assert.equal(effect, 'writes');
  await server.kill();
  await server.start();
  const result = await box.run('all_toggle_subscriber_updates');
  assert.deepEqual([result.failed, result.text.startsWith('Started simulated resource updated')], [false, true]);
});

test('over HTTP: an address at which nobody answers holds a turn up once, and not for long', async (context) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  context.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`;
  await using box = openBox(http(url), undefined, 150);
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const begun = performance.now();
    assert.deepEqual(await box.tools('' as never), []);
    times.push(performance.now() - begun);
  }
  assert.ok((times[0] ?? 0) < 1_500 && (times[1] ?? 999) < 50 && (times[2] ?? 999) < 50, String(times));
});

test('over HTTP: a call in whose middle the server is killed does not hang', async () => {
  await using server = await startEverything();
  await using box = openBox(http(server.url));
  await box.tools('' as never);
  const begun = Date.now();
  const long = box.run('all_trigger_long_running_operation', { duration: 5, steps: 1 });
  setTimeout(() => void server.kill(), 300);
  const result = await long;
  assert.deepEqual([result.failed, Date.now() - begun < 4_000], [true, true]);
  assert.match(result.text, /cannot be reached/);
  await server.start();
});
