import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { addRule, addTemplate } from '../../src/db/templates.ts';
import { openTestHub, type Script, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { calling, notedTool } from '../kit/tools.ts';

// Stages that a template switches on: a plan before the answer, a check of it.

const EVERYWHERE = { platform: '', install: '', channel: '', command: '', task: '', position: 0, by: 'test' };
async function use(hub: TestHub, front: string): Promise<void> {
  await inOrganization(hub.database.db, DEFAULT_ORGANIZATION, async (tx) => {
    const source = `---\n${front}\n---\nYou are {{ name }}.`;
    const template = await addTemplate(tx, { name: 'staged', source, by: 'test' });
    await addRule(tx, { ...EVERYWHERE, variants: [{ template, share: 1 }] });
  });
}
const stepsOf = async (hub: TestHub) =>
  (
    await hub.database.db.sql<{ kind: string; state: string; stage: string | null }[]>`
      select kind, state, output->>'stage' as stage from switchboard.steps order by seq`
  ).map(({ kind, state, stage }) => [kind, state, stage].filter((part) => part !== null).join(' '));

test('a plan is made first, nobody sees it, and the answer is given with it; tools are used as ever', async () => {
  const paper = openPaperPlatform();
  const look = notedTool({ name: 'look' });
  const script: Script = ({ messages, tools }) => {
    const last = messages.at(-1);
    if (last?.text.includes('write a short plan') === true) return `look first (${tools?.length ?? 0} tools)`;
    return last?.role === 'tool' ? `done: ${messages[0]?.text ?? ''}` : calling([['look', {}]]);
  };
  await using hub = await openTestHub(paper, script, { tools: [look] });
  await use(hub, 'plan: true');
  await hub.accept(paperDelivery(paperMessage('how much?')));
  await hub.settled();
  assert.match(paper.posts[0]?.text ?? '', /^done: Ada: how much\?\n\n\(Your plan.*\nlook first \(0 tools\)\)$/s);
  assert.equal(look.uses.length, 1);
  assert.deepEqual(await stepsOf(hub), ['model done plan', 'model done', 'tool done', 'model done']);
  const [turn] = await hub.database.db.sql`select template from switchboard.turns`;
  assert.equal(turn?.['template'], 'staged@1');
});

for (const [verdict, said] of [
  ['OK.', 'first try'],
  ['second try', 'second try'],
] as const)
  test(`an answer is checked: ${JSON.stringify(verdict)} leaves ${said}`, async () => {
    const paper = openPaperPlatform();
    await using hub = await openTestHub(paper, ({ messages }) =>
      messages.at(-1)?.text.startsWith('Check your answer') === true ? verdict : 'first try',
    );
    await use(hub, 'check: true');
    await hub.accept(paperDelivery(paperMessage('how much?')));
    await hub.settled();
    assert.deepEqual(
      paper.posts.map(({ text }) => text),
      [said],
    );
    assert.deepEqual(await stepsOf(hub), ['model done draft', 'model done']);
  });

test('a stage that fails is left out', async () => {
  const paper = openPaperPlatform();
  await using hub = await openTestHub(paper, async function* answer({ messages }) {
    const last = messages.at(-1)?.text ?? '';
    if (/write a short plan|Check your answer/.test(last))
      yield { kind: 'failed', fault: 'server', message: 'away', retryInMs: undefined };
    else {
      yield { kind: 'text', text: 'the answer' };
      yield { kind: 'done', reason: 'stop' };
    }
  });
  await use(hub, 'plan: true\ncheck: true');
  await hub.accept(paperDelivery(paperMessage('how much?')));
  await hub.settled();
  assert.equal(paper.posts[0]?.text, 'the answer');
  assert.deepEqual(await stepsOf(hub), ['model failed', 'model done draft', 'model failed']);
});
