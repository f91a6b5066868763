import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passagesOf } from '../../src/agent/passages.ts';

test('a short text is one passage, and an empty one none', () => {
  assert.deepEqual(passagesOf('hello'), [{ start: 0, length: 5, text: 'hello' }]);
  assert.deepEqual(passagesOf(''), []);
  assert.equal(passagesOf(' \n').length, 1);
});

test('a long text is cut between words, and nothing of it is left out or told twice', () => {
  const text = 'some words 🍰 '.repeat(400);
  const parts = passagesOf(text);
  assert.equal(parts.map((part) => part.text).join(''), text);
  assert.ok(parts.every((part) => part.length <= 1_500 && part.text.endsWith(' ')));
  const characters = Array.from(text);
  for (const { start, length, text: told } of parts)
    assert.equal(characters.slice(start, start + length).join(''), told);
});

test('where there are no spaces it is cut anywhere, and of a very long one only the beginning is taken', () => {
  const parts = passagesOf('x'.repeat(100_000));
  assert.equal(parts.length, 40);
  assert.ok(parts.every(({ length }) => length === 1_500));
});
