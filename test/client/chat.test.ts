import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { Principal } from '../../src/auth/principal.ts';
import { runClient } from '../../src/client/run.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { openTestChat, type TestChat } from '../kit/chat.ts';

const KEY = 'sb_the-key-of-this-test';
const WHO: Principal = {
  kind: 'key',
  id: '00000000-0000-4000-8000-0000000000c1',
  name: 'batch robot',
  organization: DEFAULT_ORGANIZATION,
  role: 'viewer',
  scopes: ['chat:write'],
};

let chat: TestChat;
let folder: string;
before(async () => {
  const identify = (request: Request) =>
    Promise.resolve(request.headers.get('authorization') === `Bearer ${KEY}` ? WHO : undefined);
  const script: Parameters<typeof openTestChat>[0] = ({ messages }) => {
    const last = messages.findLast(({ role }) => role === 'user')?.text ?? '';
    return `You asked: ${last.split(': ').at(-1) ?? ''} \u001b[2J`;
  };
  chat = await openTestChat(script, { identify });
  folder = await mkdtemp(join(tmpdir(), 'switchboard-chat-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
  await chat[Symbol.asyncDispose]();
});

async function run(words: readonly string[], typed = '') {
  let [out, complaints] = ['', ''];
  const code = await runClient(words, {
    environment: { HOME: folder, SWITCHBOARD_URL: chat.url, SWITCHBOARD_API_KEY: KEY },
    stdin: Readable.from([typed]),
    write: (text) => void (out += text),
    complain: (text) => void (complaints += text),
  });
  return { code, out, complaints };
}

test('a question is asked and its answer printed, without orders to the terminal', async () => {
  const { code, out, complaints } = await run(['chat', 'what is up?']);
  assert.deepEqual([code, complaints], [0, '']);
  assert.match(out, /You asked: what is up\? �\[2J/);
});

test('a conversation goes on line by line until an empty one', async () => {
  const { code, out } = await run(['chat'], 'one\ntwo\n\nthree\n');
  assert.equal(code, 0);
  assert.match(out, /You asked: one[^]*You asked: two/);
  assert.doesNotMatch(out, /three/);
});

test('each line of a file is asked in a conversation of its own, and the answers are JSON lines', async () => {
  const file = join(folder, 'questions.txt');
  await writeFile(file, 'first\n\nsecond\nthird\n');
  const { code, out } = await run(['chat', '--batch', file, '--at-once', '2']);
  assert.equal(code, 0, out);
  const lines = out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
    .map((line) => Object(line));
  assert.deepEqual(
    lines.map(({ line }) => Number(line)).toSorted((one, other) => one - other),
    [1, 3, 4],
  );
  for (const { question, answer } of lines) assert.match(String(answer), new RegExp(`You asked: ${String(question)}`));
  assert.equal((await run(['chat', '--batch', join(folder, 'nothing.txt')])).code, 1);
});
