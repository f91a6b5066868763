import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ada, BOT, CHANNEL, guild, GUILD, message, only, reading, ROLE, said, self } from './reading.ts';

for (const [what, changes, why, text] of [
  ['that names the bot is a mention', { content: `<@${BOT.user}> hey`, mentions: [self] }, 'mention', 'hey'],
  [
    'that names it with the old sign is a mention',
    { content: `hey <@!${BOT.user}>`, mentions: [self] },
    'mention',
    'hey',
  ],
  [
    'that replies to the bot is a mention',
    { type: 19, referenced_message: { id: '1', author: self } },
    'mention',
    'just talking',
  ],
  [
    'that replies to somebody else is overheard',
    { type: 19, referenced_message: { id: '1', author: ada } },
    'overheard',
    'just talking',
  ],
  ['in a direct conversation is direct', { guild_id: undefined, channel_type: 1 }, 'direct', 'just talking'],
  ['in a thread is a follow-up', { channel_type: 11 }, 'follow-up', 'just talking'],
  ['in a private thread is a follow-up', { channel_type: 12 }, 'follow-up', 'just talking'],
  ['in a thread that names the bot is a mention', { channel_type: 11, mentions: [self] }, 'mention', 'just talking'],
  ['in a channel is overheard', {}, 'overheard', 'just talking'],
  [
    'that calls everybody is overheard',
    { content: '@everyone look', mention_everyone: true },
    'overheard',
    '@everyone look',
  ],
  ['by the bot itself is overheard', { author: self, mentions: [self] }, 'overheard', 'just talking'],
] as const) {
  test(`a message ${what}`, () => {
    const event = said(changes);
    assert.deepEqual([event.why, event.message.text], [why, text]);
  });
}

test('a mention of the bot’s own role is a mention once the role is known', () => {
  const dispatch = reading();
  const content = `<@&${ROLE}> still there?`;
  assert.equal(said({ content, mention_roles: [ROLE] }, dispatch).why, 'overheard');
  assert.equal(dispatch('GUILD_CREATE', guild), undefined);
  const event = said({ content, mention_roles: [ROLE] }, dispatch);
  assert.deepEqual([event.why, event.message.text], ['mention', 'still there?']);
  assert.equal(said({ mention_roles: ['1'] }, dispatch).why, 'overheard');
});

test('a role that is made later counts as well, and none when the bot has left', () => {
  const dispatch = reading();
  dispatch('GUILD_ROLE_CREATE', { guild_id: GUILD, role: { id: ROLE, tags: { bot_id: BOT.user } } });
  assert.equal(said({ mention_roles: [ROLE] }, dispatch).why, 'mention');
  dispatch('GUILD_DELETE', { id: GUILD });
  assert.equal(said({ mention_roles: [ROLE] }, dispatch).why, 'overheard');
});

test('threads are known from the guild and from their making, where a message does not say its channel’s type', () => {
  const dispatch = reading();
  dispatch('GUILD_CREATE', guild);
  assert.equal(said({ channel_id: '777777777777777777', channel_type: undefined }, dispatch).why, 'follow-up');
  dispatch('THREAD_CREATE', { id: '888888888888888888', guild_id: GUILD });
  assert.equal(said({ channel_id: '888888888888888888', channel_type: undefined }, dispatch).why, 'follow-up');
  dispatch('THREAD_DELETE', { id: '888888888888888888', guild_id: GUILD });
  assert.equal(said({ channel_id: '888888888888888888', channel_type: undefined }, dispatch).why, 'overheard');
});

test('a message tells who, where, when and what to answer to', () => {
  const { place, message: read } = said({});
  assert.deepEqual([place.install, place.channel, place.thread], [GUILD, CHANNEL, CHANNEL]);
  assert.deepEqual(JSON.parse(place.address), { channel: CHANNEL, message: message.id });
  assert.deepEqual([read.id, read.version], [message.id, message.id]);
  assert.deepEqual(read.author, { id: ada.id, name: 'Ada Lovelace', kind: 'human' });
  assert.equal(read.sentAt.toISOString(), '2026-01-05T00:49:53.676Z');
  assert.equal(said({ guild_id: undefined }).place.install, '@me');
});

test('the same message has the same delivery id whenever it comes, an edit another', () => {
  const dispatch = reading();
  assert.equal(dispatch('MESSAGE_CREATE', message)?.id, `m:${message.id}`);
  assert.equal(dispatch('MESSAGE_CREATE', message)?.id, `m:${message.id}`);
  const at = '2026-01-05T00:50:00+00:00';
  assert.equal(dispatch('MESSAGE_UPDATE', { ...message, edited_timestamp: at })?.id, `e:${message.id}:${at}`);
  assert.equal(dispatch('MESSAGE_DELETE', { id: message.id, channel_id: CHANNEL })?.id, `d:${message.id}`);
});

for (const [what, changes, author] of [
  ['a person by the name in that guild', { member: { nick: 'Countess' } }, { name: 'Countess', kind: 'human' }],
  ['a person without a display name', { author: { id: '2', username: 'bob' } }, { name: 'bob', kind: 'human' }],
  ['another bot', { author: { id: '2', username: 'other', bot: true } }, { name: 'other', kind: 'bot' }],
  ['a webhook', { author: { id: '2', username: 'CI' }, webhook_id: '2' }, { name: 'CI', kind: 'bot' }],
  ['the bot', { author: self }, { name: 'Switchboard', kind: 'self' }],
  [
    'the bot through an interaction',
    { author: { id: '3', username: 'x', bot: true }, webhook_id: '3', application_id: BOT.application },
    { name: 'x', kind: 'self' },
  ],
] as const) {
  test(`the author is ${what}`, () => {
    const { name, kind } = said(changes).message.author;
    assert.deepEqual({ name, kind }, author);
  });
}

