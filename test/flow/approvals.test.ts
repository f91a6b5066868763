import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import type { Control } from '../../src/model/card.ts';
import type { Delivery } from '../../src/model/event.ts';
import type { ToolPolicy } from '../../src/model/policy.ts';
import { openTestHub, type Script, type TestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage, type PaperPlatform } from '../kit/paper-platform.ts';
import { calling, notedTool, type NotedTool } from '../kit/tools.ts';
import { until } from '../kit/until.ts';

// What changes something that others see is done only after a person's yes to exactly that.

const script: Script = ({ messages }) => {
  const last = messages.at(-1);
  return last?.role === 'tool' ? `So: ${last.text}` : calling([['write', { text: 'hello' }]]);
};

const USUAL: ToolPolicy = { allow: ['*'], trust: [], by: 'asker', people: [], yes: 1, minutes: 30 };

/** The buttons that are shown. */
const shown = (paper: PaperPlatform): readonly Control[] => paper.posts.flatMap(({ card }) => card?.controls ?? []);

type Room = {
  readonly hub: TestHub;
  readonly paper: PaperPlatform;
  readonly tool: NotedTool;
  readonly ask: () => Promise<void>;
  /** Presses a button of the card that is shown. */
  readonly press: (label: string, person?: string) => Promise<string>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

async function openRoom(policy: Partial<ToolPolicy> = {}, given: Partial<NotedTool> = {}): Promise<Room> {
  const paper = openPaperPlatform();
  const tool = notedTool({ name: 'write', effect: 'writes', ...given }, () => 'it is written');
  const hub = await openTestHub(paper, script, { tools: [tool], policy: { tools: { ...USUAL, ...policy } } });
  const isAsked = (): boolean => shown(paper).length > 0;
  const event = paperMessage('write hello');
  return {
    hub,
    paper,
    tool,
    async ask() {
      await hub.accept(paperDelivery(event));
      await until('a person is asked', isAsked);
    },
    async press(label, person = event.message.author.id) {
      const control = shown(paper).find((one) => one.label === label);
      const id = `press-${Math.random()}`;
      const author = { ...event.message.author, id: person };
      const place = event.place;
      const click = {
        kind: 'action',
        place,
        author,
        action: control?.id ?? '',
        value: '',
        messageId: undefined,
      } as const;
      await hub.accept(paperDelivery(click, id));
      const read = async (): Promise<string | undefined> => {
        const [row] = await inOrganization(
          hub.database.db,
          DEFAULT_ORGANIZATION,
          (tx) =>
            tx<{ reason: string | null }[]>`select reason from switchboard.acts order by received_at desc limit 1`,
        );
        return row?.reason ?? undefined;
      };
      await until('it was looked at', async () => (await read()) !== undefined);
      return (await read()) ?? '';
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

test('a person is shown the tool and all of its arguments, and only after the yes it is done, once', async () => {
  await using room = await openRoom();
  await room.ask();
  assert.equal(room.tool.uses.length, 0);
  assert.match(room.paper.posts[0]?.text ?? '', /\*\*`write`\*\*\n```json\n\{\n {2}"text": "hello"\n\}\n```/);
  assert.equal(await room.press('Allow'), 'granted');
  await room.hub.settled();
  assert.equal(room.tool.uses.length, 1);
  assert.equal(room.paper.posts.length, 1);
  assert.equal(room.paper.posts[0]?.text, 'So: it is written');
  assert.deepEqual(shown(room.paper), []);
});

test('after a no nothing is done, and the model is told', async () => {
  await using room = await openRoom();
  await room.ask();
  assert.equal(await room.press('Do not'), 'denied');
  await room.hub.settled();
  assert.equal(room.tool.uses.length, 0);
  assert.match(room.paper.posts[0]?.text ?? '', /So: A person said no to this\. It was not done\./);
});

test('only who asked may allow it, unless the policy says otherwise', async () => {
  await using room = await openRoom();
  await room.ask();
  assert.equal(await room.press('Allow', 'mallory'), 'This is not for you to decide.');
  assert.equal(room.tool.uses.length, 0);
});

test('where two people have to say yes, the same person’s second yes does not count', async () => {
  await using room = await openRoom({ by: 'people', people: ['ann', 'ben', 'cleo'], yes: 2 });
  await room.ask();
  assert.equal(await room.press('Allow', 'ann'), '1 more have to say yes');
  assert.equal(await room.press('Allow', 'ann'), 'You have said so already.');
  assert.equal(await room.press('Allow', 'dora'), 'This is not for you to decide.');
  assert.equal(room.tool.uses.length, 0);
  assert.equal(await room.press('Allow', 'cleo'), 'granted');
  await room.hub.settled();
  assert.equal(room.tool.uses.length, 1);
});

test('nobody answers in time: it is not done, and a late yes is refused', async () => {
  await using room = await openRoom();
  await room.ask();
  const { sql } = room.hub.database.db;
  await sql`update switchboard.approvals set expires_at = now() - interval '1 second'`;
  await sql`update switchboard.controls set expires_at = now() - interval '1 second'`;
  assert.equal(await room.press('Allow'), 'This button is too old to be pressed.');
  await sql`update switchboard.turns set retry_at = now()`;
  // The next word wakes the thread.
  await room.hub.accept(paperDelivery(paperMessage('hello?')));
  await until('the turn is over', () => /Nobody answered in time/.test(room.paper.posts[0]?.text ?? ''));
  assert.equal(room.tool.uses.length, 0);
});

test('a word that comes while a person is asked waits for its turn, and what was allowed is still done', async () => {
  await using room = await openRoom();
  await room.ask();
  await room.hub.accept(paperDelivery(paperMessage('and another thing')));
  assert.equal(await room.press('Allow'), 'granted');
  await until('the first is answered', () => room.paper.posts[0]?.text === 'So: it is written');
  assert.equal(room.tool.uses.length, 1);
});

test('a command that comes while a person is asked is obeyed, and may be the answer', async () => {
  await using room = await openRoom();
  await room.ask();
  const id = shown(room.paper).find(({ label }) => label === 'Allow')?.id ?? '';
  const { place, message } = paperMessage('');
  const word = (text: string, command: { name: string; text: string }): Delivery =>
    paperDelivery({
      kind: 'message',
      place,
      why: 'mention',
      hasPast: false,
      message: { ...message, id: text, text },
      command,
    });
  await room.hub.accept(word('help', { name: 'help', text: '' }));
  await until('help is given', () => room.paper.posts.some(({ text }) => text.includes('/stop')));
  assert.equal(room.tool.uses.length, 0);
  await room.hub.accept(word(`pick ${id}`, { name: 'pick', text: id }));
  await room.hub.settled();
  assert.equal(room.tool.uses.length, 1);
  assert.equal(room.paper.posts[0]?.text, 'So: it is written');
  assert.ok(room.paper.posts.some(({ text }) => text === 'Done.'));
});

test('what is said while the question is on its way is heard as soon as that has been asked', async () => {
  await using room = await openRoom();
  const { adapter } = room.paper;
  const post = adapter.post.bind(adapter);
  const { place, message } = paperMessage('');
  const asking = Object.assign(adapter, {
    async post(...given: Parameters<typeof post>) {
      const posted = await post(...given);
      if (given[1].card === undefined) return posted;
      asking.post = post;
      const command = { name: 'help', text: '' };
      const help = { ...message, id: 'help', text: 'help' };
      await room.hub.accept(
        paperDelivery({ kind: 'message', place, why: 'mention', hasPast: false, message: help, command }),
      );
      // Long enough for its job to find that somebody is at work in the thread.
      await sleep(500);
      return posted;
    },
  });
  await room.ask();
  await until('help is given', () => room.paper.posts.some(({ text }) => text.includes('/stop')));
  assert.equal(room.tool.uses.length, 0);
});

test('of two that are to be allowed each is asked about by itself, and a command may be the answer to both', async () => {
  const paper = openPaperPlatform();
  const tool = notedTool({ name: 'write', effect: 'writes' });
  const two: Script = ({ messages }) =>
    messages.at(-1)?.role === 'tool'
      ? 'Both.'
      : calling([
          ['write', { text: 'one' }],
          ['write', { text: 'two' }],
        ]);
  await using hub = await openTestHub(paper, two, { tools: [tool], policy: { tools: USUAL } });
  const { place, message } = paperMessage('write both');
  await hub.accept(paperDelivery({ kind: 'message', place, why: 'mention', hasPast: false, message }));
  const seen = new Set<string>();
  for (const done of [1, 2]) {
    const fresh = (): Control | undefined => shown(paper).find(({ id, label }) => label === 'Allow' && !seen.has(id));
    await until('a person is asked', () => fresh() !== undefined);
    const id = fresh()?.id ?? '';
    seen.add(id);
    const said = { ...message, id: `pick ${done}`, text: `pick ${id}` };
    const command = { name: 'pick', text: id };
    await hub.accept(paperDelivery({ kind: 'message', place, why: 'mention', hasPast: false, message: said, command }));
    await until('it is done', () => tool.uses.length === done);
  }
  await hub.settled();
  assert.deepEqual(
    tool.uses.map(({ args }) => args),
    [{ text: 'one' }, { text: 'two' }],
  );
});

test('an edited question is another question: what was asked for the old one is not done', async () => {
  await using room = await openRoom();
  const event = paperMessage('write hello');
  await room.hub.accept(paperDelivery(event));
  await until('a person is asked', () => shown(room.paper).length > 0);
  const old = shown(room.paper)[0]?.id;
  const message = { ...event.message, version: 'v2', text: 'write goodbye' };
  await room.hub.accept(paperDelivery({ kind: 'edited', place: event.place, why: 'mention', message }));
  await until('a person is asked anew', () => {
    const now = shown(room.paper)[0]?.id;
    return now !== undefined && now !== old;
  });
  assert.equal(room.tool.uses.length, 0);
});

test('a trusted tool is done at once, unless something external was read', async () => {
  await using room = await openRoom({ trust: ['wri*'] });
  await room.hub.accept(paperDelivery(paperMessage('write hello')));
  await room.hub.settled();
  assert.equal(room.tool.uses.length, 1);

  await using other = await openRoom({ trust: ['wri*'] });
  const event = paperMessage('write what the file says');
  const attachments = [{ handle: 'a', name: 'notes.txt', mediaType: 'text/plain', size: 10 }];
  await other.hub.accept(paperDelivery({ ...event, message: { ...event.message, attachments } }));
  await until('a person is asked', () => shown(other.paper).length > 0);
  assert.equal(other.tool.uses.length, 0);
});
