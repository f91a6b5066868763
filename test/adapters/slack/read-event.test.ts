import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../src/model/event.ts';
import { envelope, openAdapter, receive, signed } from './signed.ts';

const adapter = await openAdapter();
const base = {
  type: 'message',
  user: 'U1',
  ts: '1700000000.000100',
  text: 'hello',
  channel: 'C1',
  channel_type: 'channel',
};

async function read(event: object, more: object = {}): Promise<Event> {
  const { response, delivery } = await receive(adapter, signed(JSON.stringify(envelope(event, more))));
  assert.equal(response.status, 200);
  assert.equal(delivery?.events.length, 1);
  const [first] = delivery?.events ?? [];
  assert.ok(first);
  return first;
}

const why: readonly [what: string, event: object, why: string, thread: string, hasPast: boolean][] = [
  [
    'app_mention is a mention',
    { ...base, type: 'app_mention', text: '<@UBOT> hi' },
    'mention',
    'C1:1700000000.000100',
    false,
  ],
  ['its twin is one too', { ...base, text: 'hi <@UBOT>' }, 'mention', 'C1:1700000000.000100', false],
  ['a named mention counts', { ...base, text: '<@UBOT|bot> hi' }, 'mention', 'C1:1700000000.000100', false],
  ['a mention of somebody else does not', { ...base, text: '<@UBOTTLE>' }, 'overheard', 'C1:1700000000.000100', false],
  ['a direct message', { ...base, channel: 'D1', channel_type: 'im' }, 'direct', 'D1', false],
  [
    'a thread in a direct conversation',
    { ...base, channel: 'D1', channel_type: 'im', thread_ts: '1600000000.000001' },
    'direct',
    'D1:1600000000.000001',
    true,
  ],
  [
    'a group conversation is like a channel',
    { ...base, channel: 'G1', channel_type: 'mpim' },
    'overheard',
    'G1:1700000000.000100',
    false,
  ],
  ['an answer in a thread', { ...base, thread_ts: '1600000000.000001' }, 'follow-up', 'C1:1600000000.000001', true],
  [
    'a mention in a thread',
    { ...base, text: '<@UBOT>', thread_ts: '1600000000.000001' },
    'mention',
    'C1:1600000000.000001',
    true,
  ],
  ['the first message of a thread', { ...base, thread_ts: base.ts }, 'overheard', 'C1:1700000000.000100', false],
  ['a file', { ...base, subtype: 'file_share' }, 'overheard', 'C1:1700000000.000100', false],
];
for (const [what, event, reason, thread, hasPast] of why) {
  test(`${what}: ${reason}`, async () => {
    const found = await read(event);
    assert.ok(found.kind === 'message');
    assert.deepEqual([found.why, found.place.thread, found.hasPast], [reason, thread, hasPast]);
    assert.deepEqual([found.message.id, found.place.install], [base.ts, 'T1']);
    assert.equal(found.message.sentAt.getTime(), 1_700_000_000_000);
  });
}

test('both deliveries of a mention are the same message', async () => {
  const [one, other] = [
    await read({ ...base, text: '<@UBOT> hi' }),
    await read({ ...base, type: 'app_mention', text: '<@UBOT> hi' }, { event_id: 'Ev2' }),
  ];
  assert.ok(one.kind === 'message' && other.kind === 'message');
  assert.deepEqual(one, other);
  assert.equal(one.message.text, 'hi');
});

test('the version changes with an edit and with nothing else', async () => {
  const [plain, edited] = [await read(base), await read({ ...base, edited: { user: 'U1', ts: '1700000009.000000' } })];
  assert.ok(plain.kind === 'message' && edited.kind === 'message');
  assert.deepEqual([plain.message.version, edited.message.version], [base.ts, '1700000009.000000']);
});

const authors: readonly [what: string, event: object, kind: string, name: string][] = [
  ['a person', { ...base, user_profile: { display_name: '', real_name: 'Ada L.', name: 'ada' } }, 'human', 'Ada L.'],
  ['another bot', { ...base, bot_id: 'B9', app_id: 'A9', bot_profile: { name: 'Jira', app_id: 'A9' } }, 'bot', 'Jira'],
  ['an old integration', { ...base, user: '', subtype: 'bot_message', bot_id: 'B8', username: 'hook' }, 'bot', 'hook'],
  ['this bot by its user', { ...base, user: 'UBOT' }, 'self', 'UBOT'],
  ['this bot by its app', { ...base, user: 'UOTHER', bot_id: 'B1', app_id: 'A1' }, 'self', 'UOTHER'],
  [
    'this bot by its profile',
    { ...base, user: '', bot_id: 'B1', bot_profile: { name: 'me', app_id: 'A1' } },
    'self',
    'me',
  ],
];
for (const [what, event, kind, name] of authors) {
  test(`${what} is told apart`, async () => {
    const found = await read(event);
    assert.ok(found.kind === 'message');
    assert.deepEqual([found.message.author.kind, found.message.author.name], [kind, name]);
  });
}

