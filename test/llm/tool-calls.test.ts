import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectCalls, portableId, type CallFragment } from '../../src/llm/tool-calls.ts';

function collected(...fragments: readonly CallFragment[]) {
  const calls = collectCalls();
  for (const fragment of fragments) calls.add(fragment);
  const taken = calls.take();
  return 'fault' in taken ? taken.fault : taken.map(({ id, name, arguments: json }) => [id, name, json]);
}

test('fragments are put together by their index', () => {
  const calls = collected(
    { index: 0, id: 'a', name: 'f', arguments: '' },
    { index: 1, id: 'b', name: 'g', arguments: '{"x"' },
    { index: 0, arguments: '{}' },
    { index: 1, arguments: ':1}' },
  );
  assert.deepEqual(calls, [
    ['a', 'f', '{}'],
    ['b', 'g', '{"x":1}'],
  ]);
});

test('servers that give all calls one index, or none, are told by their ids', () => {
  const two = [
    ['a', 'f', '{"x":1}'],
    ['b', 'f', '{"x":2}'],
  ];
  const one = { id: 'a', name: 'f', arguments: '{"x":1}' };
  const other = { id: 'b', name: 'f', arguments: '{"x":2}' };
  assert.deepEqual(collected({ index: 0, ...one }, { index: 0, ...other }), two);
  assert.deepEqual(collected(one, other), two);
});

test('servers that repeat id and name in every fragment make one call', () => {
  const head = { index: 0, id: 'a', name: 'f' };
  assert.deepEqual(collected({ ...head, arguments: '{"x"' }, { ...head, arguments: ':1}' }), [['a', 'f', '{"x":1}']]);
  const nameless = { index: 0, name: 'f' };
  const [call] = collected({ ...nameless, arguments: '{"x"' }, { ...nameless, arguments: ':1}' });
  assert.equal(call?.[2], '{"x":1}');
});

test('an id that comes twice in one answer is given once', () => {
  const calls = collected({ index: 0, id: 'a', name: 'f' }, { index: 1, id: 'a', name: 'f' });
  assert.ok(Array.isArray(calls));
  assert.notEqual(calls[0]?.[0], calls[1]?.[0]);
});

test('a call that names no tool is garbage', () => {
  assert.equal(collected({ index: 0, id: 'a', arguments: '{}' }), 'garbage');
});

test('an id of another form becomes one that all servers take, always the same', () => {
  assert.equal(portableId('call_abc-1'), 'call_abc-1');
  const made = portableId('functions.f:0');
  assert.match(made, /^[\w-]{1,40}$/);
  assert.equal(portableId('functions.f:0'), made);
  assert.notEqual(portableId('functions.f:1'), made);
});
