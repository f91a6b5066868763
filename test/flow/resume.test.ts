import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '../../src/db/store.ts';
import type { Control } from '../../src/model/card.ts';
import { threadId } from '../../src/model/ids.ts';
import type { Tool } from '../../src/model/tool.ts';
import { openTestHub, type Script, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';
import { calling, notedTool, type NotedTool } from '../kit/tools.ts';
import { until } from '../kit/until.ts';

// A worker ends while a tool is at work: what the next one does depends on whether the tool may be done twice.

const TRUSTED = { allow: ['*'], trust: ['*'], by: 'asker', people: [], yes: 1, minutes: 30 } as const;

type Room = {
  readonly hub: TestHub;
  readonly paper: PaperPlatform;
  readonly tool: NotedTool;
  readonly asks: () => number;
};

/** As after the death of the worker that has the thread: its lease is over, and the thread's job comes back. */
async function loseLease({ database: { db }, recipient: { organization } }: TestHub): Promise<void> {
  const [row] = await db.sql<{ id: string }[]>`
    update switchboard.threads set lease_until = now() - interval '1 second' where lease_owner is not null returning id`;
  await openStore(db).again(organization, { thread: threadId(row?.id ?? ''), inMs: 0 });
}

/** A tool that hangs the first time; its worker ends then, and another one begins. */
async function interrupted(given: Partial<Tool>, run: (room: Room) => Promise<void>): Promise<void> {
  const paper = openPaperPlatform();
  let asks = 0;
  const script: Script = ({ messages }) => {
    asks += 1;
    const last = messages.at(-1);
    return last?.role === 'tool' ? `So: ${last.text}` : calling([['write', { text: 'hello' }]]);
  };
  const tool: NotedTool = notedTool({ name: 'write', effect: 'writes', ...given }, () =>
    tool.uses.length === 1 ? new Promise(() => {}) : 'written',
  );
  await using hub = await openTestHub(paper, script, { tools: [tool], policy: { tools: TRUSTED }, workers: 2 });
  await hub.accept(paperDelivery(paperMessage('write hello')));
  await until('the tool is at work', () => tool.uses.length === 1);
  await loseLease(hub);
  await run({ hub, paper, tool, asks: () => asks });
}

const shown = (paper: PaperPlatform): readonly Control[] => paper.posts.flatMap(({ card }) => card?.controls ?? []);

test('a tool that may be done twice is done again under the same key, and the model is not asked twice', async () => {
  await interrupted({ idempotent: true }, async ({ hub, paper, tool, asks }) => {
    await hub.settled(20_000);
    assert.equal(paper.posts[0]?.text, 'So: written');
    assert.equal(new Set(tool.uses.map(({ use }) => use.key)).size, 1);
    assert.equal(tool.uses.length, 2);
    assert.equal(asks(), 2);
  });
});

test('a tool that must not be done twice is not: a person is asked whether it was done', async () => {
  await interrupted({ idempotent: false }, async ({ hub, paper, tool }) => {
    await until('a person is asked', () => shown(paper).length > 0, { withinMs: 20_000 });
    assert.deepEqual(
      shown(paper).map(({ label }) => label),
      ['It was done', 'Do it again', 'Leave it'],
    );
    assert.equal(tool.uses.length, 1);
    const { place, message } = paperMessage('write hello');
    const action = shown(paper)[0]?.id ?? '';
    const click = { kind: 'action', place, author: message.author, action, value: '', messageId: undefined } as const;
    await hub.accept(paperDelivery(click));
    await hub.settled(20_000);
    assert.equal(paper.posts[0]?.text, 'So: A person says that this was done.');
    assert.equal(tool.uses.length, 1);
  });
});
