import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Card, Control, Form } from '../../../src/model/card.ts';
import type { Draft } from '../../../src/model/reply.ts';
import { never, openTalk } from './talk.ts';

const talk = await openTalk();
after(() => talk[Symbol.asyncDispose]());
const { teams, adapter, access, draft, newPlace, received, lastEvents } = talk;
beforeEach(() => teams.ledger.clear());

const form: Form = {
  title: 'Feedback',
  submit: 'Send',
  inputs: [
    { id: 'why', label: 'Why?', kind: 'paragraph', optional: false, value: '' },
    { id: 'who', label: 'Who?', kind: 'line', optional: true, value: 'me' },
  ],
};
const controls: readonly Control[] = [
  { kind: 'button', id: 'go-1', label: 'Go', style: 'primary', form: undefined },
  { kind: 'button', id: 'ask-1', label: 'Tell us', style: 'plain', form },
  {
    kind: 'select',
    id: 'size-1',
    label: 'Size',
    options: [
      { label: 'Small', value: 's' },
      { label: 'Large', value: 'l' },
    ],
  },
];
const card: Card = { title: 'Order', text: 'What now?', fields: [], image: undefined, controls };

async function shownCard(change: Partial<Draft> = {}) {
  const place = await newPlace();
  const one = { ...draft(place, 'Order: *what* now?'), card, ...change };
  const { id } = await adapter.post(access, one, never);
  return { id, place, one };
}

function only() {
  const [event, ...others] = lastEvents();
  assert.ok(event !== undefined && others.length === 0);
  return event;
}

test('a card stands in the place of its text, which notifications say; an edit without it takes it away', async () => {
  const { id, place, one } = await shownCard();
  assert.equal(teams.visible(place.thread).at(-1)?.text, 'Order\nWhat now?\nSize\nSmall\nLarge\n[Go]\n[Tell us]');
  assert.equal(teams.told(id).summary, 'Order: what now?');
  await adapter.edit(access, id, { ...one, card: { ...card, title: 'Changed', controls: [] } }, never);
  assert.equal(teams.visible(place.thread).at(-1)?.text, 'Changed\nWhat now?');
  await assert.rejects(async () => teams.click(id, 'Go'), /no button/);
  const { card: _, ...plain } = one;
  await adapter.edit(access, id, { ...plain, text: 'done' }, never);
  assert.deepEqual([teams.card(id), teams.visible(place.thread).at(-1)?.text], [undefined, 'done']);
});

test('a click says which button, on which post, by whom and where, and is answered at once in its own form', async () => {
  const { id, place } = await shownCard();
  teams.ledger.clear();
  const { status, body } = await teams.click(id, 'Go', { as: 'Grace' });
  assert.deepEqual([status, JSON.parse(body).statusCode], [200, 200]);
  const event = only();
  assert.ok(event.kind === 'action');
  assert.deepEqual([event.action, event.value, event.messageId, event.author.name], ['go-1', '', id, 'Grace']);
  assert.deepEqual([event.place.thread, event.place.channel], [place.thread, place.channel]);
  assert.deepEqual([teams.ledger.entries, received.at(-1)?.click], [[], undefined]);
  const { id: answer } = await adapter.post(access, draft(event.place, 'thanks'), never);
  assert.equal(teams.visible(place.thread).at(-1)?.id, answer);
});

test('a choice says what was chosen, and nothing when nothing was', async () => {
  const { id } = await shownCard();
  await teams.choose(id, 'Size', 'l');
  const event = only();
  assert.ok(event.kind === 'action');
  assert.deepEqual([event.action, event.value, event.messageId], ['size-1', 'l', id]);
  await teams.invoke(id, 'size-1', { choice: true });
  assert.deepEqual(only(), { kind: 'ignored', reason: 'nothing was chosen' });
});

test('clients that know no Action.Execute say the same', async () => {
  const { id } = await shownCard();
  await teams.submit(id, { actionId: 'go-1', value: '' });
  const click = only();
  assert.ok(click.kind === 'action');
  assert.deepEqual([click.action, click.value, click.messageId], ['go-1', '', id]);
  await teams.submit(id, { actionId: 'size-1', choice: true, 'size-1': 's' });
  const choice = only();
  assert.ok(choice.kind === 'action');
  assert.deepEqual([choice.action, choice.value], ['size-1', 's']);
});

