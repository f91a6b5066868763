import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf as serverBodyOf, givenOf as serverGivenOf, readPasted } from '../../console/api/mcp-given.ts';
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

test('servers of tools are read as other programs keep them, and what cannot be one here says why', () => {
  const wiki = {
    type: 'streamable-http',
    url: 'https://wiki.example/mcp',
    headers: { 'X-Key': 'abc' },
    timeout: 5_000,
  };
  const read = {
    servers: [
      {
        name: 'wiki',
        url: 'https://wiki.example/mcp',
        headers: { is: 'new', rows: [{ name: 'X-Key', value: 'abc' }] },
        seconds: 5,
      },
    ],
  };
  for (const whole of [{ mcpServers: { wiki } }, { servers: { wiki } }, { wiki }])
    assert.deepEqual(readPasted(JSON.stringify(whole)), read);
  const problemOf = (given: unknown): string => {
    const pasted = readPasted(typeof given === 'string' ? given : JSON.stringify(given));
    return 'problem' in pasted ? pasted.problem : '';
  };
  assert.match(problemOf('{"mcpServers": {'), /no JSON/);
  assert.match(problemOf({ mcpServers: {} }), /no server in it/);
  assert.match(problemOf({ wiki, files: { command: 'npx' } }), /^files is a program .*switchboard\.config\.yaml/);
  assert.match(problemOf({ old: { type: 'sse', url: 'https://x.example/sse' } }), /^old speaks the older transport/);
  assert.match(problemOf({ wiki: { ...wiki, headers: { A: 'Bearer ${TOKEN}' } } }), /header A names a variable/);
  assert.match(problemOf({ wiki: 'https://wiki.example' }), /^wiki: this is no server/);
});

test('headers of a server are sent when they are new, taken away when there are to be none, and else not spoken of', () => {
  const given = serverGivenOf({
    name: 'wiki',
    url: 'https://x.example/mcp',
    headers: ['Authorization'],
    timeoutMs: 60_000,
  });
  assert.deepEqual(serverBodyOf(given), { url: 'https://x.example/mcp', timeoutMs: 60_000 });
  const rows = [
    { name: 'Authorization', value: 'Bearer new' },
    { name: 'X-Empty', value: '' },
  ];
  assert.deepEqual(serverBodyOf({ ...given, headers: { is: 'new', rows } }).headers, { Authorization: 'Bearer new' });
  assert.equal(serverBodyOf({ ...given, headers: { is: 'none', rows } }).headers, null);
});
