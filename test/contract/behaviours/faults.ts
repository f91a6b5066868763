import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../sandbox/kit/faults.ts';
import type { Behaviour, Talk } from '../subject.ts';
import { ask, draftOf, fails, shown, soon } from '../tools.ts';

/** The next post of the talk runs into this fault. */
const planned = ({ standIn, calls }: Talk, fault: Omit<Fault, 'call'>): void =>
  standIn.faults.plan({ call: calls.post, ...fault });

const postsIn = ({ standIn, calls }: Talk): number =>
  standIn.ledger.entries.filter(({ call }) => call === calls.post).length;

/** What goes wrong on the way, and what the hub is told of it. */
export const faults: readonly Behaviour[] = [
  {
    sentence: 'a refusal for the rate is rate-limited, with at least the wait that was named, and is not tried again',
    async run(talk) {
      const { place } = await ask(talk);
      talk.standIn.ledger.clear();
      planned(talk, { kind: 'refuse', status: 429, retryAfterMs: 2_000 });
      const failure = await fails(
        talk,
        talk.adapter.post(talk.access, draftOf(place, 'x'), AbortSignal.timeout(1_000)),
        'rate-limited',
      );
      assert.ok((failure.retryInMs ?? 0) >= 2_000, `wait ${failure.retryInMs}`);
      assert.equal(postsIn(talk), 1);
    },
  },
  {
    sentence: 'a server’s error after the work leaves the outcome unknown, and nothing is sent twice',
    async run(talk) {
      const asked = await ask(talk);
      talk.standIn.ledger.clear();
      planned(talk, { kind: 'perform-then-fail', status: 500 });
      await fails(talk, talk.adapter.post(talk.access, draftOf(asked.place, 'once'), soon()), 'unknown-outcome');
      assert.equal(shown(talk, asked).length, 1);
      assert.equal(postsIn(talk), 1);
    },
  },
  {
    sentence: 'a post whose answer was lost is found',
    needs: 'look-up',
    async run(talk) {
      const { place } = await ask(talk);
      const draft = draftOf(place, 'once');
      planned(talk, { kind: 'perform-then-fail', status: 502 });
      await fails(talk, talk.adapter.post(talk.access, draft, soon()), 'unknown-outcome');
      assert.ok(await talk.adapter.findPost?.(talk.access, draft, new Date(Date.now() - 2_000), soon()));
    },
  },
  {
    sentence: 'a connection that is cut leaves the outcome unknown',
    async run(talk) {
      const { place } = await ask(talk);
      planned(talk, { kind: 'reset' });
      await fails(talk, talk.adapter.post(talk.access, draftOf(place, 'x'), soon()), 'unknown-outcome');
    },
  },
  {
    sentence: 'a call that is never answered ends with its signal',
    async run(talk) {
      const { place } = await ask(talk);
      planned(talk, { kind: 'perform-then-hang' });
      const startedAt = performance.now();
      const call = talk.adapter.post(talk.access, draftOf(place, 'x'), AbortSignal.timeout(60));
      await fails(talk, call, 'aborted', 'unknown-outcome');
      assert.ok(performance.now() - startedAt < 1_000);
    },
  },
  {
    sentence: 'a call whose signal has gone off already is not made',
    async run(talk) {
      const { place } = await ask(talk);
      talk.standIn.ledger.clear();
      await fails(talk, talk.adapter.post(talk.access, draftOf(place, 'x'), AbortSignal.abort()), 'aborted');
      assert.equal(postsIn(talk), 0);
    },
  },
  {
    sentence: 'an edit that fails after the work may be made again',
    async run(talk) {
      const asked = await ask(talk);
      const draft = draftOf(asked.place, 'first');
      const { id } = await talk.adapter.post(talk.access, draft, soon());
      talk.standIn.faults.plan({ call: talk.calls.edit, kind: 'perform-then-fail', status: 500 });
      const changed = { ...draft, text: 'second' };
      await fails(talk, talk.adapter.edit(talk.access, id, changed, soon()), 'unknown-outcome');
      await talk.adapter.edit(talk.access, id, changed, soon());
      assert.deepEqual(
        shown(talk, asked).map(({ text }) => text),
        ['second'],
      );
    },
  },
  {
    sentence: 'a platform that is not there is unavailable: surely nothing was done',
    alone: true,
    async run(talk) {
      const { place } = await ask(talk);
      await talk.standIn[Symbol.asyncDispose]();
      // A moment, in which connections that were kept are seen to be closed.
      await sleep(20);
      const failure = await fails(talk, talk.adapter.post(talk.access, draftOf(place, 'x'), soon()), 'unavailable');
      assert.ok(failure.message.length > 10);
    },
  },
  {
    sentence: 'credentials that are not taken are unauthorized, and are not told',
    async run(talk) {
      const { place } = await ask(talk);
      const stranger = await talk.stranger();
      const draft = draftOf(place, 'x');
      await fails(talk, stranger.post(talk.access, draft, soon()), 'unauthorized');
      await fails(talk, stranger.edit(talk.access, '1', draft, soon()), 'unauthorized', 'invalid');
    },
  },
  {
    sentence: 'an app that was uninstalled in mid-answer is refused, not told that its post was deleted',
    alone: true,
    async run(talk) {
      const { place } = await ask(talk);
      const draft = draftOf(place, 'x');
      const { id } = await talk.adapter.post(talk.access, draft, soon());
      await talk.people.uninstall();
      await fails(talk, talk.adapter.edit(talk.access, id, draft, soon()), 'refused', 'unauthorized');
      await fails(talk, talk.adapter.post(talk.access, draftOf(place, 'y'), soon()), 'refused', 'unauthorized');
    },
  },
  {
    sentence: 'a place that is not this platform’s is invalid, and nothing is sent',
    async run(talk) {
      const { place } = await ask(talk);
      talk.standIn.ledger.clear();
      for (const address of ['', 'x', '{}', '{"channel":"../../x"}', 'https://evil.example/']) {
        const post = talk.adapter.post(talk.access, draftOf({ ...place, address }, 'x'), soon());
        await fails(talk, post, 'invalid', 'refused');
      }
      assert.equal(talk.standIn.ledger.entries.filter(({ performed }) => performed).length, 0);
    },
  },
];
