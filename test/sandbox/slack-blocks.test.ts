import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions, button, call, menu, opened, text } from './slack-call.ts';

const blocks: readonly [what: string, blocks: unknown, error: string | undefined][] = [
  ['a button', actions(button('a')), undefined],
  ['a menu', actions(menu), undefined],
  ['no list', { type: 'divider' }, 'invalid_blocks_format'],
  ['an unknown type', [{ type: 'hologram' }], 'invalid_blocks'],
  ['an unknown field', [{ type: 'divider', colour: 'red' }], 'invalid_blocks'],
  ['an empty section', [{ type: 'section' }], 'invalid_blocks'],
  ['a section that is too long', [{ type: 'section', text: text('x'.repeat(3_001)) }], 'invalid_blocks'],
  ['a header that is too long', [{ type: 'header', text: text('x'.repeat(151)) }], 'invalid_blocks'],
  ['a header that is no plain text', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], 'invalid_blocks'],
  ['eleven fields', [{ type: 'section', fields: Array.from({ length: 11 }, () => text('x')) }], 'invalid_blocks'],
  ['an image without words', [{ type: 'image', image_url: 'https://e.org/i.png' }], 'invalid_blocks'],
  ['no elements', actions(), 'invalid_blocks'],
  ['a label that is too long', actions({ ...button('a'), text: text('x'.repeat(76)) }), 'invalid_blocks'],
  ['an action id that is too long', actions(button('x'.repeat(256))), 'invalid_blocks'],
  ['an unknown style', actions(button('a', { style: 'plain' })), 'invalid_blocks'],
  ['a menu without options', actions({ ...menu, options: [] }), 'invalid_blocks'],
  ['one action id twice', actions(button('a'), button('a')), 'invalid_blocks'],
  [
    'one block id twice',
    [
      { type: 'divider', block_id: 'b' },
      { type: 'divider', block_id: 'b' },
    ],
    'invalid_blocks',
  ],
  ['fifty-one blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'invalid_blocks'],
];
test('blocks are taken as Slack takes them, in every call that has some', async () => {
  await using slack = await opened();
  const { channel } = slack;
  const { ts } = await call(slack, 'chat.postMessage', { channel, text: 'x' });
  const user = slack.personId('ada');
  for (const [what, blocks_, error] of blocks) {
    const args = { channel, text: 'x', blocks: blocks_ };
    assert.equal((await call(slack, 'chat.postMessage', args))['error'], error, what);
    assert.equal((await call(slack, 'chat.update', { ...args, ts }))['error'], error, what);
    assert.equal((await call(slack, 'chat.postEphemeral', { ...args, user }))['error'], error, what);
  }
});

test('an update that names no blocks keeps them, and an empty list takes them away', async () => {
  await using slack = await opened();
  const { channel } = slack;
  const { ts } = await call(slack, 'chat.postMessage', { channel, text: 'x', blocks: actions(button('a')) });
  await call(slack, 'chat.update', { channel, ts, text: 'y' });
  assert.equal(slack.blocksOf(String(ts)).length, 1);
  await call(slack, 'chat.update', { channel, ts, text: 'y', blocks: [] });
  assert.equal(slack.blocksOf(String(ts)).length, 0);
});
