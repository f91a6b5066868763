import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SlackStandIn } from '../../sandbox/slack/index.ts';
import type { Listener } from '../kit/listen.ts';
import { openListener } from '../kit/listen.ts';
import { actions, button, call, menu, opened, text } from './slack-call.ts';

/** Whatever JSON holds: the tests look into it. */
type Json = ReturnType<typeof JSON.parse>;

/** A hub that keeps what it is told: events as their object, forms as the payload or the fields. */
async function openHub(slack: SlackStandIn, status = 200): Promise<Listener & { got: Json[] }> {
  const got: Json[] = [];
  const listener = await openListener((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(body);
      if (body.startsWith('{')) got.push(JSON.parse(body).event);
      else got.push(form.has('payload') ? JSON.parse(form.get('payload') ?? '') : Object.fromEntries(form));
      response.writeHead(status).end();
    });
  });
  slack.deliverTo(listener.url);
  return { ...listener, got };
}

test('people click and choose what is there, and are told apart', async () => {
  await using slack = await opened();
  await using hub = await openHub(slack);
  const args = { channel: slack.channel, text: 'x', blocks: actions(button('a', { value: '7' }), menu) };
  const id = String((await call(slack, 'chat.postMessage', args))['ts']);
  await slack.click(id, 'a', 'bob');
  await slack.choose(id, 'm', 'l');
  const [clicked, chosen] = hub.got;
  assert.deepEqual(
    [clicked?.type, clicked?.user.name, clicked?.actions[0].value, clicked?.container.message_ts],
    ['block_actions', 'bob', '7', id],
  );
  assert.deepEqual(chosen?.actions[0].selected_option, { text: text('Large'), value: 'l' });
  for (const wrong of [slack.click(id, 'm'), slack.choose(id, 'a', 'l'), slack.choose(id, 'm', 'x')]) {
    await assert.rejects(wrong, /there is no/);
  }
  assert.equal(hub.got.length, 2);
});

const input = (more: object = {}) => ({
  type: 'input',
  block_id: 'why',
  label: text('Why?'),
  element: { type: 'plain_text_input', action_id: 'why', multiline: true },
  ...more,
});
const view = (more: object = {}) => ({
  type: 'modal',
  title: text('Tell'),
  submit: text('Go'),
  blocks: [input()],
  ...more,
});

test('a trigger opens one form, for three seconds, and the form has to be one', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  await using slack = await opened();
  await using hub = await openHub(slack);
  await slack.command('/ask', 'x');
  const trigger_id = hub.got[0]?.trigger_id;
  const errorOf = async (args: object) => (await call(slack, 'views.open', args))['error'];
  assert.equal(await errorOf({ trigger_id: 'made.up', view: view() }), 'invalid_trigger_id');
  for (const wrong of [
    undefined,
    view({ type: 'home' }),
    view({ title: text('x'.repeat(25)) }),
    view({ submit: undefined }),
    view({ private_metadata: 'x'.repeat(3_001) }),
    view({ blocks: [input(), input()] }),
    view({ blocks: [input({ element: { type: 'slider' } })] }),
  ]) {
    assert.equal(await errorOf({ trigger_id, view: wrong }), 'invalid_arguments');
  }
  assert.equal(await errorOf({ trigger_id, view: view() }), undefined);
  assert.equal(await errorOf({ trigger_id, view: view() }), 'exchanged_trigger_id');
  await slack.command('/ask', 'x');
  t.mock.timers.tick(3_001);
  assert.equal(await errorOf({ trigger_id: hub.got[1]?.trigger_id, view: view() }), 'expired_trigger_id');
});

test('a form is for who asked for it, is sent off whole, and stays open when the hub does not take it', async () => {
  await using slack = await opened({ retriesMs: [] });
  await using hub = await openHub(slack);
  await slack.command('/ask', 'x', 'bob');
  await call(slack, 'views.open', { trigger_id: hub.got[0]?.trigger_id, view: view({ private_metadata: 'mine' }) });
  assert.equal(slack.form('ada'), undefined);
  assert.equal(slack.form('bob')?.inputs[0]?.label, 'Why?');
  await assert.rejects(slack.submit({ why: 'x' }, 'ada'), /no form open/);
  await assert.rejects(slack.submit({}, 'bob'), /has to be filled in/);
  await assert.rejects(slack.submit({ why: 'x', how: 'y' }, 'bob'), /no input how/);
  await using deaf = await openHub(slack, 500);
  await slack.submit({ why: 'x' }, 'bob');
  assert.equal(deaf.got.length, 1);
  assert.ok(slack.form('bob'));
  slack.deliverTo(hub.url);
  await slack.submit({ why: 'because' }, 'bob');
  assert.equal(slack.form('bob'), undefined);
  const sent = hub.got.at(-1);
  assert.deepEqual(
    [sent?.type, sent?.view.private_metadata, sent?.view.state.values.why.why.value, sent?.user.name],
    ['view_submission', 'mine', 'because', 'bob'],
  );
});

test('private words are seen by one person, read by no method, and not by strangers', async () => {
  await using slack = await opened();
  const { channel } = slack;
  const user = slack.personId('bob');
  await call(slack, 'chat.postEphemeral', { channel, user, text: 'psst' });
  assert.deepEqual(
    slack.whispered().map(({ to, text }) => [to, text]),
    [['bob', 'psst']],
  );
  assert.deepEqual(slack.visible(), []);
  assert.deepEqual((await call(slack, 'conversations.history', { channel }))['messages'], []);
  const { id: thread_ts } = await slack.say({ text: 'q', as: 'bob' });
  const unseen = await call(slack, 'chat.postEphemeral', { channel, user, text: 'x', thread_ts });
  assert.deepEqual([unseen['ok'], slack.whispered().length], [true, 1], 'a thread without a reply shows none');
  const stranger = await call(slack, 'chat.postEphemeral', { channel, user: 'U9', text: 'x' });
  assert.equal(stranger['error'], 'user_not_in_channel');
});

