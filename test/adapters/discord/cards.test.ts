import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { write } from '../../../adapters/discord/content.ts';
import { checked } from '../../../src/model/card.ts';
import type { Card } from '../../../src/model/card.ts';
import { button, cardWith, form, select } from './cards.ts';
import { asked, nonce, openTalk, soon } from './talk.ts';
import type { Talk } from './talk.ts';

let talk: Talk;
before(async () => void (talk = await openTalk()));
after(() => talk[Symbol.asyncDispose]());

const place = { install: 'g', channel: 'c', thread: 'c', address: '{}' };
const written = (card: Card, calls: { id: string; name: string }[] = []) =>
  write({ place, text: 'in words', nonce: nonce('card'), card: checked(card), calls });

const rich: Card = {
  title: 'Deploy *api*?',
  text: 'Version **7** is ready.\n\n- [changes](https://example.org/7)\n- `make test` is green',
  fields: [
    { label: 'Branch', value: 'main_2' },
    { label: 'By', value: 'Ada, *yesterday*' },
  ],
  image: { url: 'https://example.org/graph.png', alt: 'errors go down' },
  controls: [button('yes', { label: 'Ship it', style: 'primary' })],
};

test('golden: a rich card is an embed with fields, image and its words, and a row of buttons', () => {
  assert.deepEqual(written(rich), {
    body: {
      content: '',
      embeds: [
        {
          title: 'Deploy \\*api\\*?',
          image: { url: 'https://example.org/graph.png' },
          footer: { text: 'errors go down' },
          description: 'Version **7** is ready.\n\n- [changes](<https://example.org/7>)\n- `make test` is green',
          fields: [
            { name: 'Branch', value: 'main_2' },
            { name: 'By', value: 'Ada, *yesterday*' },
          ],
        },
      ],
      components: [{ type: 1, components: [{ type: 2, id: 1, style: 1, label: 'Ship it', custom_id: 'yes' }] }],
      allowed_mentions: { parse: [], users: [] },
      flags: 0,
    },
    files: [],
  });
});

test('golden: a choice has a row of its own, its label where nothing is chosen yet', () => {
  assert.deepEqual(written(cardWith(button('a'), select('model', 'small', 'large'), button('b'))).body, {
    content: '',
    embeds: [{ title: 'Deploy?', description: 'Version **7** of `api`' }],
    components: [
      { type: 1, components: [{ type: 2, id: 1, style: 2, label: 'Press a', custom_id: 'a' }] },
      {
        type: 1,
        components: [
          {
            type: 3,
            id: 2,
            custom_id: 'model',
            placeholder: 'Choose one',
            options: [
              { label: 'SMALL', value: 'small' },
              { label: 'LARGE', value: 'large' },
            ],
          },
        ],
      },
      { type: 1, components: [{ type: 2, id: 3, style: 2, label: 'Press b', custom_id: 'b' }] },
    ],
    allowed_mentions: { parse: [], users: [] },
    flags: 0,
  });
});

test('golden: each style of button', () => {
  const card = cardWith(button('p'), button('q', { style: 'primary' }), button('r', { style: 'danger' }));
  assert.deepEqual(written(card).body.components, [
    {
      type: 1,
      components: [
        { type: 2, id: 1, style: 2, label: 'Press p', custom_id: 'p' },
        { type: 2, id: 2, style: 1, label: 'Press q', custom_id: 'q' },
        { type: 2, id: 3, style: 4, label: 'Press r', custom_id: 'r' },
      ],
    },
  ]);
});

test('golden: a button that asks for a form is known by its number', () => {
  const card: Card = { title: '', text: '', fields: [], image: undefined, controls: [button('why', { form })] };
  assert.deepEqual(written(card).body, {
    content: 'in words',
    embeds: [],
    components: [{ type: 1, components: [{ type: 2, id: 1001, style: 2, label: 'Press why', custom_id: 'why' }] }],
    allowed_mentions: { parse: [], users: [] },
    flags: 0,
  });
});

test('whom a card calls stands above it, because an embed calls nobody', () => {
  const card = { ...cardWith(), text: 'for @Ada and @Bob' };
  const { body } = written(card, [{ id: '100000000000000001', name: 'Ada' }]);
  assert.equal(body.content, '<@100000000000000001>');
  assert.equal(body.embeds[0]?.description, 'for <@100000000000000001> and @Bob');
  assert.deepEqual(body.allowed_mentions.users, ['100000000000000001']);
});

test('a field that is too long once rendered goes into the description, with all its words', () => {
  const value = 'x_ '.repeat(333);
  const [embed] = written({ ...cardWith(), fields: [{ label: 'Stars', value }] }).body.embeds;
  assert.equal(embed?.fields, undefined);
  assert.equal(embed?.description, `Version **7** of \`api\`\n\n**Stars**\n${'x\\_ '.repeat(333).trim()}`);
});

const long = (letter: string, fields: number): Card => ({
  ...cardWith(button('ok')),
  fields: Array.from({ length: fields }, (_, index) => ({ label: `Field ${index}`, value: letter.repeat(1_000) })),
});

