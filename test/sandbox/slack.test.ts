import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { SlackSettings, SlackStandIn } from '../../sandbox/slack/index.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import { openListener } from '../kit/listen.ts';
import type { Listener } from '../kit/listen.ts';

type Got = { readonly headers: Record<string, unknown>; readonly body: string };

/** A hub that answers with the given statuses, one after the other, and 200 from then on. */
async function openHub(statuses: number[] = []): Promise<Listener & { got: Got[] }> {
  const got: Got[] = [];
  const listener = await openListener((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(request.url === '/slack/events' ? (statuses.shift() ?? 200) : 404).end();
    });
  });
  return { ...listener, got };
}

async function call(slack: SlackStandIn, method: string, args: Record<string, string>, token?: string) {
  const response = await fetch(`${slack.environment['SLACK_API_URL']}${method}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token ?? slack.environment['SLACK_BOT_TOKEN']}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(args),
  });
  const body: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...body };
}

const errorOf = async (...args: Parameters<typeof call>): Promise<unknown> => {
  const answer: Record<string, unknown> = await call(...args);
  return answer['error'];
};

const opened = (settings: SlackSettings = {}) => openSlackStandIn({ echoes: false, ...settings });
const events = (got: readonly Got[]) => got.map(({ body }) => JSON.parse(body));

test('a mention comes twice, signed, with two event ids and one ts', async () => {
  await using hub = await openHub();
  await using slack = await opened();
  slack.deliverTo(hub.url);
  const said = await slack.say({ text: 'a & b' });
  await slack.settled();
  assert.equal(said.status, 200);
  assert.ok((said.acknowledgedInMs ?? 0) > 0);
  const bodies = events(hub.got);
  assert.deepEqual(new Set(bodies.map(({ event }) => event.type)), new Set(['message', 'app_mention']));
  assert.equal(new Set(bodies.map(({ event_id }) => event_id)).size, 2);
  for (const { event } of bodies) {
    assert.deepEqual([event.ts, event.text], [said.id, `<@${slack.botUser}> a &amp; b`]);
  }
  for (const { headers, body } of hub.got) {
    const mac = createHmac('sha256', slack.environment['SLACK_SIGNING_SECRET'] ?? '');
    const base = mac.update(`v0:${String(headers['x-slack-request-timestamp'])}:${body}`).digest('hex');
    assert.equal(headers['x-slack-signature'], `v0=${base}`);
  }
});

test('plain and direct messages come once, a follow-up in its thread', async () => {
  await using hub = await openHub();
  await using slack = await opened();
  slack.deliverTo(hub.url);
  const direct = await slack.say({ text: 'hi', direct: true });
  const first = await slack.say({ text: 'q', plain: true });
  const next = await slack.say({ text: 'more', thread: first.thread, plain: true, as: 'bob' });
  assert.deepEqual([direct.thread, next.thread], [slack.directChannel, first.thread]);
  const [one, , three] = events(hub.got);
  assert.deepEqual([one.event.channel_type, three.event.thread_ts], ['im', first.id]);
  assert.notEqual(one.event.user, three.event.user);
});

test('what is not taken is sent again with its number and reason, and not beyond the last retry', async () => {
  await using hub = await openHub([500, 503, 500, 500, 500]);
  await using slack = await opened({ retriesMs: [0, 5, 5] });
  slack.deliverTo(hub.url);
  const said = await slack.say({ text: 'x', plain: true });
  await slack.settled();
  assert.equal(said.status, 500);
  assert.deepEqual(
    hub.got.map(({ headers }) => headers['x-slack-retry-num']),
    [undefined, '1', '2', '3'],
  );
  assert.equal(hub.got[1]?.headers['x-slack-retry-reason'], 'http_error');
  assert.equal(new Set(hub.got.map(({ body }) => body)).size, 1);
  assert.deepEqual(
    slack.attempts.map(({ status }) => status),
    [500, 503, 500, 500],
  );
});

test('edits, deletions, reactions, commands, clicks and the end of the install are told', async () => {
  await using hub = await openHub();
  await using slack = await opened();
  slack.deliverTo(hub.url);
  const { id } = await slack.say({ text: 'x', plain: true });
  await slack.edit(id, 'y');
  await slack.react(id, 'thumbsup');
  const blocks = JSON.stringify([
    { type: 'actions', elements: [{ type: 'button', action_id: 'ok', text: { type: 'plain_text', text: 'OK' } }] },
  ]);
  const posted: Record<string, unknown> = await call(slack, 'chat.postMessage', { channel: slack.channel, blocks });
  await slack.click(String(posted['ts']), 'ok');
  await slack.remove(id);
  const command = await slack.command('/ask', 'why?');
  await slack.uninstall();
  assert.match(command.thread, new RegExp(`^${slack.channel}:`));
  const kinds = hub.got.map(({ body }) => {
    if (!body.startsWith('{')) return new URLSearchParams(body).get('command') ?? 'payload';
    const { event } = JSON.parse(body);
    return event.subtype ?? event.type;
  });
  assert.deepEqual(kinds, [
    'message',
    'message_changed',
    'reaction_added',
    'payload',
    'message_deleted',
    '/ask',
    'tokens_revoked',
    'app_uninstalled',
  ]);
  assert.equal(await errorOf(slack, 'auth.test', {}), 'account_inactive');
});

test('the bot’s own messages are told too, as at Slack', async () => {
  await using hub = await openHub();
  await using slack = await openSlackStandIn();
  slack.deliverTo(hub.url);
  const { channel } = slack;
  const posted: Record<string, unknown> = await call(slack, 'chat.postMessage', { channel, text: 'mine' });
  await call(slack, 'reactions.add', { channel, timestamp: String(posted['ts']), name: 'eyes' });
  await slack.settled();
  assert.deepEqual(
    events(hub.got).map(({ event }) => [event.type, event.text ?? event.reaction, event.bot_id ?? event.user]),
    [
      ['message', 'mine', 'B0SANDBOT01'],
      ['reaction_added', 'eyes', slack.botUser],
    ],
  );
});

test('tokens are checked, in the header and in a form', async () => {
  await using slack = await opened();
  assert.equal(await errorOf(slack, 'auth.test', {}, 'xoxb-wrong'), 'invalid_auth');
  const url = `${slack.environment['SLACK_API_URL']}auth.test`;
  const none = await fetch(url, { method: 'POST' });
  assert.deepEqual(await none.json(), { ok: false, error: 'not_authed' });
  const body = new URLSearchParams({ token: slack.environment['SLACK_BOT_TOKEN'] ?? '' });
  const form: Record<string, unknown> = JSON.parse(await (await fetch(url, { method: 'POST', body })).text());
  assert.deepEqual([form['ok'], form['user_id']], [true, slack.botUser]);
});

test('messages have Slack’s limits', async () => {
  await using slack = await opened();
  const { channel } = slack;
  const posted: Record<string, unknown> = await call(slack, 'chat.postMessage', { channel, text: 'x'.repeat(40_001) });
  assert.deepEqual([posted['ok'], posted['warning']], [true, 'message_truncated']);
  const ts = String(posted['ts']);
  assert.equal(await errorOf(slack, 'chat.update', { channel, ts, text: 'x'.repeat(4001) }), 'msg_too_long');
  assert.equal(await errorOf(slack, 'chat.update', { channel, ts, text: 'x'.repeat(4000) }), undefined);
  assert.equal(await errorOf(slack, 'chat.update', { channel, ts: '1.1', text: 'x' }), 'message_not_found');
  assert.equal(await errorOf(slack, 'chat.postMessage', { channel: 'C9', text: 'x' }), 'channel_not_found');
  assert.equal(await errorOf(slack, 'chat.postMessage', { channel, text: '' }), 'no_text');
  assert.equal(await errorOf(slack, 'chat.nothing', {}), 'unknown_method');
  const { id } = await slack.say({ text: 'a person’s' });
  assert.equal(await errorOf(slack, 'chat.update', { channel, ts: id, text: 'x' }), 'cant_update_message');
  slack.archive(true);
  assert.equal(await errorOf(slack, 'chat.postMessage', { channel, text: 'x' }), 'is_archived');
});

test('streams need a thread and a reader, exclude edits, and end by themselves', async () => {
  await using slack = await opened({ streamForMs: 40 });
  const { channel } = slack;
  const { id: thread_ts } = await slack.say({ text: 'q' });
  const reader = { recipient_user_id: 'U1', recipient_team_id: slack.team };
  assert.equal(await errorOf(slack, 'chat.startStream', { channel, ...reader }), 'invalid_thread_ts');
  assert.equal(await errorOf(slack, 'chat.startStream', { channel, thread_ts }), 'missing_recipient_user_id');
  const started: Record<string, unknown> = await call(slack, 'chat.startStream', {
    channel,
    thread_ts,
    markdown_text: 'a',
    ...reader,
  });
  const ts = String(started['ts']);
  assert.equal(await errorOf(slack, 'chat.update', { channel, ts, text: 'x' }), 'streaming_state_conflict');
  assert.equal(await errorOf(slack, 'chat.appendStream', { channel, ts, markdown_text: 'b' }), undefined);
  assert.equal(slack.visible().at(-1)?.text, 'ab');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(
    await errorOf(slack, 'chat.appendStream', { channel, ts, markdown_text: 'c' }),
    'message_not_in_streaming_state',
  );
  assert.equal(await errorOf(slack, 'chat.stopStream', { channel, ts }), 'message_not_in_streaming_state');
  assert.equal(await errorOf(slack, 'chat.update', { channel, ts, text: 'x' }), undefined);
});

test('limits are off unless asked for, and then answer 429 with the time to wait', async () => {
  await using free = await opened();
  for (let n = 0; n < 5; n += 1)
    assert.equal(await errorOf(free, 'chat.postMessage', { channel: free.channel, text: 'x' }), undefined);
  await using real = await opened({ limits: 'real' });
  await call(real, 'chat.postMessage', { channel: real.channel, text: 'x' });
  const over: Record<string, unknown> = await call(real, 'chat.postMessage', { channel: real.channel, text: 'x' });
  assert.deepEqual([over['status'], over['error']], [429, 'ratelimited']);
  assert.ok(Number(over['retryAfter']) > 0 && Number(over['retryAfter']) <= 1);
  await using own = await opened({ limits: { 'auth.test': 1 } });
  assert.equal(await errorOf(own, 'auth.test', {}), undefined);
  assert.equal(await errorOf(own, 'auth.test', {}), 'ratelimited');
});

test('the ledger tells what was performed behind an error, and never a token', async () => {
  await using slack = await opened();
  slack.faults.plan({ call: 'chat.postMessage', kind: 'refuse', status: 429, retryAfterMs: 10 });
  assert.equal(await errorOf(slack, 'chat.postMessage', { channel: slack.channel, text: 'x' }), 'ratelimited');
  assert.equal(slack.ledger.performed('chat.postMessage'), 0);
  slack.faults.plan({ call: 'chat.postMessage', kind: 'perform-then-fail' });
  await assert.rejects(call(slack, 'chat.postMessage', { channel: slack.channel, text: 'x' }));
  assert.equal(slack.ledger.performed('chat.postMessage'), 1);
  assert.equal(slack.visible().length, 1);
  assert.doesNotMatch(JSON.stringify(slack.ledger.entries), /xoxb/);
});

test('a post may become readable later, and pages are followed by their cursor', async () => {
  // Long enough to be looked at within it on a busy machine.
  await using slack = await opened({ readLagMs: 1_000 });
  const { channel } = slack;
  for (const text of ['a', 'b', 'c']) await call(slack, 'chat.postMessage', { channel, text });
  const none: Record<string, unknown> = await call(slack, 'conversations.history', { channel });
  assert.deepEqual(none['messages'], []);
  await new Promise((resolve) => setTimeout(resolve, 1_010));
  const first: Record<string, unknown> = await call(slack, 'conversations.history', { channel, limit: '2' });
  assert.deepEqual(
    [first['has_more'], JSON.stringify(first['messages']).match(/"text":"."/g)],
    [true, ['"text":"c"', '"text":"b"']],
  );
});

test('a hub that is not there, or cuts the connection, has not acknowledged', async () => {
  await using slack = await opened({ retriesMs: [0] });
  const hub = await openHub();
  slack.deliverTo(hub.url);
  await slack.say({ text: 'x', plain: true });
  await hub[Symbol.asyncDispose]();
  assert.deepEqual((await slack.say({ text: 'y', plain: true })).status, undefined);
  await slack.settled();
  assert.deepEqual(
    slack.attempts.map(({ status, retry }) => [status, retry]),
    [
      [200, 0],
      [undefined, 0],
      [undefined, 1],
    ],
  );
});
