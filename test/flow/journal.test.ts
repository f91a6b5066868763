import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLlmStandIn } from '../../sandbox/llm/index.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import { slackStage } from '../../sandbox/stage/slack.ts';
import type { Shown } from '../../sandbox/stage/stage.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { redrive } from '../../src/db/dead-letters.ts';
import { openTestDatabase } from '../kit/database.ts';
import { openOrderLedger, type OrderLedger } from '../kit/ledger/ledger.ts';
import { startRole } from '../kit/process.ts';

// Workers are killed while tools change something elsewhere. A person is asked what cannot be told, and looks into the ledger.

/** How often a worker is killed. The suite does it twice; `npm run journal` five hundred. */
const KILLS = Number(process.env['KILLS'] ?? 2);
/** Orders for each kill. The pace of the whole is Slack's 50 edits a minute. */
const ORDERS = Number(process.env['ORDERS'] ?? 4);
const WORKERS = 2;
const SETTLED_WITHIN_MS = 120_000;
/** Until the last one has ended: Slack lets 20 streams a minute end, and what waits for that is not served in order. */
const ENDED_WITHIN_MS = 900_000;
/** A channel takes one new post a second. */
const CHANNELS = 60;
/**
 * Orders that are under way at once. With more, each would be under way through so many kills that it is taken for the one that ends
 * its processes, and given up after the sixth.
 */
const MOST_OPEN = 8;

const ORDER = /order (o\d+)/;

/** Asks for both tools once for each order, and then says so. */
const script = (ask: { readonly messages: readonly { readonly role: string; readonly text: string }[] }) => {
  const order = ORDER.exec(ask.messages.findLast(({ role }) => role === 'user')?.text ?? '')?.[1] ?? '';
  if (ask.messages.at(-1)?.role === 'tool') return `Order ${order} is through.`;
  return { calls: ['put', 'send'].map((name) => ({ name, arguments: { order } })) };
};

/** What somebody does who is asked whether something was done: looks, and says what is true. */
function answerTo(posts: readonly Shown[], card: Shown, ledger: OrderLedger): string | undefined {
  const thread = posts.filter((post) => post.thread === card.thread).map(({ text }) => text);
  const [, tool = '', order = ''] = /\b(put|send)\b[^]*?"order": "(o\d+)"/.exec(thread.join('\n')) ?? [];
  const label = ledger.done(tool, order) > 0 ? 'It was done' : 'Do it again';
  return card.controls.find((control) => control.label === label)?.id;
}

test(`after ${KILLS} kills in the middle of tools, nothing is done twice, and no answer is missing`, async () => {
  await using closers = new AsyncDisposableStack();
  const database = closers.use(await openTestDatabase());
  const slack = closers.use(await openSlackStandIn({ retriesMs: [200, 500, 1_000, 3_000], channels: CHANNELS }));
  const model = closers.use(await openLlmStandIn({ tokensPerSecond: 200, script }));
  const ledger = closers.use(await openOrderLedger());
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-journal-'));
  closers.defer(() => rm(folder, { recursive: true, force: true }));
  const configuration = {
    plugins: [{ use: join(import.meta.dirname, '../kit/ledger/plugin.js'), settings: { url: ledger.url } }],
    policy: { overlap: 'queue', tools: { trust: ['*'], by: 'anyone' } },
  };
  await writeFile(join(folder, 'switchboard.config.yaml'), JSON.stringify(configuration));
  const environment = {
    ...slack.environment,
    ...model.environment,
    DATABASE_URL: database.url,
    SWITCHBOARD_CONFIG: join(folder, 'switchboard.config.yaml'),
    SWITCHBOARD_DATA: folder,
  };
  const web = await startRole('web', environment);
  closers.defer(async () => void (await web.stop()));
  slack.deliverTo(web.url ?? '');
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startRole('worker', environment)));
  closers.defer(async () => void (await Promise.all(workers.map((worker) => worker.kill()))));

  const stage = slackStage(slack);
  let asked = 0;
  const answering = new AbortController();
  const person = (async () => {
    for (const pressed = new Set<string>(); !answering.signal.aborted; await sleep(150)) {
      const posts = stage.shown();
      for (const card of posts.filter(({ controls }) => controls.some(({ label }) => label === 'It was done'))) {
        const control = answerTo(posts, card, ledger);
        if (control === undefined || pressed.has(control)) continue;
        pressed.add(control);
        asked += 1;
        await stage.press(card.id, control).catch(() => undefined);
      }
    }
  })();

  const threads = new Map<string, string>();
  const isThrough = (order: string): boolean => {
    const answers = slack.visible(threads.get(order)).filter(({ fromBot }) => fromBot);
    return answers.length === 1 && answers[0]?.text.trim() === `Order ${order} is through.`;
  };
  const open = new Set<string>();
  const atMostOpen = async (most: number, until: number): Promise<void> => {
    for (; Date.now() < until; await sleep(50)) {
      for (const order of open) if (isThrough(order)) open.delete(order);
      if (open.size <= most) return;
    }
  };
  for (let kill = 0; kill < KILLS; kill += 1) {
    await atMostOpen(MOST_OPEN - ORDERS, Date.now() + SETTLED_WITHIN_MS);
    for (let index = 0; index < ORDERS; index += 1) {
      const order = `o${kill * ORDERS + index}`;
      const channel = slack.channels[threads.size % slack.channels.length] ?? slack.channel;
      threads.set(order, (await slack.say({ text: `order ${order}`, thread: channel })).thread);
      open.add(order);
    }
    await sleep(Math.random() * 800);
    const at = kill % WORKERS;
    await workers[at]?.kill();
    workers[at] = await startRole('worker', environment);
  }
  // Whose process ended six times is given up, and says so; an admin takes it up again.
  let givenUp = 0;
  const ends = Date.now() + ENDED_WITHIN_MS;
  while (open.size > 0 && Date.now() < ends) {
    await atMostOpen(0, Date.now() + 5_000);
    givenUp += await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => redrive(tx, undefined));
  }
  answering.abort();
  await person;

  const stuck = [...threads.keys()].filter((order) => !isThrough(order));
  const doubled = [...threads.keys()].filter(
    (order) => ledger.done('send', order) > 1 || ledger.done('put', order) > 1,
  );
  const undone = [...threads.keys()].filter((order) => ledger.done('send', order) + ledger.done('put', order) < 2);
  process.stdout.write(
    `# ${KILLS} kills, ${threads.size} orders, ${ledger.calls()} calls of tools, a person asked ${asked} times, ${givenUp} given up and taken up again: ${doubled.length} doubled, ${undone.length} undone, ${stuck.length} stuck\n`,
  );
  const seen = stuck.slice(0, 10).map((order) => slack.visible(threads.get(order)).map(({ text }) => text));
  assert.deepEqual({ doubled, undone, stuck, seen }, { doubled: [], undone: [], stuck: [], seen: [] });
});
