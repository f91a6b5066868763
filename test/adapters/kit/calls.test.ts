import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitCalls } from '../../../adapters/kit/calls.ts';

const ada = { id: '1', name: 'Ada' };
const lovelace = { id: '2', name: 'Ada Lovelace' };
const zoe = { id: '3', name: 'Zoë' };

const cases: readonly [text: string, pieces: readonly unknown[]][] = [
  ['hi @Ada', ['hi ', ada]],
  ['@Ada: look', [ada, ': look']],
  ['@Ada Lovelace and @Ada', [lovelace, ' and ', ada]],
  ['@Adam is another', ['@Adam is another']],
  ['@Adaß is another', ['@Adaß is another']],
  ['mail@Ada is a host', ['mail@Ada is a host']],
  ['\u{1D49C}@Ada is a word', ['\u{1D49C}@Ada is a word']],
  ['(@Zoë)', ['(', zoe, ')']],
  ['@ada is written otherwise', ['@ada is written otherwise']],
  ['@Ada@Ada', [ada, '@Ada']],
  ['nobody', ['nobody']],
  ['', ['']],
];
for (const [text, pieces] of cases) {
  test(`whom "${text}" calls`, () => assert.deepEqual(splitCalls(text, [ada, lovelace, zoe]), pieces));
}

test('without people to call a text is letters, and a person without a name is called by nothing', () => {
  assert.deepEqual(splitCalls('@Ada', []), ['@Ada']);
  assert.deepEqual(splitCalls('a @ b', [{ id: '1', name: '' }]), ['a @ b']);
});
