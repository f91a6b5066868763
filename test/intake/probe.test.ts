import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { listing as githubListing } from '../../adapters/github/listing.ts';
import { listing as slackListing } from '../../adapters/slack/listing.ts';
import { openGithubStandIn } from '../../sandbox/github/index.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import type { ConnectedApp } from '../../src/intake/hooks.ts';
import { openProbing } from '../../src/intake/probe.ts';
import { openTestDatabase } from '../kit/database.ts';
import { openListener } from '../kit/listen.ts';
import { startRealHub, type RealHub } from '../kit/real-hub.ts';

const TIMES = { everyMs: 40, againMs: 10, withinMs: 2_000 };

type Line = readonly [level: 'info' | 'error', fields: { address: string; reason?: string; platform: string }];

/** Probes at `url`, and keeps what it said. */
function probing({ intake }: RealHub, url: string) {
  const lines: Line[] = [];
  const missed: [ConnectedApp, number | undefined][] = [];
  const info = (fields: Line[1]) => void lines.push(['info', fields]);
  const error = (fields: Line[1]) => void lines.push(['error', fields]);
  const log = Object.assign(Object.create(intake.log) as typeof intake.log, { info, error });
  const mayHaveMissed = (app: ConnectedApp, agoMs?: number) => void missed.push([app, agoMs]);
  const opened = openProbing({ ...intake, url, log, mayHaveMissed }, TIMES);
  return { lines, missed, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5_000; !(await is()); await sleep(10)) assert.ok(Date.now() < end, 'it never happened');
}

test('an address that leads here is told by the metric alone; one that stops to do so once, with the reason, and is searched for once it does again', async () => {
  await using database = await openTestDatabase();
  await using slack = await openSlackStandIn();
  await using github = await openGithubStandIn();
  const platforms = [
    [slackListing, slack],
    [githubListing, github],
  ] as const;
  await using hub = await startRealHub({ database, platforms, answer: '' });
  let status = 0;
  await using proxy = await openListener((request, response) => {
    if (status !== 0) {
      response.writeHead(status).end('an error page');
      return;
    }
    const { 'content-length': _, ...headers } = request.headers;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const given = { method: 'POST', headers: headers as Record<string, string>, body: Buffer.concat(chunks) };
      fetch(`${hub.url}${request.url}`, given).then(
        async (answer) => response.writeHead(answer.status).end(await answer.text()),
        () => response.destroy(),
      );
    });
  });
  await using probes = probing(hub, proxy.url);
  const reachable = async (): Promise<string> =>
    (await hub.intake.metrics.reachable.get()).values.map(({ value }) => value).join();
  await until(async () => (await reachable()) === '1,1');
  assert.equal(probes.lines.length, 0);

  status = 502;
  await until(() => probes.lines.length === 2);
  await sleep(150);
  assert.equal(await reachable(), '0,0');
  assert.deepEqual(
    probes.lines.map(([level, { address, reason }]) => [level, address, reason]),
    Array.from({ length: 2 }, () => ['error', proxy.url, 'it answers 502']),
  );
  status = 0;
  await until(() => probes.missed.length === 2);
  assert.equal(await reachable(), '1,1');
  assert.ok(probes.missed.every(([, agoMs]) => agoMs !== undefined && agoMs > 150));
  assert.equal(probes.lines.length, 4);
  const [kept] = await database.db.sql<{ n: number }[]>`select count(*)::int as n from switchboard.deliveries`;
  assert.equal(kept?.n, 0);
});

test('another server in our place, and nobody, are told apart', async () => {
  await using database = await openTestDatabase();
  await using slack = await openSlackStandIn();
  await using hub = await startRealHub({ database, platforms: [[slackListing, slack]], answer: '' });
  await using other = await openListener((_request, response) => void response.end('welcome'));
  const said = async (url: string): Promise<unknown> => {
    await using probes = probing(hub, url);
    await until(() => probes.lines.length === 1);
    return probes.lines[0]?.[1].reason;
  };
  assert.equal(await said(other.url), 'something else answers there');
  const closed = await openListener(() => {});
  await closed[Symbol.asyncDispose]();
  assert.equal(await said(closed.url), 'nobody answers (ECONNREFUSED)');
});