test('a button with a form opens a dialog, and what is filled in names the button and can be answered', async () => {
  await using talk = await openTalk({}, () => ({}), { form });
  const place = await talk.newPlace();
  const { id } = await talk.adapter.post(talk.access, { ...talk.draft(place, 'x'), card }, never);
  await talk.teams.click(id, 'Tell us');
  const [asked] = talk.lastEvents();
  assert.ok(asked?.kind === 'action');
  assert.deepEqual([asked.action, asked.value, asked.messageId], ['ask-1', '', id]);
  assert.deepEqual(talk.teams.dialog(), {
    ...talk.teams.dialog(),
    title: 'Feedback',
    said: '',
    questions: [
      { id: 'why', label: 'Why?', required: true, value: '' },
      { id: 'who', label: 'Who?', required: false, value: 'me' },
    ],
  });
  assert.throws(() => void talk.teams.fillIn({}), /Why\? has to be filled in/);
  const { status, body } = await talk.teams.fillIn({ why: 'be\u0000cause' });
  assert.deepEqual([status, body], [200, '']);
  const [filled] = talk.lastEvents();
  assert.ok(filled?.kind === 'submitted');
  assert.deepEqual([filled.action, filled.values], ['ask-1', { why: 'because', who: 'me' }]);
  assert.deepEqual([filled.author.name, filled.place.thread], ['ada', place.thread]);
  await talk.adapter.post(talk.access, talk.draft(filled.place, 'thanks'), never);
  assert.equal(talk.shownIn(place).at(-1), 'thanks');
});

test('the whole answer that opens a dialog', async () => {
  const { id } = await shownCard();
  await teams.click(id, 'Tell us');
  const { click } = received.at(-1) ?? {};
  assert.equal(click?.action, 'ask-1');
  const { status, headers, body } = (await click?.open(form, never)) ?? { status: 0, headers: {}, body: '{}' };
  assert.deepEqual([status, headers], [200, { 'content-type': 'application/json' }]);
  const content = {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [
      {
        type: 'Input.Text',
        id: 'why',
        label: 'Why?',
        isMultiline: true,
        isRequired: true,
        errorMessage: 'Why?: …',
        value: '',
      },
      { type: 'Input.Text', id: 'who', label: 'Who?', isMultiline: false, isRequired: false, value: 'me' },
    ],
    actions: [{ type: 'Action.Submit', title: 'Send', data: { switchboard: { action: 'ask-1' } } }],
  };
  const dialog = { contentType: 'application/vnd.microsoft.card.adaptive', content };
  assert.deepEqual(JSON.parse(body), {
    task: { type: 'continue', value: { title: 'Feedback', height: 'medium', width: 'medium', card: dialog } },
  });
});

test('a button whose form is not given any more says so', async () => {
  const { id } = await shownCard();
  await teams.click(id, 'Tell us');
  assert.equal(teams.dialog()?.said, 'There is nothing to fill in here any more.');
});

const foreign: readonly [what: string, name: string, value: unknown, reason: RegExp][] = [
  ['a dialog of no button of ours', 'task/fetch', { data: { msteams: {} } }, /no button of ours/],
  ['a dialog without data', 'task/fetch', 7, /no button of ours/],
  ['a button with another shape', 'task/fetch', { data: { switchboard: { action: 7 } } }, /no button of ours/],
  ['a dialog of another app', 'task/submit', { data: { why: 'x' } }, /none of ours/],
  ['a submission without data', 'task/submit', null, /none of ours/],
];
for (const [what, name, value, reason] of foreign) {
  test(`${what} is taken and ignored`, async () => {
    const conversation = { id: teams.personal, conversationType: 'personal', tenantId: teams.tenant };
    const shape = { channelId: 'msteams', serviceUrl: teams.serviceUrl, conversation, from: { id: '29:1' } };
    const { status } = await teams.activity({ ...shape, type: 'invoke', id: 'f:1', name, value });
    const event = only();
    assert.ok(status === 200 && event.kind === 'ignored');
    assert.match(event.reason, reason);
    assert.equal(received.at(-1)?.click, undefined);
  });
}
