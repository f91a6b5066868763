import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../src/model/event.ts';
import { openAdapter, receive, signed } from './signed.ts';

const adapter = await openAdapter();
const base = { ts: '1700000000.000100' };

async function readForm(form: Record<string, string>): Promise<{ id: string; events: readonly Event[] }> {
  const request = signed(new URLSearchParams(form).toString(), { form: true });
  const { response, delivery } = await receive(adapter, request);
  assert.equal(response.status, 200);
  assert.equal(response.body, '');
  assert.ok(delivery);
  return delivery;
}

const command = {
  command: '/ask',
  text: 'what &amp; why',
  trigger_id: '1.2.abc',
  channel_id: 'C1',
  user_id: 'U1',
  user_name: 'ada',
  team_id: 'T1',
  api_app_id: 'A1',
};

test('a slash command is a message and a conversation of its own', async () => {
  const { id, events } = await readForm(command);
  const [found] = events;
  assert.ok(found?.kind === 'message');
  assert.equal(id, 'command:1.2.abc');
  assert.deepEqual(
    [found.why, found.message.text, found.message.id, found.place.thread],
    ['command', 'what & why', '1.2.abc', 'C1:1.2.abc'],
  );
  const direct = (await readForm({ ...command, channel_id: 'D1' })).events[0];
  assert.ok(direct?.kind === 'message');
  assert.equal(direct.place.thread, 'D1');
  const grid = (await readForm({ ...command, is_enterprise_install: 'true', enterprise_id: 'E1' })).events[0];
  assert.ok(grid?.kind === 'message');
  assert.equal(grid.place.install, 'E1');
});

test('people and channels that a command names are told by their names, and nobody answers to a foreign address', async () => {
  const text = 'ask &lt;b&gt; <@U2|bob> in <#C2|general>, <@U3>, <!subteam^S1|@devs>';
  const [found] = (await readForm({ ...command, text })).events;
  assert.ok(found?.kind === 'message');
  assert.equal(found.message.text, 'ask <b> @bob in #general, @U3, @devs');
  assert.deepEqual(found.command, { name: 'ask', text: found.message.text });
  const odd = { ...command, command: '/help', response_url: 'https://hooks.slack.com/commands/a|b' };
  const [other] = (await readForm(odd)).events;
  assert.ok(other?.kind === 'message');
  assert.equal(other.place.address.split('|').length, 7);
});

test('a form that was not ours, or was tampered with, is ignored with the reason', async () => {
  const state = { values: { a: { a: { value: 'x' } } } };
  const meta = JSON.stringify(['yes', 'T1', 'C1', 'C1:1.1', 'C1|1.1||U1|T1||A1']);
  const ours = { id: 'V1', callback_id: 'switchboard_form', private_metadata: meta, state };
  const submission = { type: 'view_submission', user: click.user, team: click.team, trigger_id: '1.1' };
  const read = async (view: unknown) => (await readForm({ payload: JSON.stringify({ ...submission, view }) })).events;
  assert.equal((await read(ours))[0]?.kind, 'submitted');
  const metadata = (value: unknown) => ({ ...ours, private_metadata: JSON.stringify(value) });
  for (const view of [
    undefined,
    null,
    { ...ours, callback_id: 'feedback' },
    { ...ours, private_metadata: '{' },
    metadata(['yes', 'T1', 'C1', 'C1:1.1']),
    metadata(['yes', 'T1', 'C2', 'C1:1.1', 'C1|1.1||U1|T1||A1']),
    metadata(['yes', 'T1', 'C1', 'C1:1.1', 'nowhere']),
    { ...ours, state: undefined },
  ]) {
    assert.deepEqual(await read(view), [{ kind: 'ignored', reason: 'a form that is not ours' }]);
  }
});