test('what is too much for Discord goes whole into a file', () => {
  const { body, files } = written(long('w', 10));
  assert.deepEqual(body.embeds, [{ title: 'Deploy?', description: 'Version **7** of `api`' }]);
  assert.equal(body.components.length, 1);
  const words = new TextDecoder().decode(files[0]?.bytes);
  assert.equal(files[0]?.name, 'card.md');
  for (let index = 0; index < 10; index += 1) assert.ok(words.includes(`**Field ${index}**: ${'w'.repeat(1_000)}`));
});

test('the largest card that there may be is taken', async () => {
  const { place } = await asked(talk);
  const card = checked({
    title: '*'.repeat(150),
    text: `<@1> ${'_x_ '.repeat(400)}`,
    fields: Array.from({ length: 10 }, () => ({ label: '`'.repeat(100), value: '*_'.repeat(500) })),
    image: { url: 'https://example.org/x.png', alt: 'x' },
    controls: [1, 2, 3, 4, 5].map((number) => button('i'.repeat(59) + number, { label: 'l'.repeat(75) })),
  });
  const { id } = await talk.adapter.post(talk.access, { place, text: 'x', nonce: nonce('l'), card }, soon());
  assert.equal(talk.discord.card(id)?.controls.length, 5);
});

test('a message becomes a card and a message again; then nothing of it can be clicked', async () => {
  const { place } = await asked(talk);
  const part = { place, nonce: nonce('turn') };
  const { id } = await talk.adapter.post(talk.access, { ...part, text: 'just words' }, soon());
  assert.equal(talk.discord.card(id), undefined);
  await talk.adapter.edit(talk.access, id, { ...part, text: 'w', card: rich }, soon());
  const shown = talk.discord.card(id);
  assert.deepEqual(shown?.words.slice(0, 2), [
    'Deploy \\*api\\*?',
    'Version **7** is ready.\n\n- [changes](<https://example.org/7>)\n- `make test` is green',
  ]);
  assert.equal(shown?.image, 'https://example.org/graph.png');
  assert.deepEqual(shown?.controls, [{ id: 'yes', label: 'Ship it', style: 1, options: [] }]);
  await talk.adapter.edit(talk.access, id, { ...part, text: 'done https://example.org' }, soon());
  assert.equal(talk.discord.card(id), undefined);
  assert.equal(talk.discord.visible(place.thread).at(-1)?.text, 'done <https://example.org>');
  await assert.rejects(talk.discord.click(id, 'yes'), /no yes to click/);
});

test('a card sent again is there once, and shows what was wanted last', async () => {
  const { place } = await asked(talk);
  const draft = { place, text: 'x', nonce: nonce('twice') };
  const first = await talk.adapter.post(talk.access, { ...draft, card: cardWith(button('one')) }, soon());
  const edits = talk.discord.visible(place.thread).at(-1)?.edits;
  const same = await talk.adapter.post(talk.access, { ...draft, card: cardWith(button('one')) }, soon());
  assert.deepEqual([same.id, talk.discord.visible(place.thread).at(-1)?.edits], [first.id, edits]);
  const other = await talk.adapter.post(talk.access, { ...draft, card: cardWith(button('two')) }, soon());
  assert.equal(other.id, first.id);
  assert.deepEqual(
    talk.discord.card(first.id)?.controls.map(({ id }) => id),
    ['two'],
  );
});

test('a card whose answer was lost is found by what it shows', async () => {
  const { place } = await asked(talk);
  const since = new Date(Date.now() - 1000);
  const draft = { place, text: 'x', nonce: nonce('lost'), card: cardWith(button('found')) };
  assert.equal(await talk.adapter.findPost(talk.access, draft, since, soon()), undefined);
  talk.discord.faults.plan({ call: 'POST /channels/:c/messages', kind: 'perform-then-fail' });
  await assert.rejects(talk.adapter.post(talk.access, draft, soon()), { code: 'unknown-outcome' });
  const found = await talk.adapter.findPost(talk.access, draft, since, soon());
  assert.equal(found?.id, talk.discord.visible(place.thread).at(-1)?.id);
  const other = { ...draft, card: cardWith(button('not me')) };
  assert.equal(await talk.adapter.findPost(talk.access, other, since, soon()), undefined);
});

test('the file of a card goes when the card does, and comes back with it', async () => {
  const { place } = await asked(talk);
  const part = { place, text: 'short', nonce: nonce('file') };
  const { id } = await talk.adapter.post(talk.access, { ...part, card: long('v', 10) }, soon());
  assert.deepEqual(
    talk.discord.filesOf(id).map(({ name }) => name),
    ['card.md'],
  );
  await talk.adapter.edit(talk.access, id, part, soon());
  assert.deepEqual(talk.discord.filesOf(id), []);
  await talk.adapter.edit(talk.access, id, { ...part, card: long('u', 10) }, soon());
  assert.match(new TextDecoder().decode(talk.discord.filesOf(id)[0]?.bytes), /uuuu/);
});
