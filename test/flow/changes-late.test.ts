import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Adapter } from '../../src/model/adapter.ts';
import type { Event } from '../../src/model/event.ts';
import { openTestHub, type Script } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

const repeat: Script = (request) => `you said: ${request.messages.at(-1)?.text.replace('Ada: ', '') ?? ''}`;

const editOf = (event: Event): Event => {
  assert.ok(event.kind === 'message');
  const message = { ...event.message, version: '2', text: 'right' };
  return { kind: 'edited', place: event.place, why: 'mention', message };
};
const deletionOf = (event: Event): Event => {
  assert.ok(event.kind === 'message');
  return { kind: 'deleted', place: event.place, messageId: event.message.id };
};

/** A platform on which the last call that shows an answer waits until it is let go. */
function heldAtTheEnd() {
  const paper = openPaperPlatform({ editEveryMs: undefined });
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = { reached: false };
  const adapter: Adapter = {
    ...paper.adapter,
    async post(access, draft, signal) {
      const made = await paper.adapter.post(access, draft, signal);
      held.reached = true;
      await promise;
      return made;
    },
  };
  return { paper: { ...paper, adapter }, isHeld: () => held.reached, letGo: resolve };
}

for (const { name, change, end, shown } of [
  {
    name: 'edited is answered as it reads then, in the same post',
    change: (asked: Event) => editOf(asked),
    end: ['answered', 'right'],
    shown: [['p1', 'you said: right']],
  },
  {
    name: 'deleted has its answer taken away',
    change: deletionOf,
    end: ['ignored', ''],
    shown: [],
  },
])
  test(`a question that is ${name}, also when that comes while its whole answer is on its way`, async () => {
    const { paper, isHeld, letGo } = heldAtTheEnd();
    await using hub = await openTestHub(paper, repeat);
    const asked = paperMessage('wrogn');
    await hub.accept(paperDelivery(asked));
    await until('its answer is on its way', isHeld);
    await hub.accept(paperDelivery(change(asked)));
    letGo();
    const rows = await hub.settled();
    assert.deepEqual(
      rows.map(({ state, text }) => [state, text]),
      [end],
    );
    await until(
      'it is shown',
      () => JSON.stringify(paper.posts.map(({ id, text }) => [id, text])) === JSON.stringify(shown),
    );
  });
