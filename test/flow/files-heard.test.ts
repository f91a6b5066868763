import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { Failure } from '../../src/model/failure.ts';
import { inPieces, openTestHub } from '../kit/hub.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from '../kit/paper-platform.ts';
import { until } from '../kit/until.ts';
import { lastOf, openRoom, SEEING } from './file-room.ts';

test('a recording is heard once, and its words are kept with it', async () => {
  const heard: string[] = [];
  const hear = async ({ name }: { name: string }) => {
    heard.push(name);
    return { kind: 'text', text: 'Please order milk.' } as const;
  };
  await using room = await openRoom({ a: Buffer.from('ID3\x04 and sound') }, { senses: { hear } });
  await room.say('hear', [{ handle: 'a', name: 'memo', mediaType: 'audio/mpeg' }]);
  await room.hub.settled();
  const words = /\(attached file memo: what is said in it\)\n```\nPlease order milk\.\n```/;
  assert.match(lastOf(room)?.text ?? '', words);
  await room.say('what was it?');
  await until('answered', () => room.asked.length === 2);
  assert.match(room.asked[1]?.[0]?.text ?? '', words);
  assert.deepEqual(heard, ['recording.mp3']);
});

test('a recording that could not be heard is named, and heard by the next turn', async () => {
  let broken = true;
  const hear = async () =>
    broken
      ? ({ kind: 'failed', fault: 'server', message: 'down', retryInMs: undefined } as const)
      : ({ kind: 'text', text: 'Milk.' } as const);
  await using room = await openRoom({ a: Buffer.from('ID3\x04 and sound') }, { senses: { hear } });
  await room.say('hear', [{ handle: 'a', name: 'memo.mp3' }]);
  await room.hub.settled();
  assert.match(lastOf(room)?.text ?? '', /memo\.mp3: .*could not be heard \(server\)/);
  broken = false;
  await room.say('and now?');
  await until('answered', () => room.asked.length === 2);
  assert.match(room.asked[1]?.[0]?.text ?? '', /Milk\./);
  assert.deepEqual(room.fetched, ['a']);
});

test('somebody who stops the answer does not wait for a file', async () => {
  const paper = openPaperPlatform(
    {},
    {
      fetchAttachment: (_access, _handle, _most, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Failure('aborted', 'ended')));
        }),
    },
  );
  await using hub = await openTestHub(paper, (_request, signal) => inPieces(['never said'], 1, signal), SEEING);
  const event = paperMessage('look');
  const attachment = { handle: 'a', name: 'x.png', mediaType: 'image/png', size: 10 };
  const asked = { ...event, message: { ...event.message, attachments: [attachment] } };
  await hub.accept(paperDelivery(asked));
  await until('it runs', async () => {
    const { db } = hub.database;
    const rows = await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => tx`select 1 from switchboard.turns`);
    return rows.length === 1;
  });
  await hub.accept(paperDelivery(paperMessage('stop')));
  await until('it is stopped', () => paper.posts.some(({ text }) => text.includes('Stopped by')), { withinMs: 5_000 });
  assert.ok(!paper.posts.some(({ text }) => text.includes('never said')));
});