const message = { ...base, text: 'new' };
const changed = {
  type: 'message',
  subtype: 'message_changed',
  channel: 'C1',
  ts: '1700000010.000000',
  message,
  previous_message: { ...base, text: 'old' },
};

test('a changed text is an edit with a version of its own', async () => {
  const found = await read({
    ...changed,
    message: { ...message, thread_ts: '1600000000.000001', edited: { ts: '1700000010.000000' } },
  });
  assert.ok(found.kind === 'edited');
  assert.deepEqual(
    [found.message.id, found.message.version, found.message.text],
    [base.ts, '1700000010.000000', 'new'],
  );
  assert.equal(found.place.thread, 'C1:1600000000.000001');
});

test('a deleted message is deleted, also when it leaves a stone', async () => {
  const gone = await read({
    type: 'message',
    subtype: 'message_deleted',
    channel: 'C1',
    deleted_ts: base.ts,
    previous_message: { thread_ts: '1600000000.000001' },
  });
  assert.ok(gone.kind === 'deleted');
  assert.deepEqual([gone.messageId, gone.place.thread], [base.ts, 'C1:1600000000.000001']);
  const stone = await read({ ...changed, message: { ...message, subtype: 'tombstone' } });
  assert.equal(stone.kind, 'deleted');
});

const edits: readonly [what: string, message: object, channel: string, why: string][] = [
  ['in a channel is overheard', {}, 'C1', 'overheard'],
  ['that names the bot is a mention', { text: '<@UBOT> new' }, 'C1', 'mention'],
  ['in a thread is a follow-up', { thread_ts: '1600000000.000001' }, 'C1', 'follow-up'],
  ['in a direct conversation is direct', {}, 'D1', 'direct'],
  ['in a thread of a direct conversation is direct', { thread_ts: '1600000000.000001' }, 'D1', 'direct'],
  ['of a message with a file', { subtype: 'file_share' }, 'C1', 'overheard'],
  ['of a message that is shown in the channel too', { subtype: 'thread_broadcast' }, 'C1', 'overheard'],
];
for (const [what, more, channel, reason] of edits) {
  test(`an edit ${what}: ${reason}`, async () => {
    const found = await read({ ...changed, channel, message: { ...message, ...more } });
    assert.ok(found.kind === 'edited');
    assert.deepEqual([found.why, found.message.id, found.place.channel], [reason, base.ts, channel]);
  });
}

test('whoever deletes it, a message of a person or of ours is deleted', async () => {
  for (const user of ['U1', 'UBOT']) {
    const previous_message = { ...base, user, thread_ts: '1600000000.000001' };
    const event = { type: 'message', subtype: 'message_deleted', hidden: true, channel: 'C1', deleted_ts: base.ts };
    const gone = await read({ ...event, previous_message, ts: '1700000011.000000' });
    assert.ok(gone.kind === 'deleted');
    assert.deepEqual([gone.messageId, gone.place.thread], [base.ts, 'C1:1600000000.000001']);
  }
});

test('a file that was deleted is no attachment', async () => {
  const files = [
    { id: 'F1', mode: 'tombstone' },
    { id: 'F2', mode: 'hosted', name: 'a.txt' },
  ];
  const found = await read({ ...base, subtype: 'file_share', files });
  assert.ok(found.kind === 'message');
  assert.deepEqual(
    found.message.attachments.map(({ name }) => name),
    ['a.txt'],
  );
});

test('people, channels and groups are shown by name where the text tells it, else by id', async () => {
  const elements = [
    { type: 'user', user_id: 'U2' },
    { type: 'text', text: ' in ' },
    { type: 'channel', channel_id: 'C2' },
    { type: 'text', text: ' and ' },
    { type: 'usergroup', usergroup_id: 'S1' },
    { type: 'text', text: ', ' },
    { type: 'user', user_id: 'U3' },
  ];
  const blocks = [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }];
  const text = '<@U2|bob> in <#C2|general> and <!subteam^S1|@devs>, <@U3>';
  const found = await read({ ...base, text, blocks });
  assert.ok(found.kind === 'message');
  assert.equal(found.message.text, '@bob in #general and @devs, @U3');
  const bare = await read({ ...base, text });
  assert.ok(bare.kind === 'message');
  assert.equal(bare.message.text, found.message.text);
});