test('an answering address is good five times, for who got it; a command’s begins anew, a click’s changes what was clicked', async () => {
  await using slack = await opened();
  await using hub = await openHub(slack);
  const say = async (at: string, body: object) => {
    const response = await fetch(at, { method: 'POST', body: JSON.stringify(body) });
    return [response.status, await response.text()];
  };
  await slack.command('/help', '', 'bob');
  const at = hub.got[0]?.response_url;
  assert.deepEqual(await say(at, {}), [400, 'no_text']);
  assert.deepEqual(await say(at, { text: 'a', blocks: actions(button('b')) }), [200, 'ok']);
  assert.deepEqual(await say(at, { text: 'c', replace_original: true }), [200, 'ok']);
  assert.deepEqual(
    slack.whispered('bob').map(({ text }) => text),
    ['a', 'c'],
  );
  const id = slack.whispered('bob')[0]?.id ?? '';
  await assert.rejects(slack.click(id, 'b', 'ada'), /not for this person/);
  await slack.click(id, 'b', 'bob');
  const click = hub.got.at(-1);
  assert.deepEqual([click?.container.is_ephemeral, click?.message], [true, undefined]);
  await say(click?.response_url, { text: 'changed', replace_original: true });
  assert.deepEqual(
    slack.whispered('bob').map(({ text, edits }) => [text, edits]),
    [
      ['changed', 1],
      ['c', 0],
    ],
  );
  await say(click?.response_url, { delete_original: true });
  assert.equal(slack.whispered('bob').length, 1);
  for (let n = 0; n < 3; n += 1) await say(at, { text: 'd' });
  assert.deepEqual(await say(at, { text: 'e' }), [404, 'used_url']);
  assert.deepEqual(await say(`${slack.url}/commands/T/x`, { text: 'e' }), [404, 'expired_url']);
});

test('a file is shown once its bytes are there, whole, and it is completed', async () => {
  await using slack = await opened();
  const { channel } = slack;
  const reserved = await call(slack, 'files.getUploadURLExternal', { filename: 'a.txt', length: 3 });
  const files = [{ id: reserved['file_id'] }];
  const complete = async (args: object) => (await call(slack, 'files.completeUploadExternal', args))['error'];
  assert.equal(await complete({ files, channel_id: channel }), 'file_not_found');
  const upload = (body: string) => fetch(String(reserved['upload_url']), { method: 'POST', body });
  assert.equal((await upload('four')).status, 400);
  assert.equal((await upload('abc')).status, 200);
  assert.equal(await complete({ files, channel_id: 'C9' }), 'invalid_channel');
  assert.equal(await complete({ files: [], channel_id: channel }), 'invalid_arguments');
  assert.equal(await complete({ files, channel_id: channel, initial_comment: 'see' }), undefined);
  const [shown] = slack.visible();
  assert.equal(shown?.text, 'see');
  assert.equal(Buffer.from(slack.filesOf(shown?.id ?? '')[0]?.bytes ?? []).toString(), 'abc');
  const info: Json = await call(slack, 'files.info', { file: reserved['file_id'] });
  assert.equal(info['file'].shares.public[channel][0].ts, shown?.id);
  assert.equal(
    (await call(slack, 'files.getUploadURLExternal', { filename: 'a', length: 0 }))['error'],
    'missing_argument',
  );
});

test('everybody has one direct conversation with the bot', async () => {
  await using slack = await opened();
  const channelOf = async (users: string) => {
    const answer: Json = await call(slack, 'conversations.open', { users });
    return answer['channel']?.id ?? answer['error'];
  };
  assert.equal(await channelOf(slack.personId('bob')), slack.openDirect('bob'));
  assert.equal(await channelOf(slack.personId('ada')), slack.directChannel);
  assert.notEqual(slack.openDirect('bob'), slack.directChannel);
  assert.equal(await channelOf('U9'), 'user_not_found');
  assert.equal(await channelOf(slack.botUser), 'cannot_dm_bot');
});

test('a thread whose first message is deleted keeps a stone in its place', async () => {
  await using slack = await opened();
  await using hub = await openHub(slack);
  const first = await slack.say({ text: 'q', plain: true });
  await slack.say({ text: 'a', plain: true, thread: first.thread });
  await slack.remove(first.id);
  const told = hub.got.at(-1);
  assert.deepEqual(
    [told?.subtype, told?.message.subtype, told?.message.ts],
    ['message_changed', 'tombstone', first.id],
  );
});

test('an app that was granted too little is told so, and sees a login page for a file', async () => {
  await using slack = await opened({ scopes: ['chat:write', 'im:history'] });
  const { channel } = slack;
  assert.equal((await call(slack, 'chat.postMessage', { channel, text: 'x' }))['ok'], true);
  const lacking = { 'users.info': { user: 'U1' }, 'conversations.history': { channel }, 'users.conversations': {} };
  for (const [method, args] of Object.entries(lacking)) {
    assert.equal((await call(slack, method, args))['error'], 'missing_scope', method);
  }
  assert.equal((await call(slack, 'conversations.history', { channel: slack.directChannel }))['ok'], true);
});

test('the new calls have Slack’s limits', async () => {
  await using slack = await opened({ limits: 'real' });
  const user = slack.personId('bob');
  for (let n = 0; n < 50; n += 1) assert.equal((await call(slack, 'conversations.open', { users: user }))['ok'], true);
  assert.equal((await call(slack, 'conversations.open', { users: user }))['error'], 'ratelimited');
});
