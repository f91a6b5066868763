import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PromptMessage } from '../../src/llm/provider.ts';
import { openTestHub, type Script } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { calling, notedTool } from '../kit/tools.ts';

// What the model has done before it answers, without a person being asked.

/** Calls once, and then answers with what came back. */
const once =
  (name: string, args: unknown, seen: (readonly PromptMessage[])[] = []): Script =>
  ({ messages }) => {
    seen.push(messages);
    const last = messages.at(-1);
    return last?.role === 'tool' ? `It says: ${last.text}` : calling([[name, args]], 'Let me look.');
  };

test('a tool is used, and the answer is what was said before and after', async () => {
  const paper = openPaperPlatform();
  const look = notedTool({ name: 'look' }, () => 'forty-two');
  const seen: (readonly PromptMessage[])[] = [];
  await using hub = await openTestHub(paper, once('look', { text: 'x' }, seen), { tools: [look] });
  await hub.accept(paperDelivery(paperMessage('how much?')));
  await hub.settled();
  assert.deepEqual(
    paper.posts.map(({ text }) => text),
    ['Let me look.\n\nIt says: forty-two'],
  );
  assert.deepEqual(
    look.uses.map(({ args }) => args),
    [{ text: 'x' }],
  );
  const [, , answered] = seen.at(-1) ?? [];
  assert.deepEqual(answered, { role: 'tool', call: 'c0', text: 'forty-two', failed: false });
  const steps = await hub.database.db.sql`select kind, state from switchboard.steps order by seq`;
  assert.deepEqual(
    steps.map(({ kind, state }) => `${kind} ${state}`),
    ['model done', 'tool done', 'model done'],
  );
});

test('tools of one round run together, and are told in the order in which they were called', async () => {
  const paper = openPaperPlatform();
  let running = 0;
  let most = 0;
  const busy = async (): Promise<string> => {
    most = Math.max(most, (running += 1));
    await sleep(30);
    running -= 1;
    return 'done';
  };
  const script: Script = ({ messages }) => {
    const told = messages.flatMap((message) => (message.role === 'tool' ? [message.call] : []));
    return told.length === 0
      ? calling([
          ['one', {}],
          ['two', {}],
        ])
      : told.join(' ');
  };
  const tools = [notedTool({ name: 'one' }, busy), notedTool({ name: 'two' }, busy)];
  await using hub = await openTestHub(paper, script, { tools });
  await hub.accept(paperDelivery(paperMessage('both')));
  await hub.settled();
  assert.equal(most, 2);
  assert.equal(paper.posts[0]?.text, 'c0 c1');
});

const REFUSED: readonly (readonly [what: string, name: string, args: unknown, told: RegExp])[] = [
  ['a tool that there is not', 'fly', {}, /There is no tool "fly" here/],
  ['a tool that is not allowed here', 'secret', {}, /There is no tool "secret" here/],
  ['arguments of another shape', 'look', { text: 7 }, /The arguments do not fit: \/text must be string/],
  ['arguments that nobody asked for', 'look', { more: 1 }, /must NOT have additional properties/],
];
for (const [what, name, args, told] of REFUSED) {
  test(`${what}: nothing is done, and the model is told why`, async () => {
    const paper = openPaperPlatform();
    const tools = [notedTool({ name: 'look' }), notedTool({ name: 'secret' })];
    const policy = { tools: { allow: ['loo*'], trust: [], by: 'asker', people: [], yes: 1, minutes: 5 } } as const;
    await using hub = await openTestHub(paper, once(name, args), { tools, policy });
    await hub.accept(paperDelivery(paperMessage('do it')));
    await hub.settled();
    assert.match(paper.posts[0]?.text ?? '', told);
    assert.equal(tools.flatMap(({ uses }) => uses).length, 0);
  });
}

test('a tool that fails, or does not answer in time, is told to the model with the reason', async () => {
  const paper = openPaperPlatform();
  const broken = notedTool({ name: 'broken' }, () => Promise.reject(new Error('the disk is full')));
  const slow = notedTool({ name: 'slow', withinMs: 30 }, () => new Promise(() => {}));
  const script: Script = ({ messages }) => {
    const told = messages.flatMap((message) => (message.role === 'tool' ? [`${message.failed} ${message.text}`] : []));
    return told.length === 0
      ? calling([
          ['broken', {}],
          ['slow', {}],
        ])
      : told.join('; ');
  };
  await using hub = await openTestHub(paper, script, { tools: [broken, slow] });
  await hub.accept(paperDelivery(paperMessage('try')));
  await hub.settled();
  assert.match(paper.posts[0]?.text ?? '', /true the disk is full; true slow did not answer within 0\.03 seconds/);
});

test('a model that calls tools for ever is told to stop, and ends', async () => {
  const paper = openPaperPlatform();
  const look = notedTool({ name: 'look' });
  await using hub = await openTestHub(paper, () => calling([['look', {}]]), { tools: [look] });
  await hub.accept(paperDelivery(paperMessage('loop')));
  await hub.settled();
  assert.equal(look.uses.length, 16);
  assert.match(paper.posts[0]?.text ?? '', /The model gave an empty answer/);
});

test('what hides from the eye in a tool’s words is taken out, and what is too long is cut and said to be', async () => {
  const paper = openPaperPlatform();
  const seen: (readonly PromptMessage[])[] = [];
  const look = notedTool({ name: 'look' }, () => `a\u{E0041}\u200Bb${'x'.repeat(60_000)}`);
  await using hub = await openTestHub(paper, once('look', {}, seen), { tools: [look] });
  await hub.accept(paperDelivery(paperMessage('read')));
  await hub.settled();
  const text = seen.at(-1)?.at(-1)?.text ?? '';
  assert.match(text, /^abx+\n\(10002 more characters are left out: ask for less at a time\.\)$/);
});

test('while tools are at work a stop ends them, and what was said stays', async () => {
  const paper = openPaperPlatform();
  let ended = false;
  const slow = notedTool({ name: 'slow' }, (_args, signal) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error(String((ended = true)))));
    });
  });
  await using hub = await openTestHub(paper, once('slow', {}), { tools: [slow] });
  await hub.accept(paperDelivery(paperMessage('begin')));
  while (slow.uses.length === 0) await sleep(10);
  await hub.accept(paperDelivery(paperMessage('stop')));
  await hub.settled();
  assert.equal(ended, true);
  assert.match(paper.posts[0]?.text ?? '', /^Let me look\./);
});
