import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS, readCommand } from '../../src/model/commands.ts';

const texts: readonly [text: string, command: readonly [name: string, text: string] | undefined][] = [
  ['stop', ['stop', '']],
  [' Stop! ', ['stop', '']],
  ['/stop', ['stop', '']],
  ['/ask what is a quay?', ['ask', 'what is a quay?']],
  ['/ask\nwith a\nbreak', ['ask', 'with a\nbreak']],
  ['/settings answer all', ['settings', 'answer all']],
  ['/frobnicate now', ['frobnicate', 'now']],
  ['pick Zm9vYmFyYmF6cXV4MTIzNA', ['pick', 'Zm9vYmFyYmF6cXV4MTIzNA']],
  ['link', ['link', '']],
  ['/link K7QM-2XNP-9RTV', ['link', 'K7QM-2XNP-9RTV']],
  ['link k7qm-2xnp-9rtv', ['link', 'k7qm-2xnp-9rtv']],
  ['link the two tables', undefined],
  ['stop the server', undefined],
  ['help me with this', undefined],
  ['ask', undefined],
  ['pick one', undefined],
  ['/etc/hosts is wrong', undefined],
  ['', undefined],
  ['retry?', undefined],
];

for (const [text, command] of texts) {
  test(`${JSON.stringify(text)} is ${command === undefined ? 'a question' : `the command ${command.join(' ').trim()}`}`, () => {
    const [name, rest] = command ?? [];
    assert.deepEqual(readCommand(text), command === undefined ? undefined : { name, text: rest });
  });
}

test('every command fits the menus of every platform', () => {
  for (const { name, summary, argument } of COMMANDS) {
    assert.match(name, /^[a-z]{2,32}$/);
    assert.ok(summary.length <= 100);
    assert.ok((argument?.summary.length ?? 0) <= 100);
  }
});
