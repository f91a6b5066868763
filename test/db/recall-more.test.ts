import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merged, type Known } from '../../src/db/recall-more.ts';

const said = (id: string, text = id): Known => ({
  id,
  note: { what: 'said', who: 'Ada', at: new Date(0), text, name: '' },
});
const order = (...lists: readonly (readonly Known[])[]): readonly string[] => merged(lists).map(({ text }) => text);

test('what stands in several lists comes before what stands higher in one', () => {
  assert.deepEqual(order([said('a'), said('b')], [said('c'), said('b')]), ['b', 'a', 'c']);
});

test('of the same rank the earlier list comes first, and what several tell is told as the first does', () => {
  assert.deepEqual(order([said('a', 'its words')], [said('b')], [said('a', 'its passage')]), ['its words', 'b']);
  assert.deepEqual(order([said('a')], [said('b')]), ['a', 'b']);
});

test('what stands twice in one list counts once', () => {
  assert.deepEqual(order([said('a'), said('b'), said('b')], [said('a')]), ['a', 'b']);
  assert.deepEqual(order([said('a'), said('b'), said('c'), said('c')]), ['a', 'b', 'c']);
});

test('things of other kinds are others, whatever they are called', () => {
  const document: Known = { id: 'a', note: { ...said('a').note, what: 'document', text: 'read' } };
  assert.deepEqual(order([said('a')], [document]), ['a', 'read']);
});
