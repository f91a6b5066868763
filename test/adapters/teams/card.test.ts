import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCard } from '../../../adapters/teams/render-card.ts';
import { checked } from '../../../src/model/card.ts';
import type { Card, Control } from '../../../src/model/card.ts';

const card = (parts: Partial<Card>): Card =>
  checked({ title: '', text: '', fields: [], image: undefined, controls: [], ...parts });
const button = (parts: Partial<Control & { kind: 'button' }>): Control => ({
  kind: 'button',
  id: 'b1',
  label: 'Go',
  style: 'plain',
  form: undefined,
  ...parts,
});

test('a rich card is an Adaptive Card with all its words', () => {
  const text =
    '# Costs\n\nUp **5 %**, see [the page](https://e.org/a):\n\n- `a_b`\n- ~~old~~\n\n```sql\nselect *\n```\n\n> quoted\n\n|a|b|\n|-|-|\n|1|2|';
  const rendered = renderCard(
    card({
      title: 'Report *1*',
      text,
      fields: [{ label: 'Sum', value: '**12 €**' }],
      image: { url: 'https://e.org/p.png', alt: 'a chart' },
    }),
    'Report 1',
  );
  assert.deepEqual(rendered, {
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: {
      type: 'AdaptiveCard',
      version: '1.5',
      fallbackText: 'Report 1',
      body: [
        {
          type: 'TextBlock',
          text: String.raw`Report \*1\*`,
          wrap: true,
          weight: 'Bolder',
          size: 'Medium',
          style: 'heading',
        },
        { type: 'TextBlock', text: '**Costs**', wrap: true },
        { type: 'TextBlock', text: 'Up **5 %**, see [the page](https://e.org/a):', wrap: true },
        { type: 'TextBlock', text: '- a\\_b\n- old', wrap: true },
        {
          type: 'CodeBlock',
          codeSnippet: 'select *',
          language: 'PlainText',
          fallback: { type: 'TextBlock', text: String.raw`select \*`, wrap: true, fontType: 'Monospace' },
        },
        { type: 'TextBlock', text: '│ quoted', wrap: true },
        {
          type: 'CodeBlock',
          codeSnippet: 'a   | b\n----|----\n1   | 2',
          language: 'PlainText',
          fallback: { type: 'TextBlock', text: 'a   | b\n----|----\n1   | 2', wrap: true, fontType: 'Monospace' },
        },
        { type: 'FactSet', facts: [{ title: 'Sum', value: '**12 €**' }] },
        { type: 'Image', url: 'https://e.org/p.png', altText: 'a chart' },
      ],
      msteams: { width: 'Full' },
    },
  });
});

test('a choice has its own button, which sends it', () => {
  const options = [
    { label: 'Small', value: 's' },
    { label: 'Large', value: 'l' },
  ];
  const select: Control = { kind: 'select', id: 's1', label: 'Size', options };
  assert.deepEqual(renderCard(card({ controls: [select] }), 'Which size?').content, {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: 'Which size?',
    body: [
      {
        type: 'Input.ChoiceSet',
        id: 's1',
        label: 'Size',
        style: 'compact',
        choices: [
          { title: 'Small', value: 's' },
          { title: 'Large', value: 'l' },
        ],
      },
      {
        type: 'ActionSet',
        actions: [
          {
            type: 'Action.Execute',
            title: 'OK',
            verb: 's1',
            data: { choice: true },
            fallback: { type: 'Action.Submit', title: 'OK', data: { actionId: 's1', choice: true } },
          },
        ],
      },
    ],
    msteams: { width: 'Full' },
  });
});

const styles: readonly [style: 'plain' | 'primary' | 'danger', look: object][] = [
  ['plain', {}],
  ['primary', { style: 'positive' }],
  ['danger', { style: 'destructive' }],
];
for (const [style, look] of styles) {
  test(`a ${style} button is Action.Execute, and Action.Submit where that is not known`, () => {
    const common = { title: 'Go', ...look, associatedInputs: 'none' };
    assert.deepEqual(renderCard(card({ controls: [button({ style })] }), 'x').content, {
      type: 'AdaptiveCard',
      version: '1.5',
      fallbackText: 'x',
      body: [],
      actions: [
        {
          type: 'Action.Execute',
          ...common,
          verb: 'b1',
          fallback: { type: 'Action.Submit', ...common, data: { actionId: 'b1', value: '' } },
        },
      ],
      msteams: { width: 'Full' },
    });
  });
}

test('a button with a form asks for a dialog', () => {
  const form = { title: 'Why', submit: 'Send', inputs: [] };
  assert.deepEqual(renderCard(card({ controls: [button({ form })] }), 'x').content, {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: 'x',
    body: [],
    actions: [
      {
        type: 'Action.Submit',
        title: 'Go',
        associatedInputs: 'none',
        data: { msteams: { type: 'task/fetch' }, switchboard: { action: 'b1' } },
      },
    ],
    msteams: { width: 'Full' },
  });
});

test('a card calls whom it may, and nobody in its code', () => {
  const ada = { id: '29:1', name: 'Ada' };
  const { content } = renderCard(card({ text: 'ask @Ada or @Bob\n\n`@Ada`' }), 'x', [ada]);
  assert.deepEqual(content, {
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: 'x',
    body: [
      { type: 'TextBlock', text: 'ask <at>Ada</at> or @Bob', wrap: true },
      { type: 'TextBlock', text: '@Ada', wrap: true },
    ],
    msteams: {
      width: 'Full',
      entities: [{ type: 'mention', text: '<at>Ada</at>', mentioned: { id: '29:1', name: 'Ada' } }],
    },
  });
});
