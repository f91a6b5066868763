import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardText, checked, type Card } from '../../src/model/card.ts';

const card: Card = {
  title: 'Deploy?',
  text: 'Version **2** goes to production.',
  fields: [{ label: 'Service', value: 'billing' }],
  image: undefined,
  controls: [
    { kind: 'button', id: 'a1', label: 'Deploy', style: 'primary', form: undefined },
    { kind: 'select', id: 'b2', label: 'Where', options: [{ label: 'Europe', value: 'eu' }] },
  ],
};

test('a card in words holds all that it shows', () => {
  assert.equal(cardText(card), '**Deploy?**\n\nVersion **2** goes to production.\n\n- **Service**: billing');
});

test('where nothing can be clicked, the words say how to answer', () => {
  const text = cardText(card, ({ id }) => `\`pick ${id}\``);
  assert.match(text, /- \*\*Deploy\*\*: `pick a1`\n- \*\*Where\*\*: `pick b2`$/);
});

const tooMuch: readonly [what: string, card: Card][] = [
  ['a title', { ...card, title: 'x'.repeat(151) }],
  ['a text', { ...card, text: 'x'.repeat(2_001) }],
  ['fields', { ...card, fields: Array.from({ length: 11 }, () => ({ label: 'a', value: 'b' })) }],
  ['a field’s value', { ...card, fields: [{ label: 'a', value: 'x'.repeat(1_001) }] }],
  ['controls', { ...card, controls: Array.from({ length: 6 }, () => card.controls[0] ?? assert.fail()) }],
  ['an image without https', { ...card, image: { url: 'http://example.com/a.png', alt: '' } }],
  [
    'options',
    {
      ...card,
      controls: [
        {
          kind: 'select',
          id: 'x',
          label: 'x',
          options: Array.from({ length: 26 }, () => ({ label: 'a', value: 'b' })),
        },
      ],
    },
  ],
];

for (const [what, wrong] of tooMuch) {
  test(`too much in a card (${what}) is refused before any platform is asked`, () => {
    assert.equal(checked(card), card);
    assert.throws(() => checked(wrong), { name: 'Failure', code: 'invalid' });
  });
}
