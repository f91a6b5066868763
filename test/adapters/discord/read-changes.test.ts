import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOT, CHANNEL, guild, GUILD, message, only, reading, said, self } from './reading.ts';

for (const [what, changes, why] of [
  ['in a channel', {}, 'overheard'],
  ['in a thread', { channel_type: 11 }, 'follow-up'],
  ['in a direct conversation', { guild_id: undefined, channel_type: 1 }, 'direct'],
  ['that names the bot now', { content: `<@${BOT.user}> hey`, mentions: [self] }, 'mention'],
  ['of our own', { author: self, mentions: [self] }, 'overheard'],
  ['in reply to us', { type: 19, referenced_message: { id: '1', author: self } }, 'mention'],
] as const) {
  test(`an edit ${what} is ${why}`, () => {
    const at = '2026-01-05T00:50:00+00:00';
    const event = only(reading()('MESSAGE_UPDATE', { ...message, ...changes, edited_timestamp: at }));
    assert.ok(event.kind === 'edited');
    assert.equal(event.why, why);
  });
}

test('what one person sees alone is neither said nor edited', () => {
  // Discord tells it without its guild, as if it were direct.
  const alone = { ...message, author: self, flags: 64, guild_id: undefined };
  const edit = { ...alone, edited_timestamp: '2026-01-05T00:50:00+00:00' };
  for (const [name, data] of [
    ['MESSAGE_CREATE', alone],
    ['MESSAGE_UPDATE', edit],
  ] as const) {
    const event = only(reading()(name, data));
    assert.ok(event.kind === 'ignored' && /one person/.test(event.reason));
  }
});

test('names of channels and roles are those that were told last', () => {
  const dispatch = reading();
  const content = '<#1457510428359004343> <@&77> <#5>';
  assert.equal(said({ content }, dispatch).message.text, '#1457510428359004343 @77 #5');
  dispatch('GUILD_CREATE', { ...guild, channels: [{ id: CHANNEL, name: 'talk' }] });
  dispatch('GUILD_ROLE_UPDATE', { guild_id: GUILD, role: { id: '77', name: 'makers' } });
  const crossposted = { content, mention_channels: [{ id: '5', name: 'elsewhere' }] };
  assert.equal(said(crossposted, dispatch).message.text, '#talk @makers #elsewhere');
  dispatch('CHANNEL_UPDATE', { id: CHANNEL, name: 'renamed' });
  assert.equal(said({ content }, dispatch).message.text, '#renamed @makers #5');
});
