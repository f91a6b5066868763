import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { asDraft2020 } from '../../../../src/agent/tools/mcp/as-draft-2020.ts';

const DRAFT_7 = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }], additionalItems: false },
    list: { type: 'array', items: { $ref: '#/definitions/word' } },
  },
  definitions: { word: { type: 'string' } },
};

test('a schema of draft 7 checks the same in the words of 2020-12', () => {
  const check = new Ajv2020({ strict: false }).compile(asDraft2020(DRAFT_7));
  assert.equal(check({ pair: ['a', 1], list: ['a', 'b'] }), true);
  assert.equal(check({ pair: [1, 'a'] }), false);
  assert.equal(check({ pair: ['a', 1, 2] }), false);
  assert.equal(check({ list: [1] }), false);
});

test('arguments that are called like words of a schema stay', () => {
  const schema = {
    type: 'object',
    properties: { items: { type: 'array' }, additionalItems: { type: 'number' }, enum: { type: 'string' } },
    default: { items: [1] },
  };
  assert.deepEqual(asDraft2020(schema), schema);
});

test('what is in 2020-12 already stays as it is', () => {
  const schema = { type: 'object', properties: { a: { type: 'array', prefixItems: [{}], items: false } } };
  assert.deepEqual(asDraft2020({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }), schema);
});
