import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, type Attached, type Chosen } from '../../../src/agent/files/choose.ts';
import { FILE_POLICY } from '../../../src/agent/files/policy.ts';

const of = {
  by: 'user',
  name: 'Ada',
  text: '',
  at: new Date(0),
  message: undefined,
  attachments: [],
} as const;
const file = (name: string, size?: number): Attached => ({
  of,
  message: undefined,
  ordinal: 0,
  attachment: { handle: name, name, mediaType: undefined, size },
  kept: undefined,
});
const namesOf = (chosen: readonly Chosen[]): readonly string[] =>
  chosen.filter(({ refusal }) => refusal === undefined).map(({ attachment }) => attachment.name);
const ALL = { sees: true, hears: true };
const many = (count: number, name: string, size: number): readonly Attached[] =>
  Array.from({ length: count }, (_, index) => file(`${index}-${name}`, size));

test('no more files of the question are read than the policy has, and what is not readable does not count', () => {
  const chosen = choose([file('a.zip', 1), ...many(12, 'x.txt', 1)], [], ALL);
  assert.deepEqual(
    namesOf(chosen),
    many(10, 'x.txt', 1).map(({ attachment }) => attachment.name),
  );
  assert.match(chosen.at(-1)?.refusal ?? '', /not read: more than 10 files/);
});

test('of what was said before the newest files stay visible, and the others are named', () => {
  const chosen = choose([file('q.txt', 1)], many(6, 'x.png', 1), ALL);
  assert.deepEqual(namesOf(chosen), ['q.txt', '0-x.png', '1-x.png', '2-x.png', '3-x.png']);
  assert.match(chosen.at(-1)?.refusal ?? '', /from earlier, not shown any more/);
});

test('files of the question come first where all together are too much', () => {
  const size = FILE_POLICY.mostOf.document;
  const chosen = choose(many(2, 'a.pdf', size), [file('b.pdf', size), file('c.txt', 10)], ALL);
  assert.deepEqual(namesOf(chosen), ['0-a.pdf', '1-a.pdf']);
  assert.match(chosen[2]?.refusal ?? '', /all files together are more than 32 MB/);
});

test('a file that is too large for its kind is not read, but for a text, which is cut', () => {
  const chosen = choose([file('a.png', 5_000_000), file('a.txt', 5_000_000), file('a.pdf', 17_000_000)], [], ALL);
  assert.deepEqual(namesOf(chosen), ['a.txt']);
  assert.match(chosen[0]?.refusal ?? '', /not read: larger than 3\.75 MB/);
});

test('what the models cannot take in is not fetched, unless it is kept with its words', () => {
  const kept = { message: undefined, ordinal: 0, id: 'i', mediaType: 'audio/mpeg', size: 10, text: 'words' };
  const heard = { ...file('a.mp3', 10), kept: kept as unknown as Attached['kept'] };
  const chosen = choose([file('a.png', 1), file('b.mp3', 1), heard], [], { sees: false, hears: false });
  assert.deepEqual(namesOf(chosen), ['a.mp3']);
  assert.match(chosen[0]?.refusal ?? '', /an image that this model cannot see/);
});
