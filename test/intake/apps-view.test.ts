import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { tend, type AppsView } from '../../src/intake/apps-view.ts';
import { chooseApp, openFindApps, ownPath } from '../../src/intake/find-apps.ts';
import type { ConnectedApp } from '../../src/intake/hooks.ts';
import { appId } from '../../src/model/ids.ts';
import { openPaperPlatform } from '../kit/paper-platform.ts';

const paper = openPaperPlatform();
const app = (digit: string, stored?: boolean): ConnectedApp => ({
  organization: DEFAULT_ORGANIZATION,
  app: appId(`00000000-0000-4000-8000-00000000000${digit}`),
  listing: paper.listing,
  adapter: paper.adapter,
  ...(stored !== undefined && { stored }),
});

function openView(first: readonly ConnectedApp[]): AppsView & { set: (apps: readonly ConnectedApp[]) => void } {
  let now = first;
  const listeners = new Set<() => void>();
  return {
    [Symbol.iterator]: () => now[Symbol.iterator](),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    isAway: (id) => id.endsWith('9'),
    set(apps) {
      now = apps;
      listeners.forEach((listener) => listener());
    },
  };
}

const request = { method: 'POST', url: '/', headers: {}, body: new Uint8Array(), receivedAt: new Date() };

test('each app has a path of its own, and the general ones are the environment’s where there is one', () => {
  const [fixed, one, two] = [app('1'), app('2', true), app('3', true)];
  const view = openView([one, two]);
  const find = openFindApps(view);
  assert.deepEqual(find('/hooks/web'), [one, two]);
  view.set([fixed, one, two]);
  assert.deepEqual(find('/paper'), [fixed]);
  assert.deepEqual(find(ownPath(two)), [two]);
  assert.equal(find('/hooks/other'), undefined);
  assert.equal(find('/hooks/web/00000000-0000-4000-8000-000000000009'), 'away');
});

test('of apps that share a path the one is taken whose signature fits', async () => {
  const refusing = { ...app('1', true), adapter: { ...paper.adapter, receive: answer(401) } };
  const taking = { ...app('2', true), adapter: { ...paper.adapter, receive: answer(200) } };
  assert.equal(await chooseApp([refusing, taking], request), taking);
  assert.equal(await chooseApp([refusing, refusing], request), refusing);
});

const answer = (status: number) => () =>
  Promise.resolve({ response: { status, headers: {}, body: '' }, delivery: undefined });

test('work goes on for apps that stay, ends for those that go, and begins anew only when it has ended', async () => {
  const [one, changed, two] = [app('1'), app('1'), app('2')];
  const view = openView([one]);
  const closing = new AbortController();
  const events: string[] = [];
  const names = new Map([
    [one, 'one'],
    [changed, 'changed'],
    [two, 'two'],
  ]);
  const tending = tend(
    view,
    closing.signal,
    () => true,
    async (which, signal) => {
      events.push(`+${names.get(which)}`);
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(`-${names.get(which)}`);
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  view.set([one, two]);
  view.set([changed, two]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(events, ['+one', '+two', '-one', '+changed']);
  closing.abort();
  await tending;
  assert.deepEqual(events.slice(4).toSorted(), ['-changed', '-two']);
});