test('whatever stands in a signed form, it is answered and never throws', async () => {
  const actions = [{ action_id: 'a', block_id: 'b', value: 'x', selected_option: { value: 'y' } }];
  const view = {
    id: 'V1',
    callback_id: 'switchboard_form',
    private_metadata: JSON.stringify(['yes', 'T1', 'C1', 'C1:1.1', 'C1|1.1||U1|T1||A1']),
    state: { values: { a: { a: { value: 'x' } } } },
  };
  const container = { ...click.container, is_ephemeral: true };
  const whole = [
    { ...click, container, response_url: 'https://hooks.slack.com/actions/x', actions },
    { ...click, type: 'view_submission', view },
  ];
  const odd = [
    undefined,
    null,
    0,
    -1,
    true,
    '',
    '\u0000\uD800',
    'x'.repeat(70_000),
    [],
    [null],
    {},
    { a: null },
    [[[]]],
  ];
  for (const one of whole.flatMap((payload) => spoiled(payload, odd))) {
    const body = new URLSearchParams({ payload: JSON.stringify(one) }).toString();
    const { response, delivery } = await receive(adapter, signed(body, { form: true }));
    assert.ok(response.status === 200 || response.status === 400, JSON.stringify(one).slice(0, 200));
    assert.ok((delivery?.id ?? '').length <= 200);
    assert.doesNotMatch(JSON.stringify(delivery?.events ?? []), /\\u0000|\\ud800/i);
  }
  for (const one of spoiled(command, ['', '\u0000\uD800', 'x'.repeat(70_000), '|'])) {
    const body = new URLSearchParams(Object.entries(one).map(([name, value]) => [name, String(value)])).toString();
    const { response } = await receive(adapter, signed(body, { form: true }));
    assert.ok(response.status === 200 || response.status === 400);
  }
});

/** The object with each of its values, however deep, in turn replaced by each of the odd ones. */
function spoiled(whole: object, odd: readonly unknown[]): readonly object[] {
  return Object.entries(whole).flatMap(([name, value]) => {
    const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? spoiled(value, odd) : [];
    return [...odd, ...inner].map((one) => ({ ...whole, [name]: one }));
  });
}

test('a private message is known by the name of its controls, and without one not at all', async () => {
  const container = { ...click.container, is_ephemeral: true };
  const response_url = 'https://hooks.slack.com/actions/T1/2/x';
  const read = async (action: object) => {
    const payload = JSON.stringify({ ...click, container, response_url, actions: [action] });
    const [event] = (await readForm({ payload })).events;
    assert.ok(event?.kind === 'action');
    return [event.messageId, event.place.address.endsWith(`|${response_url}`)];
  };
  assert.deepEqual(await read({ action_id: 'a', block_id: 'nonce' }), ['private:nonce', true]);
  assert.deepEqual(await read({ action_id: 'a' }), [undefined, true]);
});

const click = {
  type: 'block_actions',
  trigger_id: '9.9.x',
  api_app_id: 'A1',
  user: { id: 'U1', name: 'ada', team_id: 'T1' },
  team: { id: 'T1' },
  container: { type: 'message', message_ts: '1700000005.000000', channel_id: 'C1', thread_ts: base.ts },
};

test('clicks and choices are actions, each with the value that its element has', async () => {
  const actions = [
    { action_id: 'a', value: 'yes' },
    { action_id: 'b', selected_option: { value: 'greet' } },
    { action_id: 'c', selected_options: [{ value: '1' }, { value: '2' }] },
    { action_id: 'd', selected_date: '2026-01-01' },
    { action_id: 'e' },
  ];
  const { id, events } = await readForm({ payload: JSON.stringify({ ...click, actions }) });
  assert.equal(id, 'click:9.9.x');
  assert.deepEqual(
    events.map(
      (event) => event.kind === 'action' && [event.action, event.value, event.place.thread, event.author.name],
    ),
    [
      ['a', 'yes'],
      ['b', 'greet'],
      ['c', '1,2'],
      ['d', '2026-01-01'],
      ['e', ''],
    ].map((one) => [...one, `C1:${base.ts}`, 'ada']),
  );
});

test('what is neither a click nor a form is ignored with its name', async () => {
  for (const type of ['view_closed', 'shortcut', 'message_action', 'block_suggestion']) {
    const { events } = await readForm({ payload: JSON.stringify({ ...click, type, actions: undefined }) });
    assert.deepEqual(events, [{ kind: 'ignored', reason: `an interaction of type ${type}` }]);
  }
});