test('a reaction tells who, on what, and the emoji itself', async () => {
  const item = { type: 'message', channel: 'C1', ts: base.ts };
  const found = await read({ type: 'reaction_added', user: 'U1', reaction: '+1::skin-tone-3', item, event_ts: '1.1' });
  assert.ok(found.kind === 'reaction');
  assert.deepEqual([found.emoji, found.added, found.messageId, found.author.id], ['👍', true, base.ts, 'U1']);
  const removed = await read({ type: 'reaction_removed', user: 'U1', reaction: 'party_parrot', item, event_ts: '1.1' });
  assert.ok(removed.kind === 'reaction');
  assert.deepEqual([removed.emoji, removed.added], ['party_parrot', false]);
});

test('an app that is removed is uninstalled; users’ tokens are not the bot’s', async () => {
  assert.deepEqual(await read({ type: 'app_uninstalled' }), { kind: 'uninstalled', install: 'T1' });
  assert.deepEqual(await read({ type: 'tokens_revoked', tokens: { bot: ['UBOT'] } }, { authorizations: [] }), {
    kind: 'uninstalled',
    install: 'T1',
  });
  assert.equal((await read({ type: 'tokens_revoked', tokens: { oauth: ['U1'] } })).kind, 'ignored');
});

test('the install is the one that the delivery is authorized for, not where it was written', async () => {
  const shared = { authorizations: [{ team_id: 'T2', user_id: 'UBOT', is_bot: true }] };
  const other = await read(base, shared);
  assert.ok(other.kind === 'message');
  assert.equal(other.place.install, 'T2');
  const grid = {
    authorizations: [
      { enterprise_id: 'E1', team_id: 'T2', user_id: 'UBOT', is_bot: true, is_enterprise_install: true },
    ],
  };
  const whole = await read(base, grid);
  assert.ok(whole.kind === 'message');
  assert.equal(whole.place.install, 'E1');
});

test('the stop button of a streamed answer is told', async () => {
  const found = await read({
    type: 'agent_session_stopped',
    channel: 'C1',
    user: 'U1',
    thread_ts: base.ts,
    streaming_message_ts: ['1700000005.000000'],
    event_ts: '1.1',
  });
  assert.ok(found.kind === 'pressed');
  assert.deepEqual([found.button, found.author.id, found.place.thread], ['stop', 'U1', `C1:${base.ts}`]);
});

const ignored: readonly [what: string, event: object, reason: RegExp][] = [
  ['our own change', { ...changed, message: { ...message, user: 'UBOT' } }, /of its own/],
  ['a preview that was added', { ...changed, previous_message: { text: 'new' } }, /not its text/],
  ['somebody who joined', { ...base, subtype: 'channel_join' }, /subtype channel_join/],
  ['a kind of event that we do not know', { type: 'team_join', user: {} }, /team_join/],
  ['a message without a ts', { ...base, ts: undefined }, /unknown shape/],
  ['a message with a ts that is none', { ...base, ts: 'x' }, /unknown shape/],
  ['a reaction to a file', { type: 'reaction_added', user: 'U1', reaction: 'x', item: { type: 'file' } }, /no message/],
];
for (const [what, event, reason] of ignored) {
  test(`${what} is kept, with the reason why nothing is done`, async () => {
    const found = await read(event);
    assert.ok(found.kind === 'ignored');
    assert.match(found.reason, reason);
  });
}

test('text is made well-formed, and files become attachments', async () => {
  const files = [
    {
      id: 'F1',
      name: 'a.png',
      mimetype: 'image/png',
      size: 5,
      url_private: 'https://files.slack.com/a',
      url_private_download: 'https://files.slack.com/d',
    },
    { id: 'F2', file_access: 'check_file_info' },
  ];
  const found = await read({ ...base, text: 'a\u0000b\uD800', files });
  assert.ok(found.kind === 'message');
  assert.equal(found.message.text, 'ab\uFFFD');
  assert.deepEqual(found.message.attachments, [
    { handle: 'https://files.slack.com/d', name: 'a.png', mediaType: 'image/png', size: 5 },
    { handle: 'id:F2', name: 'F2', mediaType: undefined, size: undefined },
  ]);
});
