import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { serve } from '@hono/node-server';
import { runClient } from '../../src/client/run.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { openTestConsole, type TestConsole } from '../kit/console.ts';
import { openTestHub, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';

const KEY = 'sb_the-key-of-this-test';
const WHO: Principal = {
  kind: 'key',
  id: 'k1',
  name: 'release robot',
  organization: DEFAULT_ORGANIZATION,
  role: 'operator',
  scopes: undefined,
};

let hub: TestHub;
let api: TestConsole;
let server: ReturnType<typeof serve>;
let url: string;
let home: string;
let broken = false;
before(async () => {
  hub = await openTestHub(openPaperPlatform(), () => {
    if (broken) throw new Failure('refused', 'the model \u001b[31msaid no');
    return 'An answer.';
  });
  const identify = (request: Request) =>
    Promise.resolve(request.headers.get('authorization') === `Bearer ${KEY}` ? WHO : undefined);
  api = await openTestConsole({ identify }, hub.database);
  home = await mkdtemp(join(tmpdir(), 'switchboard-client-'));
  await new Promise<void>((resolve) => {
    server = serve({ fetch: api.api.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      url = `http://127.0.0.1:${port}`;
      resolve();
    });
  });
});
after(async () => {
  server.close();
  await rm(home, { recursive: true, force: true });
  await api[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

async function run(words: readonly string[], typed = '') {
  let [out, complaints] = ['', ''];
  const code = await runClient(words, {
    environment: { HOME: home },
    stdin: Readable.from([typed]),
    write: (text) => void (out += text),
    complain: (text) => void (complaints += text),
  });
  return { code, out, complaints };
}

test('without a login it says how to log in, and a wrong key is not kept', async () => {
  const nobody = await run(['installs']);
  assert.deepEqual([nobody.code, nobody.complaints], [1, 'switchboard: log in first: switchboard login https://HUB\n']);
  const wrong = await run(['login', url], 'sb_wrong');
  assert.equal(wrong.code, 1);
  assert.match(wrong.complaints, /Not signed in/);
  assert.equal((await run(['whoami'])).code, 1);
});

test('a login is kept where only this user can read it, and is never printed', async () => {
  const done = await run(['login', url], `${KEY}\n`);
  assert.equal(done.code, 0, done.complaints);
  assert.match(done.out, /You are release robot, operator/);
  assert.doesNotMatch(done.out, /sb_/);
  const path = join(home, '.config', 'switchboard', 'login.json');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.match(await readFile(path, 'utf8'), /sb_the-key/);
});

test('conversations are listed, one is told step by step, and exported with its words', async () => {
  await hub.accept(paperDelivery(paperMessage('what is up', { id: 'c1' })));
  await hub.settled();
  const listed = await run(['conversations', '--json']);
  const { items } = JSON.parse(listed.out);
  const told = await run(['conversation', items[0].id]);
  assert.match(told.out, /received from Ada \(mention\): answered\n[^]*model[^]*post 0: sent[^]*turn ended: answered/);
  assert.doesNotMatch(told.out, /what is up/);
  assert.match((await run(['conversation', items[0].id, '--reveal'])).out, /"what is up"/);
  assert.match((await run(['export', items[0].id])).out, /"answer": "An answer."/);
  assert.equal((await run(['conversation', '00000000-0000-4000-8000-000000000009'])).code, 1);
});

test('a dead letter is listed with its reason, in which no order to the terminal is left, and replayed', async () => {
  broken = true;
  await hub.accept(paperDelivery(paperMessage('and now', { id: 'c2', thread: 'other' })));
  await hub.settled();
  const { out } = await run(['dead-letters']);
  assert.match(out, /the model �\[31msaid no/);
  broken = false;
  assert.equal((await run(['replay', 'all'])).out, '1 taken up again\n');
  assert.ok((await hub.settled()).every(({ state }) => state === 'answered'));
});

test('what is meant otherwise ends with 2, and what is not there says what is', async () => {
  assert.equal((await run(['fly'])).code, 2);
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  for (const word of ['login', 'installs', 'doctor', 'conversations', 'replay', 'usage', 'export', 'approvals'])
    assert.match(help.out, new RegExp(`\\b${word}\\b`));
  assert.match(
    (await run(['decide', '00000000-0000-4000-8000-000000000009', 'perhaps'])).complaints,
    /yes, no or done/,
  );
});

test('usage comes as a table and as CSV, and installs with their health', async () => {
  assert.match((await run(['usage', '--by', 'model'])).out, /ANSWERS/);
  assert.match((await run(['usage', '--csv'])).out, /^day,app,platform/);
  assert.match((await run(['installs'])).out, /^APP .*\n/);
  assert.equal((await run(['logout'])).code, 0);
  assert.equal((await run(['whoami'])).code, 1);
});
