import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Card, Form } from '../../../src/model/card.ts';
import type { Place } from '../../../src/model/event.ts';
import { Failure } from '../../../src/model/failure.ts';
import type { Ear } from './hear.ts';
import { openEar } from './hear.ts';
import { never } from './signed.ts';
import { openTalk } from './talk.ts';

const talk = await openTalk();
const { slack, adapter, access, draft, newPlace, placeIn, shownIn } = talk;
let ear: Ear;
before(async () => void (ear = await openEar(talk)));
after(async () => {
  await ear[Symbol.asyncDispose]();
  await talk[Symbol.asyncDispose]();
});
beforeEach(() => slack.ledger.clear());

const form: Form = {
  title: 'Why not?',
  submit: 'Send it',
  inputs: [
    { id: 'reason', label: 'Reason', kind: 'paragraph', optional: false, value: '' },
    { id: 'name', label: 'Your name', kind: 'line', optional: true, value: 'Ada' },
  ],
};

const card: Card = {
  title: 'Go?',
  text: '',
  fields: [],
  image: undefined,
  controls: [
    { kind: 'button', id: 'yes', label: 'Yes', style: 'primary', form: undefined },
    { kind: 'button', id: 'why', label: 'No', style: 'plain', form },
    { kind: 'select', id: 'model', label: 'Model', options: [{ label: 'Large', value: 'l' }] },
  ],
};

async function posted(place: Place): Promise<string> {
  return (await adapter.post(access, { ...draft(place, 'Go?'), card }, never)).id;
}

test('a click tells the control, the post, who it was, and the post’s thread', async () => {
  const place = await newPlace();
  const id = await posted(place);
  const { status } = await slack.click(id, 'yes', 'bob');
  const event = ear.last('action');
  assert.equal(status, 200);
  assert.deepEqual(
    [event.action, event.value, event.messageId, event.author, event.place.thread],
    ['yes', '', id, { id: slack.personId('bob'), name: 'bob', kind: 'human' }, place.thread],
  );
  assert.equal(slack.ledger.entries.length, 1, 'nothing was called to take the click');
  await adapter.post(access, draft(event.place, 'Went.'), never);
  assert.deepEqual(shownIn(place), ['Go?', 'Went.']);
});

test('a choice tells its value', async () => {
  const id = await posted(await newPlace());
  await slack.choose(id, 'model', 'Large');
  const { action, value, messageId } = ear.last('action');
  assert.deepEqual([action, value, messageId], ['model', 'l', id]);
  await assert.rejects(slack.choose(id, 'model', 'Huge'), /no choice/);
});

test('a click in a direct conversation belongs to it', async () => {
  const id = await posted(placeIn(slack.directChannel, ''));
  await slack.click(id, 'yes');
  assert.equal(ear.last('action').place.thread, slack.directChannel);
});

test('a click on a post at the top of a channel belongs to the thread under it', async () => {
  const id = await posted(placeIn(slack.channel, ''));
  await slack.click(id, 'yes');
  assert.equal(ear.last('action').place.thread, `${slack.channel}:${id}`);
});

test('a click shows a form, and what is filled in comes back with the control and the place of the click', async () => {
  const place = await newPlace();
  const id = await posted(place);
  ear.showFor('why', form);
  const { status, body } = await slack.click(id, 'why');
  assert.deepEqual([status, body], [200, '']);
  const clicked = ear.last('action');
  assert.deepEqual(slack.form(), {
    id: slack.form()?.id,
    title: 'Why not?',
    submit: 'Send it',
    inputs: form.inputs,
  });
  await assert.rejects(slack.submit({}), /reason has to be filled in/);
  const { status: taken, body: said } = await slack.submit({ reason: 'too <early> & so' });
  assert.deepEqual([taken, said, slack.form()], [200, '', undefined]);
  const event = ear.last('submitted');
  assert.deepEqual(
    [event.action, event.values, event.author.name, event.place],
    ['why', { reason: 'too <early> & so', name: 'Ada' }, 'ada', clicked.place],
  );
  await adapter.post(access, draft(event.place, 'Thank you.'), never);
  assert.deepEqual(shownIn(place), ['Go?', 'Thank you.']);
});

test('an input that is left empty is an empty value', async () => {
  const id = await posted(await newPlace());
  ear.showFor('why', form);
  await slack.click(id, 'why');
  await slack.submit({ reason: 'x', name: '' });
  assert.deepEqual(ear.last('submitted').values, { reason: 'x', name: '' });
});

