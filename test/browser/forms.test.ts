import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, givenOf, priceInWords } from '../../console/api/model-given.ts';
import { lineDiff } from '../../console/parts/line-diff.ts';
import { FIELDS } from '../../console/parts/policy/all.ts';
import type { Kind } from '../../console/parts/policy/kinds.ts';
import { startOf } from '../../console/parts/start-of.ts';
import { policyShape } from '../../src/model/policy-shape.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';

const KEPT = {
  name: 'mine',
  origin: 'console',
  protocol: 'openai-chat',
  model: 'm',
  baseUrl: 'https://models.example/v1',
  hasKey: true,
  embeddingModel: 'e',
  tools: false,
  sees: true,
  windowTokens: 32_000,
  maxOutputTokens: 4_000,
  region: 'eu',
  retention: 'none',
  quality: 0.9,
  paused: false,
  health: 'closed',
  restsBecause: null,
  changedMs: 0,
} as const;

test('a model that is edited keeps all that was not touched: what is sent is what is kept', () => {
  const rates = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 };
  for (const price of [
    null,
    { kind: 'set', input: 0, cachedInput: 0, cacheWrite: 0, output: 0 },
    { kind: 'set', ...rates },
    { kind: 'set', ...rates, tiers: [{ ...rates, aboveInputTokens: 200_000 }] },
    { kind: 'list', provider: 'groq', model: 'other' },
  ] as const) {
    const of = { ...KEPT, price: price && ('tiers' in price ? { ...price, tiers: [...price.tiers] } : price) };
    const sent = bodyOf(givenOf(of, ['openai-chat', 'openai-responses', 'anthropic', 'demo']));
    const { name: _name, origin: _origin, hasKey: _key, paused: _paused, health: _health, ...kept } = of;
    const { restsBecause: _rests, changedMs: _at, ...settings } = kept;
    assert.deepEqual(sent, settings);
  }
});

test('a key is sent when it is new, taken away when there is to be none, and else not spoken of', () => {
  const given = givenOf({ ...KEPT, price: null }, ['openai-chat']);
  assert.equal('key' in bodyOf(given), false);
  assert.equal(bodyOf({ ...given, key: { is: 'new', text: 'sk-new' } }).key, 'sk-new');
  assert.equal(bodyOf({ ...given, key: { is: 'none', text: '' } }).key, null);
});

test('what has to be chosen is sent as the browser shows it, also where nobody touched it', () => {
  assert.deepEqual(
    startOf([
      { name: 'kind', required: true, options: ['SingleTenant', 'MultiTenant'] },
      { name: 'rotation', required: false, options: ['off', 'on'] },
      { name: 'id', required: true, options: null },
    ]),
    { kind: 'SingleTenant' },
  );
});

test('a price is said as people read it', () => {
  const none = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 };
  assert.equal(priceInWords(null), 'as the catalogue has it');
  assert.equal(priceInWords({ kind: 'set', ...none }), 'free');
  assert.equal(priceInWords({ kind: 'set', ...none, input: 3, output: 15 }), '$3 in · $15 out');
});

test('every key of a policy has a field, and every choice of it is offered', () => {
  assert.deepEqual(FIELDS.map(({ name }) => name).toSorted(), Object.keys(policyShape.shape).toSorted());
  for (const field of FIELDS) for (const policy of tried(field)) policyShape.parse({ [field.name]: policy });
});

test('every part of what is decided by default has a field of its own', () => {
  for (const field of FIELDS) {
    const value: unknown = Reflect.get(DEFAULT_POLICY, field.name);
    if (field.kind !== 'group' || typeof value !== 'object' || value === null) continue;
    assert.deepEqual(field.parts.map(({ name }) => name).toSorted(), Object.keys(value).toSorted(), field.name);
  }
});

/** Each choice of a field, as the form would send it. */
function tried(field: Kind): unknown[] {
  if (field.kind === 'select') return field.choices.map(([value]) => value);
  if (field.kind === 'switch') return [true, false];
  if (field.kind === 'emojis') return field.meanings.map(([value]) => ({ '👍': value }));
  if (field.kind === 'list') return [['one']];
  if (field.kind === 'recipient') return [{ channel: 'C1' }, { person: 'U1' }, null];
  if (field.kind !== 'group') return [];
  const begin = field.begin?.() ?? {};
  return [
    begin,
    ...(field.begin === undefined ? [] : [null]),
    ...field.parts.flatMap((part) =>
      (part.kind === 'select' ? part.choices : []).flatMap(([value]) =>
        value === 'people' ? [] : [{ ...begin, [part.name]: value }],
      ),
    ),
  ];
}

test('what has changed between two versions is told with as many lines the same as can be', () => {
  const told = (before: string, after: string) =>
    lineDiff(before, after).map(({ is, text }) => `${{ same: ' ', gone: '-', new: '+' }[is]}${text}`);
  assert.deepEqual(told('a\nb\nc\nd', 'a\nc\nx\nd'), [' a', '-b', ' c', '+x', ' d']);
  assert.deepEqual(told('same', 'same'), [' same']);
  assert.deepEqual(told('', 'one\ntwo'), ['-', '+one', '+two']);
  // Put together again, whatever was said.
  for (const [before, after] of [
    ['x\ny\nx\ny', 'y\nx\ny\nx'],
    ['1\n2\n3', '3\n2\n1'],
  ] as const) {
    const lines = lineDiff(before, after);
    const side = (not: 'new' | 'gone') => lines.flatMap(({ is, text }) => (is === not ? [] : [text])).join('\n');
    assert.deepEqual([side('new'), side('gone')], [before, after]);
  }
});
