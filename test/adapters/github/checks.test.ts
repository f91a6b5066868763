import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openGithub } from '../../../adapters/github/index.ts';
import type { Event } from '../../../src/model/event.ts';
import { asked, openHub, soon } from './hub.ts';
import type { Hub } from './hub.ts';
import { eventOf } from './signed.ts';

let hub: Hub;
before(async () => {
  hub = await openHub();
});
after(() => hub[Symbol.asyncDispose]());
beforeEach(() => {
  hub.github.faults.clear();
  hub.github.ledger.clear();
});

const runs = () => hub.github.checkRuns();
const fieldsOf = (run = runs().at(-1)) => {
  const { name, status, conclusion, external_id, actions } = run?.fields ?? {};
  return { name, status, conclusion, external_id, actions };
};
const last = (): Event | undefined => hub.events.at(-1);
const again = [{ label: 'Again', description: 'Answer the last question again', identifier: 'again' }];

test('while the bot works on a pull request a check run says so, and takes clicks; then it is done', async () => {
  const { place } = await asked(hub, () => hub.github.comment({ text: 'look' }));
  await hub.show(hub.access, place, 'working', soon());
  await hub.show(hub.access, place, 'working', soon());
  assert.equal(runs().length, 1);
  assert.equal(runs()[0]?.headSha, hub.github.repository.headSha);
  assert.deepEqual(fieldsOf(), {
    name: 'Switchboard',
    status: 'in_progress',
    conclusion: undefined,
    external_id: '1',
    actions: [{ label: 'Stop', description: 'Stop the answer being written', identifier: 'stop' }],
  });
  await hub.github.pressCheck(runs()[0]?.id ?? 0, 'Stop', 'grace');
  const pressed = last();
  assert.ok(pressed?.kind === 'pressed');
  assert.deepEqual([pressed.button, pressed.place.thread, pressed.author.name], ['stop', place.thread, 'grace']);
  await hub.show(hub.access, place, 'done', soon());
  assert.deepEqual(fieldsOf(), { ...fieldsOf(), status: 'completed', conclusion: 'success', actions: again });
  for (const label of ['Again', 'rerun']) {
    await hub.github.pressCheck(runs()[0]?.id ?? 0, label);
    const pressed = last();
    assert.ok(pressed?.kind === 'pressed');
    assert.deepEqual([pressed.button, pressed.place.thread], ['again', place.thread]);
  }
  await assert.rejects(hub.github.pressCheck(runs()[0]?.id ?? 0, 'Stop'), /no button Stop/);
});

test('a review thread’s run names the thread, in which a click can be answered', async () => {
  const { place } = await asked(hub, () => hub.github.say({ text: 'look' }));
  const before = runs().length;
  await hub.show(hub.access, place, 'working', soon());
  assert.equal(runs().length, before + 1);
  await hub.github.pressCheck(runs().at(-1)?.id ?? 0, 'Stop');
  const pressed = last();
  assert.ok(pressed?.kind === 'pressed');
  assert.equal(pressed.place.thread, place.thread);
  const draft = { place: pressed.place, text: 'Stopped.', nonce: 'stopped'.padEnd(22, '0') };
  assert.match((await hub.adapter.post(hub.access, draft, soon())).id, /^r\d+$/);
  await hub.show(hub.access, place, 'failed', soon());
  assert.deepEqual([fieldsOf().status, fieldsOf().conclusion], ['completed', 'failure']);
});

test('another process finds the run again, and ends it; one that another conversation has taken stays open', async () => {
  const { place } = await asked(hub, () => hub.github.comment({ text: 'one' }));
  const { place: other } = await asked(hub, () => hub.github.say({ text: 'two' }));
  const second = await openGithub(hub.github.environment, soon());
  await hub.show(hub.access, place, 'working', soon());
  await second.show?.(hub.access, place, 'done', soon());
  assert.equal(fieldsOf().status, 'completed');
  await hub.show(hub.access, place, 'working', soon());
  const count = runs().length;
  await second.show?.(hub.access, other, 'working', soon());
  assert.equal(runs().length, count);
  const third = await openGithub(hub.github.environment, soon());
  await third.show?.(hub.access, place, 'done', soon());
  assert.equal(fieldsOf().status, 'in_progress');
  await third.show?.(hub.access, other, 'done', soon());
  assert.equal(fieldsOf().status, 'completed');
});

test('a run is ended where it began, also when the head has moved on', async () => {
  const { place } = await asked(hub, () => hub.github.comment({ text: 'one' }));
  await hub.show(hub.access, place, 'working', soon());
  const run = runs().at(-1);
  hub.github.pushCommit();
  await hub.show(hub.access, place, 'done', soon());
  const same = runs().find(({ id }) => id === run?.id);
  assert.deepEqual(fieldsOf(same).status, 'completed');
});

test('an issue, a discussion and a commit have no check run', async () => {
  const count = runs().length;
  for (const ask of [
    () => hub.github.openIssue({ title: 'x', text: 'y' }),
    () => hub.github.openDiscussion({ title: 'x', text: 'y' }),
    () => hub.github.commentCommit({ text: 'y' }),
  ]) {
    const { place } = await asked(hub, ask);
    await hub.show(hub.access, place, 'working', soon());
    await hub.show(hub.access, place, 'done', soon());
  }
  assert.equal(runs().length, count);
});

test('an app that may not write checks does without; other failures are told', async () => {
  await using hub = await openHub();
  const { place } = await asked(hub, () => hub.github.comment({ text: 'one' }));
  hub.github.faults.plan({ call: 'POST /repos/:o/:r/check-runs', kind: 'perform-then-fail', status: 502 });
  await assert.rejects(hub.show(hub.access, place, 'working', soon()), { code: 'unknown-outcome' });
  hub.github.faults.plan({ call: 'GET /repos/:o/:r/pulls/:n', kind: 'refuse', status: 429, retryAfterMs: 50 });
  await assert.rejects(hub.show(hub.access, place, 'working', soon()), { code: 'rate-limited', retryInMs: 50 });
  hub.github.denyChecks();
  await hub.show(hub.access, place, 'working', soon());
  await hub.show(hub.access, place, 'done', soon());
});

const check = (action: string, run: object = {}, more: object = {}) => ({
  action,
  installation: { id: 42 },
  repository: { name: 'greeter', full_name: 'acme/greeter', owner: { login: 'acme', id: 9 } },
  sender: { login: 'ada', id: 5, type: 'User' },
  check_run: { id: 1, head_sha: 'c0ffee', status: 'completed', external_id: '4/r200', app: { id: 77 }, ...run },
  ...more,
});
const ignored: readonly [what: string, payload: object, reason: RegExp][] = [
  ['of another app', check('rerequested', { app: { id: 78 } }), /another app/],
  ['of no app', check('rerequested', { app: null }), /another app/],
  ['without a conversation', check('rerequested', { external_id: '' }), /names no conversation/],
  ['of a made-up conversation', check('rerequested', { external_id: '../1' }), /names no conversation/],
  ['with another button', check('requested_action', {}, { requested_action: { identifier: 'lgtm|1' } }), /no button/],
  ['with no button', check('requested_action'), /no button/],
  ['that was made', check('created'), /does nothing/],
];
for (const [what, payload, reason] of ignored) {
  test(`a check run ${what} is ignored`, () => {
    const event = eventOf('check_run', payload);
    assert.ok(event.kind === 'ignored');
    assert.match(event.reason, reason);
  });
}
