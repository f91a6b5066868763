import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { contentOf } from '../../../adapters/github/react.ts';
import { render } from '../../../adapters/github/render.ts';
import type { Card } from '../../../src/model/card.ts';
import { asked, nonce, openHub, soon } from './hub.ts';
import type { Hub } from './hub.ts';

let hub: Hub;
before(async () => {
  hub = await openHub();
});
after(() => hub[Symbol.asyncDispose]());
beforeEach(() => {
  hub.github.faults.clear();
  hub.github.ledger.clear();
});

const bodies = (thread: string): string[] =>
  hub.github
    .visible(thread)
    .filter(({ fromBot }) => fromBot)
    .map(({ text }) => text.replace(/\n\n<!-- .* -->$/, ''));

const card: Card = {
  title: 'Costs',
  text: 'Up **5 %**, said @grace.',
  fields: [{ label: 'Sum', value: '12 €' }],
  image: { url: 'https://e.org/p.png', alt: 'a chart' },
  controls: [
    { kind: 'button', id: 'go-1', label: 'Go', style: 'primary', form: undefined },
    { kind: 'button', id: 'no-1', label: 'No', style: 'danger', form: undefined },
    {
      kind: 'button',
      id: 'why-1',
      label: 'Why',
      style: 'plain',
      form: { title: 'Why', submit: 'Send', inputs: [] },
    },
    {
      kind: 'select',
      id: 'size-1',
      label: 'Size',
      options: [
        { label: 'Small', value: 's' },
        { label: 'Large', value: 'l' },
      ],
    },
  ],
};

test('a card is said in words, with how to answer each control by a comment; an edit without it takes them away', async () => {
  const { place } = await asked(hub, () => hub.github.openIssue({ title: 'Card', text: 'show' }));
  const draft = { place, text: 'Costs', nonce: nonce('card'), card };
  const { id } = await hub.adapter.post(hub.access, draft, soon());
  assert.deepEqual(bodies(place.thread), [
    [
      '**Costs**',
      'Up **5 %**, said @\u200Bgrace.',
      '- **Sum**: 12 €',
      '![a chart](https://e.org/p.png)',
      [
        '- **Go**: comment `@switchboard-dev pick go-1`',
        '- **No**: comment `@switchboard-dev pick no-1`',
        '- **Why**: comment `@switchboard-dev pick why-1`',
        '- **Size**: comment one of these',
        '  - Small: `@switchboard-dev /pick size-1 s`',
        '  - Large: `@switchboard-dev /pick size-1 l`',
      ].join('\n'),
    ].join('\n\n'),
  ]);
  const { card: _, ...plain } = draft;
  await hub.adapter.edit(hub.access, id, { ...plain, text: 'Done.' }, soon());
  assert.deepEqual(bodies(place.thread), ['Done.']);
});

const calls = [{ id: '5', name: 'ada' }];
const called: readonly [text: string, rendered: string][] = [
  ['hi @ada, and @grace', 'hi @ada, and @\u200Bgrace'],
  ['@Ada!', '@Ada!'],
  ['@ada-lovelace', '@\u200Bada-lovelace'],
  ['@ada/team', '@\u200Bada/team'],
  ['`@ada` @ada.', '`@ada` @ada.'],
  ['&#64;ada', '&#64;\u200Bada'],
];
for (const [text, rendered] of called) {
  test(`of those named in "${text}" only who may be called is`, () => assert.equal(render(text, calls), rendered));
}

test('who is called is called in a post', async () => {
  const { place } = await asked(hub, () => hub.github.openIssue({ title: 'Call', text: 'x' }));
  await hub.adapter.post(hub.access, { place, text: '@ada and @bob', nonce: nonce('call'), calls }, soon());
  assert.deepEqual(bodies(place.thread), ['@ada and @\u200Bbob']);
});

test('a person is told by number, and by name, with what they are called', async () => {
  const { message } = await asked(hub, () => hub.github.comment({ text: 'x', as: 'ada' }));
  const { person } = hub.adapter;
  assert.ok(person);
  const { id } = message.author;
  assert.deepEqual(await person(hub.access, id, soon()), {
    id,
    name: 'Ada Lovelace',
    locale: undefined,
    timeZone: undefined,
  });
  await asked(hub, () => hub.github.comment({ text: 'x', as: 'linus' }));
  assert.equal((await person(hub.access, 'linus', soon())).name, 'linus');
  await assert.rejects(person(hub.access, '999999', soon()), { code: 'refused' });
});

test('a repository is reached by an issue of that title, the same one each time; an issue by its number', async () => {
  const { reach, under } = hub.adapter;
  assert.ok(reach && under);
  const first = await reach(hub.access, { channel: 'acme/greeter', title: 'Weekly  report' }, soon());
  assert.deepEqual(await reach(hub.access, { channel: 'acme/greeter', title: 'Weekly report' }, soon()), first);
  assert.equal(hub.github.ledger.performed('POST /repos/:o/:r/issues'), 1);
  const posted = await hub.adapter.post(hub.access, { place: first, text: 'All well.', nonce: nonce('r') }, soon());
  assert.deepEqual(bodies(first.thread), ['All well.']);
  assert.deepEqual(under(first, posted.id), first);
  const [channel, number] = first.thread.split('#');
  assert.deepEqual(await reach(hub.access, { channel: `${channel}#${number}` }, soon()), first);
});

