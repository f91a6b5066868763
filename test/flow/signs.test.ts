import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { inPieces, openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';

test('a sign of work is shown again before it ends by itself, until the answer can be seen', async () => {
  const shown: string[] = [];
  const show = async (_access: unknown, _place: unknown, status: string): Promise<void> => void shown.push(status);
  const paper = openPaperPlatform({ statusForMs: 100 }, { show });
  await using hub = await openTestHub(paper, async function* (_request, signal) {
    await sleep(700, undefined, { signal });
    const before = shown.length;
    yield* inPieces(
      Array.from({ length: 20 }, () => 'word '),
      20,
      signal,
    );
    assert.ok(shown.length <= before + 1, `shown ${shown.length - before} times beside a text that grows`);
  });
  await hub.accept(paperDelivery(paperMessage('x')));
  await hub.settled();
  assert.ok(shown.filter((status) => status === 'working').length >= 3, shown.join());
  // Nobody waits for the last sign.
  await until('the sign is taken away', () => shown.includes('done'));
  assert.equal(shown.indexOf('done'), shown.length - 1);
});

test('a stream is ended before the platform would end it, and the answer goes on by edits, whole', async () => {
  const paper = openPaperPlatform({ appendEveryMs: 10, streamForMs: 300 });
  const pieces = Array.from({ length: 80 }, (_, index) => `word${index} ${index % 10 === 9 ? '\n\n' : ''}`);
  await using hub = await openTestHub(paper, (_request, signal) => inPieces(pieces, 15, signal));
  await hub.accept(paperDelivery(paperMessage('stream')));
  await hub.settled();
  const said = paper.posts.map(({ text }) => text.trim()).join(' ');
  assert.deepEqual(said.split(/\s+/), pieces.join('').trim().split(/\s+/));
  assert.ok(
    paper.posts.every(({ streaming }) => !streaming),
    'every stream has ended',
  );
  assert.match(paper.calls.join(), /append,stop,edit,edit/);
});
