import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Card } from '../../../src/model/card.ts';
import { checked } from '../../../src/model/card.ts';
import { cardBlocks } from '../../../adapters/slack/blocks.ts';
import { readBlocks, wordsOf } from '../../../sandbox/slack/blocks.ts';
import { never } from './signed.ts';
import { openTalk } from './talk.ts';

const talk = await openTalk();
const { slack, adapter, access, draft, newPlace, shownIn } = talk;
after(() => talk[Symbol.asyncDispose]());

const empty: Card = { title: '', text: '', fields: [], image: undefined, controls: [] };
const form = { title: 'Why?', submit: 'Send', inputs: [] };
const plain = (text: string) => ({ type: 'plain_text', text, emoji: true });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (action_id: string, text: string) => ({ type: 'button', action_id, text: plain(text) });

const golden: readonly [what: string, card: Card, blocks: readonly object[]][] = [
  [
    'a rich card',
    {
      title: 'Deploy *v2* & more?',
      text: 'All **green**, see [CI](https://e.org/ci)\n\n- a\n- b <!channel>',
      fields: [
        { label: 'Branch', value: '`main`' },
        { label: 'A & <B>', value: '**yes**' },
      ],
      image: { url: 'https://e.org/i.png', alt: 'A graph' },
      controls: [{ kind: 'button', id: 'c1', label: 'Go', style: 'plain', form: undefined }],
    },
    [
      { type: 'header', text: plain('Deploy *v2* & more?') },
      {
        type: 'section',
        text: mrkdwn('All *green*, see <https://e.org/ci|CI>\n\n• a\n• b &lt;!channel&gt;'),
        expand: true,
      },
      { type: 'section', fields: [mrkdwn('*Branch*\n`main`'), mrkdwn('*A &amp; &lt;B&gt;*\n*yes*')] },
      { type: 'image', image_url: 'https://e.org/i.png', alt_text: 'A graph' },
      { type: 'actions', elements: [button('c1', 'Go')] },
    ],
  ],
  [
    'a card with a menu',
    {
      ...empty,
      text: 'Pick one',
      controls: [
        {
          kind: 'select',
          id: 'model',
          label: 'Model',
          options: [
            { label: 'Small', value: 's' },
            { label: 'Large', value: 'l' },
          ],
        },
      ],
    },
    [
      { type: 'section', text: mrkdwn('Pick one'), expand: true },
      {
        type: 'actions',
        elements: [
          {
            type: 'static_select',
            action_id: 'model',
            placeholder: plain('Model'),
            options: [
              { text: plain('Small'), value: 's' },
              { text: plain('Large'), value: 'l' },
            ],
          },
        ],
      },
    ],
  ],
  [
    'a card with a button of each style',
    {
      ...empty,
      title: 'Sure?',
      controls: [
        { kind: 'button', id: 'p', label: 'Perhaps', style: 'plain', form: undefined },
        { kind: 'button', id: 'y', label: 'Yes', style: 'primary', form: undefined },
        { kind: 'button', id: 'n', label: 'No', style: 'danger', form: undefined },
      ],
    },
    [
      { type: 'header', text: plain('Sure?') },
      {
        type: 'actions',
        elements: [
          button('p', 'Perhaps'),
          { ...button('y', 'Yes'), style: 'primary' },
          { ...button('n', 'No'), style: 'danger' },
        ],
      },
    ],
  ],
  [
    'a form’s button, which is one like the others',
    { ...empty, controls: [{ kind: 'button', id: 'f', label: 'Tell me', style: 'plain', form }] },
    [{ type: 'actions', elements: [button('f', 'Tell me')] }],
  ],
];
for (const [what, card, blocks] of golden) {
  test(`a card as blocks: ${what}`, async () => {
    assert.deepEqual(cardBlocks(checked(card)), blocks);
    const place = await newPlace();
    const { id } = await adapter.post(access, { ...draft(place, 'in words'), card }, never);
    const shown = slack
      .blocksOf(id)
      .map((block) => Object.fromEntries(Object.entries(block).filter(([key]) => key !== 'block_id')));
    assert.deepEqual(shown, blocks);
    assert.deepEqual(shownIn(place), ['in words']);
  });
}

test('the largest card that there may be is shown whole, whatever it is made of', async () => {
  for (const letter of ['x', '<', '&', '*', '😀', 'ab ', '**b** ', '- i\n', '|a|\n|-|\n|<|\n\n']) {
    const fill = (most: number): string => letter.repeat(Math.floor(most / letter.length));
    const card = checked({
      title: fill(150),
      text: fill(2_000),
      fields: Array.from({ length: 10 }, () => ({ label: fill(100), value: fill(1_000) })),
      image: { url: 'https://e.org/i.png', alt: fill(150) },
      controls: Array.from({ length: 5 }, (_, n) => ({
        kind: 'select' as const,
        id: `${n}`.padEnd(60, 'x'),
        label: 'l'.repeat(75),
        options: Array.from({ length: 25 }, (_, m) => ({ label: 'o'.repeat(75), value: `${m}`.padEnd(75, 'v') })),
      })),
    });
    const blocks = readBlocks(cardBlocks(card), () => 'b');
    if (typeof blocks === 'string') assert.fail(`${letter}: ${blocks}`);
    const place = await newPlace();
    await adapter.post(access, { ...draft(place, 'in words'), card }, never);
    const words = wordsOf(blocks).replaceAll(/&(amp|lt|gt);/g, '.').length;
    if (/^[x<&]$/.test(letter)) assert.ok(words >= 150 + 2_000 + 10 * 1_100, `${letter}: ${words}`);
  }
});

test('an edit without a card takes the card and its controls away, and one with a card changes it', async () => {
  const place = await newPlace();
  const card: Card = {
    ...empty,
    text: 'Sure?',
    controls: [{ kind: 'button', id: 'y', label: 'Yes', style: 'plain', form: undefined }],
  };
  const one = { ...draft(place, 'Sure?'), card };
  const { id } = await adapter.post(access, one, never);
  await adapter.edit(access, id, { ...one, card: { ...card, text: 'Really?' } }, never);
  assert.deepEqual(
    slack.blocksOf(id).map(({ type }) => type),
    ['section', 'actions'],
  );
  assert.match(wordsOf(slack.blocksOf(id)), /Really/);
  const { card: _, ...without } = one;
  await adapter.edit(access, id, { ...without, text: 'Done.' }, never);
  assert.deepEqual(slack.blocksOf(id), []);
  assert.deepEqual(shownIn(place), ['Done.']);
  await assert.rejects(slack.click(id, 'y'), /no button/);
});

test('a menu without a choice, which Slack would refuse, is left out, and empty words are no block', () => {
  const controls = [{ kind: 'select' as const, id: 's', label: 'None', options: [] }];
  assert.deepEqual(cardBlocks({ ...empty, title: ' ', text: '  ', controls }), []);
});

test('a picture that Slack cannot take is a refusal that names the call', async () => {
  const place = await newPlace();
  slack.refuseWith('chat.postMessage', 'invalid_blocks');
  const card = { ...empty, image: { url: 'https://e.org/gone.png', alt: 'x' } };
  await assert.rejects(adapter.post(access, { ...draft(place, 'x'), card }, never), {
    code: 'refused',
    message: 'chat.postMessage: invalid_blocks',
  });
});