const unreachable: readonly [
  what: string,
  to: { person: string } | { channel: string; title?: string },
  code: string,
][] = [
  ['a person', { person: '5' }, 'refused'],
  ['a repository without a title', { channel: 'acme/greeter' }, 'invalid'],
  ['a repository with a blank title', { channel: 'acme/greeter', title: ' ' }, 'invalid'],
  ['no repository', { channel: '../../user', title: 'x' }, 'invalid'],
  ['a repository that is not there', { channel: 'acme/none', title: 'x' }, 'refused'],
];
for (const [what, to, code] of unreachable) {
  test(`${what} is not reached: ${code}`, async () => {
    await assert.rejects(async () => hub.adapter.reach?.(hub.access, to, soon()), { code });
  });
}

test('an issue whose opening is not answered may be there', async () => {
  hub.github.faults.plan({ call: 'POST /repos/:o/:r/issues', kind: 'perform-then-fail' });
  const reached = hub.adapter.reach?.(hub.access, { channel: 'acme/greeter', title: 'Lost' }, soon());
  await assert.rejects(async () => reached, { code: 'unknown-outcome' });
});

const near: readonly [emoji: string, content: string][] = [
  ['👍', '+1'],
  ['👍🏽', '+1'],
  ['👎', '-1'],
  ['😄', 'laugh'],
  ['😕', 'confused'],
  ['❤️', 'heart'],
  ['❤', 'heart'],
  ['🎉', 'hooray'],
  ['🚀', 'rocket'],
  ['👀', 'eyes'],
  ['✅', '+1'],
  ['❌', '-1'],
];
for (const [emoji, content] of near) test(`${emoji} is ${content}`, () => assert.equal(contentOf(emoji), content));
test('an emoji that is near to none of the eight is invalid', () => {
  assert.throws(() => contentOf('🪤'), { code: 'invalid' });
});

test('a reaction is set once and taken away once, on comments of both kinds and on issues', async () => {
  const { react } = hub.adapter;
  assert.ok(react);
  for (const ask of [
    () => hub.github.comment({ text: 'a' }),
    () => hub.github.say({ text: 'b' }),
    () => hub.github.openIssue({ title: 'c', text: 'c' }),
  ]) {
    const { place, message } = await asked(hub, ask);
    const before = hub.github.reactions.length;
    const on = { place, messageId: message.id };
    for (let times = 0; times < 2; times += 1) await react(hub.access, on, { emoji: '👀', added: true }, soon());
    assert.equal(hub.github.reactions.length, before + 1);
    for (let times = 0; times < 2; times += 1) await react(hub.access, on, { emoji: '👀', added: false }, soon());
    assert.equal(hub.github.reactions.length, before);
  }
});

test('a reaction to what is gone is refused, taking one away from it is no failure, and a review takes none', async () => {
  const { react } = hub.adapter;
  assert.ok(react);
  const { place, message } = await asked(hub, () => hub.github.comment({ text: 'a' }));
  await hub.github.remove(message.id.slice(1));
  const on = { place, messageId: message.id };
  await assert.rejects(react(hub.access, on, { emoji: '👍', added: true }, soon()), { code: 'refused' });
  await react(hub.access, on, { emoji: '👍', added: false }, soon());
  const review = { place, messageId: 'v5' };
  await assert.rejects(react(hub.access, review, { emoji: '👍', added: true }, soon()), { code: 'invalid' });
});

test('an upload that the app may not read is unauthorized with the fix, never the page to sign in at', async () => {
  await using hub = await openHub();
  const link = hub.github.upload({ name: 'log.txt', mediaType: 'text/plain', bytes: Buffer.from('secret') });
  const { message } = await asked(hub, () => hub.github.comment({ text: `see ${link}` }));
  hub.github.hideUploads();
  const handle = message.attachments[0]?.handle ?? '';
  await assert.rejects(hub.adapter.fetchAttachment(hub.access, handle, 1000, soon()), {
    code: 'unauthorized',
    message: /private repositories/,
  });
});

test('a reaction of ours among hundreds is taken away, too', async () => {
  const { react } = hub.adapter;
  assert.ok(react);
  const { place, message } = await asked(hub, () => hub.github.comment({ text: 'popular' }));
  const on = `comment ${message.id.slice(1)}`;
  for (let n = 0; n < 100; n += 1) hub.github.reactAs(`fan-${n}`, on, 'heart');
  await react(hub.access, { place, messageId: message.id }, { emoji: '❤️', added: true }, soon());
  const count = () => hub.github.reactions.filter((one) => one.on === on).length;
  assert.equal(count(), 101);
  await react(hub.access, { place, messageId: message.id }, { emoji: '❤️', added: false }, soon());
  assert.equal(count(), 100);
});