test('files keep their address, name, type and size; an odd one does not lose the message', () => {
  const file = {
    id: '1',
    filename: 'a.png',
    size: 7,
    content_type: 'image/png',
    url: 'https://cdn.discordapp.com/a.png?ex=1',
  };
  const event = said({ attachments: [file, { id: 5 }, null] });
  assert.deepEqual(event.message.attachments, [{ handle: file.url, name: 'a.png', mediaType: 'image/png', size: 7 }]);
  assert.equal(said({ attachments: 'none' }).message.attachments.length, 0);
});

test('a forwarded message brings what it carries', () => {
  const event = said({
    content: '',
    message_reference: { type: 1, message_id: '1' },
    message_snapshots: [{ message: { content: 'the original', attachments: [] } }],
  });
  assert.equal(event.message.text, 'the original');
});

test('a notice that Discord writes itself is ignored with its reason', () => {
  const event = only(reading()('MESSAGE_CREATE', { ...message, type: 7 }));
  assert.ok(event.kind === 'ignored' && /type 7/.test(event.reason));
});

test('an edit is told with the new text and another version; the unfolding of a link is not', () => {
  const at = '2026-01-05T00:50:00+00:00';
  const event = only(reading()('MESSAGE_UPDATE', { ...message, content: 'better', edited_timestamp: at }));
  assert.ok(event.kind === 'edited');
  assert.deepEqual([event.message.text, event.message.version, event.message.id], ['better', at, message.id]);
  assert.equal(reading()('MESSAGE_UPDATE', { ...message, embeds: [{}] }), undefined);
});

test('deletions are told one by one', () => {
  const where = { channel_id: CHANNEL, guild_id: GUILD };
  const one = only(reading()('MESSAGE_DELETE', { id: '5', ...where }));
  assert.ok(one.kind === 'deleted');
  assert.deepEqual([one.messageId, one.place.thread, one.place.install], ['5', CHANNEL, GUILD]);
  const many = reading()('MESSAGE_DELETE_BULK', { ids: ['5', '6'], ...where });
  assert.deepEqual(
    many?.events.map((event) => event.kind === 'deleted' && event.messageId),
    ['5', '6'],
  );
});

test('reactions are told with who, what and whether it came or went, and never as the same delivery', () => {
  const given = {
    user_id: ada.id,
    channel_id: CHANNEL,
    message_id: '5',
    guild_id: GUILD,
    emoji: { id: null, name: '👍' },
  };
  const dispatch = reading();
  const ids = [];
  for (const [name, added] of [
    ['MESSAGE_REACTION_ADD', true],
    ['MESSAGE_REACTION_REMOVE', false],
    ['MESSAGE_REACTION_ADD', true],
  ] as const) {
    const found = dispatch(name, added ? { ...given, member: { user: ada, nick: 'Countess' } } : given);
    const event = only(found);
    assert.ok(event.kind === 'reaction');
    assert.deepEqual([event.added, event.emoji, event.messageId, event.author.id], [added, '👍', '5', ada.id]);
    assert.equal(event.author.name, added ? 'Countess' : ada.id);
    ids.push(found?.id);
  }
  assert.equal(new Set(ids).size, 3);
  const custom = only(dispatch('MESSAGE_REACTION_ADD', { ...given, emoji: { id: '9', name: 'party' } }));
  assert.ok(custom.kind === 'reaction' && custom.emoji === 'party');
});

test('a guild that the bot has just joined is installed; one that it knows is not', () => {
  const dispatch = reading();
  assert.equal(dispatch('GUILD_CREATE', guild), undefined);
  assert.equal(dispatch('GUILD_CREATE', { ...guild, joined_at: undefined }), undefined);
  const fresh = { ...guild, joined_at: new Date().toISOString() };
  assert.deepEqual(only(dispatch('GUILD_CREATE', fresh)), { kind: 'installed', install: GUILD, name: 'Acme' });
  assert.equal(dispatch('GUILD_CREATE', fresh)?.id, dispatch('GUILD_CREATE', fresh)?.id);
});

test('a guild that threw the bot out is uninstalled; one that is away for a while is not', () => {
  assert.deepEqual(only(reading()('GUILD_DELETE', { id: GUILD })), { kind: 'uninstalled', install: GUILD });
  assert.equal(reading()('GUILD_DELETE', { id: GUILD, unavailable: true }), undefined);
});

test('dispatches that mean nothing leave nothing', () => {
  for (const name of ['READY', 'RESUMED', 'TYPING_START', 'CHANNEL_CREATE', 'toString', '__proto__']) {
    assert.equal(reading()(name, {}), undefined);
  }
  assert.equal(reading()('THREAD_CREATE', { id: '1' }), undefined);
});

for (const data of [
  undefined,
  null,
  7,
  'text',
  [],
  {},
  { id: 5 },
  { ...message, author: null },
  { ...message, timestamp: 'x' },
]) {
  test(`a message of ${JSON.stringify(data)?.slice(0, 40)} is ignored with a reason and never thrown`, () => {
    const event = only(reading()('MESSAGE_CREATE', data));
    assert.ok(event.kind === 'ignored' && /not in the documented shape at/.test(event.reason));
  });
}

test('text is well-formed and without NUL, and so are names', () => {
  const event = said({ content: 'a\u0000b\uD800c', author: { id: '2', username: 'b\u0000ob' } });
  assert.equal(event.message.text, 'ab\uFFFDc');
  assert.equal(event.message.author.name, 'bob');
});