test('a submission that is sent again is the same delivery, and another one is not', async () => {
  const id = await posted(await newPlace());
  ear.showFor('why', form);
  await slack.click(id, 'why');
  const first = slack.form()?.id;
  await slack.submit({ reason: 'x' });
  assert.equal(ear.received.at(-1)?.delivery?.id, `form:${first}`);
  ear.showFor('why', form);
  await slack.click(id, 'why');
  await slack.submit({ reason: 'x' });
  assert.notEqual(ear.received.at(-1)?.delivery?.id, `form:${first}`);
});

test('a click that comes twice has its form once, and does not fail', async () => {
  const id = await posted(await newPlace());
  await slack.click(id, 'why');
  const { click } = ear.received.at(-1) ?? {};
  assert.equal(click?.action, 'why');
  assert.equal((await click?.open(form, never))?.status, 200);
  assert.equal((await click?.open(form, never))?.status, 200);
  assert.equal(slack.ledger.performed('views.open'), 1);
  await slack.submit({ reason: 'x' });
});

const openings: readonly [error: string, code: string][] = [
  ['expired_trigger_id', 'refused'],
  ['invalid_trigger_id', 'refused'],
  ['invalid_arguments', 'refused'],
  ['view_too_large', 'too-large'],
  ['ratelimited', 'rate-limited'],
  ['missing_scope', 'unauthorized'],
  ['fatal_error', 'unknown-outcome'],
];
for (const [error, code] of openings) {
  test(`a form that Slack does not show for ${error} is ${code}`, async () => {
    const id = await posted(await newPlace());
    await slack.click(id, 'why');
    slack.refuseWith('views.open', error);
    const { click } = ear.received.at(-1) ?? {};
    assert.ok(click);
    await assert.rejects(click.open(form, never), { code, message: `views.open: ${error}` });
    assert.equal(slack.ledger.entries.filter(({ call }) => call === 'views.open').length, 1);
  });
}

test('a form ends with its signal, and by itself before its three seconds are over', async () => {
  const id = await posted(await newPlace());
  await slack.click(id, 'why');
  const { click } = ear.received.at(-1) ?? {};
  assert.ok(click);
  slack.faults.plan({ call: 'views.open', kind: 'perform-then-hang', times: 2 });
  await assert.rejects(click.open(form, AbortSignal.timeout(30)), { code: 'aborted' });
  const began = performance.now();
  await assert.rejects(click.open(form, never), { code: 'unknown-outcome' });
  assert.ok(performance.now() - began < 3_000);
});

test('who does not see a message, or a message without the control, cannot click', async () => {
  const place = await newPlace();
  const id = await posted(place);
  await assert.rejects(slack.click(id, 'other'), /no button/);
  await assert.rejects(slack.click(id, 'model'), /no button/);
  await assert.rejects(slack.click('1.1', 'yes'), /no message/);
});

test('a private card is clicked by its reader alone, named as it was posted, changed and taken away in place', async () => {
  await slack.command('/settings', '', 'eve');
  const { place } = ear.last('message');
  const one = { ...draft(place, 'Go?'), card };
  const { id } = await adapter.post(access, one, never);
  const [whispered] = slack.whispered('eve');
  assert.ok(whispered);
  await assert.rejects(slack.click(whispered.id, 'yes', 'bob'), /not for this person/);
  await slack.click(whispered.id, 'yes', 'eve');
  const clicked = ear.last('action');
  assert.equal(clicked.messageId, id);
  await adapter.edit(access, id, { ...one, place: clicked.place, text: 'Gone?' }, never);
  await slack.click(whispered.id, 'yes', 'eve');
  assert.equal(ear.last('action').messageId, id, 'the changed card has the same name');
  assert.deepEqual(
    slack.whispered('eve').map(({ text }) => text),
    ['Gone?'],
  );
  await adapter.remove(access, id, clicked.place, never);
  assert.deepEqual(slack.whispered('eve'), []);
  assert.deepEqual(shownIn(place), []);
});

test('a click’s trigger and address are in no error', async () => {
  await slack.command('/help', '', 'eve');
  const { place } = ear.last('message');
  slack.faults.plan({ call: 'response_url', kind: 'refuse', status: 500 });
  await assert.rejects(adapter.post(access, draft(place, 'x'), never), (thrown) => {
    const secret = place.address.split('/').at(-1) ?? '';
    return (
      thrown instanceof Failure &&
      secret.length > 10 &&
      !JSON.stringify(thrown).includes(secret) &&
      !thrown.message.includes(secret)
    );
  });
});
