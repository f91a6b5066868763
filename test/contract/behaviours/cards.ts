import assert from 'node:assert/strict';
import type { Card, Control, Form } from '../../../src/model/card.ts';
import { checked } from '../../../src/model/card.ts';
import type { Draft } from '../../../src/model/reply.ts';
import type { Behaviour, Talk } from '../subject.ts';
import type { Asked } from '../tools.ts';
import { ask, draftOf, shown, soon, unique } from '../tools.ts';

const FORM: Form = {
  title: 'Why not?',
  submit: 'Send',
  inputs: [
    { id: 'reason', label: 'Your reason', kind: 'paragraph', optional: false, value: '' },
    { id: 'who', label: 'Your name', kind: 'line', optional: true, value: 'Ada' },
  ],
};

const button = (label: string, form?: Form): Control => ({
  kind: 'button',
  id: unique(label.toLowerCase()).replaceAll(' ', '-'),
  label,
  style: 'plain',
  form,
});

const select = (label: string): Control => ({
  kind: 'select',
  id: unique(label.toLowerCase()).replaceAll(' ', '-'),
  label,
  options: [
    { label: 'Small', value: 's' },
    { label: 'Large', value: 'l' },
  ],
});

const cardOf = (...controls: readonly Control[]): Card => ({
  title: 'Deploy now?',
  text: 'All is **green**.',
  fields: [{ label: 'Branch', value: 'trunk' }],
  image: undefined,
  controls,
});

type Shown = { readonly asked: Asked; readonly id: string; readonly draft: Draft };

async function showCard(talk: Talk, ...controls: readonly Control[]): Promise<Shown> {
  const asked = await ask(talk);
  const draft = { ...draftOf(asked.place, 'Deploy now? All is green.'), card: cardOf(...controls) };
  return { asked, draft, id: (await talk.adapter.post(talk.access, draft, soon())).id };
}

/** Cards, and what people do with them. */
export const cards: readonly Behaviour[] = [
  {
    sentence: 'a card is shown with all its words and controls',
    async run(talk) {
      const { id } = await showCard(talk, button('Go'), button('Wait'), select('Size'));
      const { words, controls } = talk.sight.card(id);
      for (const word of ['Deploy now?', 'green', 'Branch', 'trunk', 'Small', 'Large'])
        assert.ok(words.includes(word), `${word} in ${words}`);
      assert.deepEqual(controls, ['Go', 'Wait', 'Size']);
    },
  },
  {
    sentence: 'the largest card that there may be is shown with all its controls',
    async run(talk) {
      const { place } = await ask(talk);
      const labels = Array.from({ length: 5 }, (_, n) => `${n}`.padEnd(75, 'l'));
      const options = Array.from({ length: 25 }, (_, n) => ({
        label: `${n}`.padEnd(75, 'o'),
        value: `${n}`.padEnd(75, 'v'),
      }));
      const card = checked({
        title: 't'.repeat(150),
        text: 'w'.repeat(2_000),
        fields: Array.from({ length: 10 }, () => ({ label: 'f'.repeat(100), value: 'v'.repeat(1_000) })),
        image: { url: 'https://example.org/p.png', alt: 'a'.repeat(500) },
        controls: labels.map((label) => ({
          kind: 'select',
          id: unique('').padEnd(60, 'x').replaceAll(' ', '-'),
          label,
          options,
        })),
      });
      const { id } = await talk.adapter.post(talk.access, { ...draftOf(place, 'in words'), card }, soon());
      const { controls } = talk.sight.card(id);
      assert.deepEqual(controls, labels);
    },
  },
  {
    sentence: 'an edit takes the controls of a card away, done twice as done once',
    async run(talk) {
      const { asked, id, draft } = await showCard(talk, button('Go'), select('Size'));
      await talk.adapter.edit(talk.access, id, { ...draft, card: cardOf(button('Stay')) }, soon());
      assert.deepEqual(talk.sight.card(id).controls, ['Stay']);
      for (let times = 0; times < 2; times += 1)
        await talk.adapter.edit(talk.access, id, draftOf(asked.place, 'Done.'), soon());
      assert.deepEqual(talk.sight.card(id).controls, []);
      assert.deepEqual(
        shown(talk, asked).map(({ text }) => text),
        ['Done.'],
      );
    },
  },
  {
    sentence: 'a click tells the control, the post and the person',
    needs: 'clicks',
    async run(talk) {
      const go = button('Go');
      const { asked, id } = await showCard(talk, go, button('Wait'));
      await talk.clicks.click(id, go, 'Grace');
      const click = await talk.inbox.event('action', ({ action }) => action === go.id);
      assert.deepEqual(
        [click.messageId, click.value, click.author.name, click.author.kind],
        [id, '', 'Grace', 'human'],
      );
      assert.deepEqual([click.place.install, click.place.thread], [asked.place.install, asked.place.thread]);
      await talk.adapter.post(talk.access, draftOf(click.place, 'Going.'), soon());
      assert.equal(shown(talk, asked).at(-1)?.text, 'Going.');
    },
  },
  {
    sentence: 'a choice tells its value',
    needs: 'clicks',
    async run(talk) {
      const size = select('Size');
      const { id } = await showCard(talk, button('Go'), size);
      await talk.clicks.choose(id, size, 'l', 'Grace');
      const choice = await talk.inbox.event('action', ({ action }) => action === size.id);
      assert.deepEqual([choice.messageId, choice.value, choice.author.name], [id, 'l', 'Grace']);
    },
  },
  {
    sentence: 'a form is shown to a click, and its answers come back by name',
    needs: 'forms',
    async run(talk) {
      const no = button('No', FORM);
      const { asked, id } = await showCard(talk, no);
      talk.inbox.forms.set(no.id, FORM);
      await talk.clicks.click(id, no, 'Grace');
      assert.deepEqual(talk.clicks.form('Grace'), ['Your reason', 'Your name']);
      await talk.clicks.submit({ reason: 'too <early> & so' }, 'Grace');
      const { values, author, place } = await talk.inbox.event('submitted', ({ action }) => action === no.id);
      assert.deepEqual({ ...values }, { reason: 'too <early> & so', who: 'Ada' });
      assert.deepEqual([author.name, place.thread], ['Grace', asked.place.thread]);
    },
  },
  {
    sentence: 'what is said to the one who clicked is seen by nobody else',
    needs: 'whispers',
    async run(talk) {
      const go = button('Go');
      const { id } = await showCard(talk, go);
      await talk.clicks.click(id, go, 'Grace');
      const { author, place } = await talk.inbox.event('action', ({ action }) => action === go.id);
      const { whisper } = talk.adapter;
      assert.ok(whisper);
      const text = unique('not yours');
      await whisper(talk.access, place, { person: author.id, text }, soon());
      assert.ok(talk.sight.seenBy('Grace').includes(text));
      assert.ok(!talk.sight.seenBy('Linus').includes(text));
    },
  },
];
