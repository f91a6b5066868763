import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, name, words } from '../../../adapters/kit/shape.ts';
import { cut } from '../../../adapters/kit/text.ts';
import { codeSpan, fence } from '../../../adapters/kit/commonmark.ts';
import { writeJson } from '../../../adapters/kit/write-json.ts';

test('a text is cut at its end, and never through a character', () => {
  assert.equal(cut('abc', 3), 'abc');
  assert.equal(cut('abcd', 3), 'abc');
  assert.equal(cut('ab😀', 3), 'ab');
  assert.equal(cut('ab😀', 4), 'ab😀');
});

test('words come whole, without NUL and without halves of characters; names are cut', () => {
  assert.equal(words.parse(`a\u0000b\ud800${'c'.repeat(100_000)}`), `ab\ufffd${'c'.repeat(100_000)}`);
  assert.equal(name.parse(`${'x'.repeat(199)}😀`), 'x'.repeat(199));
});

const times: readonly (readonly [text: unknown, iso: string | undefined])[] = [
  ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.000Z'],
  ['2026-11-20T12:00:00.123456+02:00', '2026-11-20T10:00:00.123Z'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', undefined],
  ['-000001-01-01T00:00:00Z', undefined],
  ['+099999-01-01T00:00:00Z', undefined],
  ['+275760-09-13T00:00:00.000Z', undefined],
  ['yesterday', undefined],
  ['', undefined],
  [null, undefined],
  [true, undefined],
  [1_767_574_193, undefined],
  [[2026], undefined],
];
for (const [text, iso] of times) {
  test(`${JSON.stringify(text)} as a time is ${iso ?? 'none'}`, () => {
    assert.equal(instant.safeParse(text).data?.toISOString(), iso);
  });
}

test('code with more runs of backticks than the stack holds is still fenced by a longer one', () => {
  const code = '``` a '.repeat(200_000);
  assert.ok(fence(code).startsWith('````\n'));
  assert.ok(codeSpan(code).startsWith('```` '));
});

test('what nests too deep to be written is not written', () => {
  assert.equal(writeJson({ a: [1] }), '{"a":[1]}');
  let deep: unknown = [];
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  // Node 26 writes lists of any depth by themselves, but not beside a key that is a number.
  assert.equal(writeJson({ 1: 1, deep }), undefined);
});
