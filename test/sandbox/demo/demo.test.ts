import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

type Ran = { readonly code: number | null; readonly out: string; readonly err: string; readonly tookMs: number };

/** The demo as people start it; `interruptAt`: Ctrl-C once this was printed. */
async function run(folder: string, interruptAt?: string): Promise<Ran> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../sandbox/demo.ts')], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  let isInterrupted = false;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
    if (isInterrupted || interruptAt === undefined || !out.includes(interruptAt)) return;
    // Once: who presses it again ends it at once.
    isInterrupted = child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err, tookMs: performance.now() - startedAt };
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-test-demo-'));
  // As root, PostgreSQL runs under another account, which has to get in.
  await chmod(folder, 0o755);
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('the demo shows a card, an edit and a stop on each platform within 40 s, ends with 0 and leaves nothing behind', async () => {
  await withFolder(async (folder) => {
    const { code, out, err, tookMs } = await run(folder);
    assert.equal(code, 0, `${out}\n${err}`);
    assert.ok(tookMs < 40_000, `${tookMs} ms`);
    assert.equal(out.match(/^✓ /gm)?.length, 24);
    const reports = out.split(/^── /m).slice(1);
    assert.deepEqual(
      reports.map((report) => report.split(' ')[0]),
      ['Slack', 'Discord', 'Teams', 'GitHub'],
    );
    const ways = [/Slack’s own Stop/, /reacts with 🛑/, /writes “stop”/, /\[Stop\] of the check run/];
    for (const [index, report] of reports.entries()) {
      assert.match(report, /ada edits it: .+Basel.*\?\n.+\(edited\): To \*{1,2}Basel/);
      assert.match(report, ways[index] ?? /$^/);
      assert.match(report, /Stopped by ada\./i);
      assert.match(report, /\[Try again\]|\*\*Try again\*\*: comment `@switchboard-dev pick /);
      assert.match(report, /In short: .+\n/);
    }
    assert.match(out, /All 24 steps on 4 platforms went as they should/);
    assert.deepEqual(await readdir(folder), []);
  });
});

test('a demo that is interrupted ends its hub, and leaves nothing behind', async () => {
  await withFolder(async (folder) => {
    const { code } = await run(folder, 'On four platforms');
    assert.equal(code, 130);
    assert.deepEqual(await readdir(folder), []);
  });
});

test('a demo that cannot start says so and ends with 1', async () => {
  const { code, err } = await run('/nonexistent');
  assert.equal(code, 1);
  assert.match(err, /^THE DEMO FAILED\n {2}ENOENT/);
});
