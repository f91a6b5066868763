import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { imagesOf } from '../../src/llm/images.ts';
import type { Event } from '../../src/model/event.ts';
import { Failure } from '../../src/model/failure.ts';
import { lockedPdf, pdfOf, PNG, pngOf } from '../kit/files.ts';
import type { TestHub } from '../kit/hub.ts';
import { paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';
import { lastOf, openRoom, SEEING, type Room } from './file-room.ts';

const kept = (hub: TestHub): Promise<number> =>
  inOrganization(
    hub.database.db,
    DEFAULT_ORGANIZATION,
    async (tx) => (await tx`select 1 from switchboard.files union all select 1 from switchboard.message_files`).length,
  );
const again = async ({ hub }: Room, event: Event, text: string): Promise<void> => {
  assert.ok(event.kind === 'message');
  const message = { ...event.message, version: text, text };
  await hub.accept(paperDelivery({ kind: 'edited', place: event.place, why: 'mention', message }));
};

test('an image is shown to a model that sees, whatever its name says, and text is read', async () => {
  await using room = await openRoom({ a: PNG, b: Buffer.from('total: 42') });
  await room.say('look', [
    { handle: 'a', name: 'notes.txt', mediaType: 'text/plain' },
    { handle: 'b', name: 'sum.csv' },
  ]);
  await room.hub.settled();
  const message = lastOf(room);
  assert.equal(
    message?.text,
    'Ada: look\n\n(attached image notes.txt)\n\n(attached file sum.csv)\n```\ntotal: 42\n```',
  );
  assert.deepEqual(
    message?.images?.map(({ mediaType, bytes }) => [mediaType, Buffer.from(bytes)]),
    [['image/png', PNG]],
  );
});

test('a model that does not see is told, and the image is not even fetched', async () => {
  await using room = await openRoom({ a: PNG }, {});
  await room.say('look', [{ handle: 'a', name: 'x.png', mediaType: 'image/png', size: PNG.length }]);
  await room.hub.settled();
  assert.match(
    lastOf(room)?.text ?? '',
    /\(attached file x\.png: image\/png, \d+ bytes, an image that this model cannot see\)/,
  );
  assert.equal(lastOf(room)?.images, undefined);
  assert.deepEqual(room.fetched, []);
});

test('an image alone, without a word, is a question', async () => {
  await using room = await openRoom({ a: PNG });
  await room.say('', [{ handle: 'a', name: 'x.png' }]);
  await room.hub.settled();
  assert.equal(lastOf(room)?.text, 'Ada: (attached image x.png)');
  assert.equal(room.paper.posts[0]?.text, 'answer 1');
});

test('a file is fetched once: a later turn still sees it, and so does an answer that is given again, when its address has run out', async () => {
  await using room = await openRoom({ a: PNG, b: pdfOf(['The total is 42.']) });
  const first = await room.say('look', [
    { handle: 'a', name: 'x.png' },
    { handle: 'b', name: 'x.pdf' },
  ]);
  await room.hub.settled();
  delete room.shelf['a'];
  delete room.shelf['b'];
  await room.say('and now?');
  await until('the second is answered', () => room.paper.posts.length === 2);
  const [question, , next] = room.asked[1] ?? [];
  assert.match(
    question?.text ?? '',
    /look\n\n\(attached image x\.png\)\n\n\(attached file x\.pdf\)\n```\nThe total is 42\./,
  );
  assert.equal(question && imagesOf(question).length, 1);
  assert.deepEqual(next && imagesOf(next), []);
  await again(room, first, 'look again');
  await until('it is answered again', () => room.asked.length === 3);
  await room.hub.settled();
  assert.equal(lastOf(room)?.images?.length, 1);
  assert.match(lastOf(room)?.text ?? '', /The total is 42\./);
  assert.deepEqual(room.fetched, ['a', 'b']);
});

test('an image that was posted before the bot was called is seen when it is called', async () => {
  await using room = await openRoom({ a: PNG });
  const event = paperMessage('', { why: 'overheard' });
  const attachment = { handle: 'a', name: 'x.png', mediaType: 'image/png', size: PNG.length };
  await room.hub.accept(paperDelivery({ ...event, message: { ...event.message, attachments: [attachment] } }));
  await room.say('what is this?');
  await room.hub.settled();
  assert.match(lastOf(room)?.text ?? '', /Ada: \(attached image x\.png\)\n\nAda: what is this\?/);
  assert.equal(lastOf(room)?.images?.length, 1);
});

test('a retry after a failure of the model reads what the first try has kept', async () => {
  let tries = 0;
  await using room = await openRoom({ a: PNG }, SEEING, () => {
    tries += 1;
    if (tries > 1) return 'at last';
    return (async function* () {
      yield { kind: 'failed', fault: 'server', message: 'down', retryInMs: undefined } as const;
    })();
  });
  await room.say('look', [{ handle: 'a', name: 'x.png' }]);
  await until('the first try is over', () => tries === 1);
  delete room.shelf['a'];
  await room.hub.settled();
  assert.equal(lastOf(room)?.images?.length, 1);
  assert.deepEqual(room.fetched, ['a']);
});

test('a message that is deleted takes its files along, and nobody is shown them any more', async () => {
  await using room = await openRoom({ a: PNG });
  const event = await room.say('look', [{ handle: 'a', name: 'x.png' }]);
  await room.hub.settled();
  assert.equal(await kept(room.hub), 2);
  assert.ok(event.kind === 'message');
  await room.hub.accept(paperDelivery({ kind: 'deleted', place: event.place, messageId: event.message.id }));
  await until('the files are gone', async () => (await kept(room.hub)) === 0);
  await room.say('what was it?');
  await until('answered', () => room.asked.length === 2);
  assert.ok(room.asked[1]?.every((message) => imagesOf(message).length === 0));
});

test('where a page to sign in at comes in place of a file, the model is told that an admin has to add a permission', async () => {
  const page = new Failure('unauthorized', 'download: a page to sign in at came: the app needs the scope files:read');
  await using room = await openRoom({ a: page });
  await room.say('look', [{ handle: 'a', name: 'x.png' }]);
  await room.hub.settled();
  assert.match(
    lastOf(room)?.text ?? '',
    /\(attached file x\.png: .*not read: .*an admin has to add a permission \(.*scope files:read\)\)/,
  );
  assert.equal(await kept(room.hub), 0);
});

test('what is too large, too many, locked, broken or of no known form is named with its reason, and the rest is read', async () => {
  await using room = await openRoom({
    locked: lockedPdf(),
    broken: Buffer.from('%PDF-1.7 and then nothing'),
    wide: pngOf(9_000, 10),
    cut: PNG.subarray(0, 18),
    odd: Buffer.from([0, 1, 2, 3, 4, 5, 0, 0]),
    long: Buffer.alloc(200_000, 'x'),
    liar: Buffer.concat([PNG, Buffer.alloc(5_000_000)]),
    good: Buffer.from('good'),
  });
  await room.say('look', [
    { handle: 'locked', name: 'locked.pdf' },
    { handle: 'broken', name: 'broken.pdf' },
    { handle: 'wide', name: 'wide.png' },
    { handle: 'cut', name: 'cut.png' },
    { handle: 'odd', name: 'odd' },
    { handle: 'long', name: 'long.log' },
    { handle: 'liar', name: 'liar.png' },
    { handle: 'big', name: 'big.png', size: 50_000_000 },
    { handle: 'doc', name: 'plan.docx' },
    { handle: 'clip', name: 'clip.mp4', mediaType: 'video/mp4' },
    { handle: 'voice', name: 'voice.mp3', mediaType: 'audio/mpeg' },
    { handle: 'good', name: 'good.txt' },
  ]);
  await room.hub.settled();
  const text = lastOf(room)?.text ?? '';
  const notes = Object.fromEntries(
    Array.from(text.matchAll(/\(attached file (\S+?)(?:: (.*))?\)$/gm), ([, name, note]) => [name, note]),
  );
  const unknown = 'type unknown, size unknown';
  assert.deepEqual(notes, {
    'locked.pdf': `${unknown}, not read: it is locked with a password`,
    'broken.pdf': `${unknown}, not read: it is broken`,
    'wide.png': `${unknown}, not shown: more than 8000 pixels wide or high`,
    'cut.png': `${unknown}, not shown: the image is broken`,
    odd: `${unknown}, not readable as text`,
    'long.log': 'only its first 65536 bytes',
    'liar.png': `${unknown}, not read: larger than 3.75 MB`,
    'big.png': 'type unknown, 50000000 bytes, not read: larger than 3.75 MB',
    'plan.docx': `${unknown}, not readable here: saved as PDF or text it would be`,
    'clip.mp4': 'video/mp4, size unknown, not watched: a video',
    'voice.mp3': 'audio/mpeg, size unknown, a recording that nobody here can hear',
    'good.txt': undefined,
  });
  assert.ok(!room.fetched.some((handle) => ['big', 'doc', 'clip', 'voice'].includes(handle)));
});
