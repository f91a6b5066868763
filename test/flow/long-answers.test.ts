import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { listing as discordListing } from '../../adapters/discord/listing.ts';
import { listing as slackListing } from '../../adapters/slack/listing.ts';
import { openDiscordStandIn } from '../../sandbox/discord/index.ts';
import { longAnswer, marksIn } from '../../sandbox/kit/long-answer.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import { openTestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';
import type { Route } from '../../src/llm/route.ts';
import { split } from '../../src/model/split.ts';

const WHOLE = longAnswer(190_000);
const OTHER = longAnswer(5_000);
const SHORT = 'After all there is little to say.';

const said = [
  ['everything', WHOLE],
  ['more', OTHER],
] as const;

/** A model that says so much as the question asks for. */
const route: Route = {
  async *stream({ messages }) {
    const asked = messages.findLast(({ role }) => role === 'user')?.text ?? '';
    yield { kind: 'text', text: said.find(([words]) => asked.includes(words))?.[1] ?? SHORT };
    yield { kind: 'done', reason: 'stop' };
  },
};

async function openPlatforms() {
  await using closers = new AsyncDisposableStack();
  const database = closers.use(await openTestDatabase());
  const slack = closers.use(await openSlackStandIn({ retriesMs: [200, 500] }));
  const discord = closers.use(await openDiscordStandIn({ limits: 'off' }));
  const platforms = [
    [slackListing, slack],
    [discordListing, discord],
  ] as const;
  closers.use(await startRealHub({ database, platforms, answer: route }));
  const owned = closers.move();
  return { slack, discord, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

type Platforms = Awaited<ReturnType<typeof openPlatforms>>;

/** The bot's messages in a thread, with what hangs on them. */
function shown(platform: Platforms['slack'] | Platforms['discord'], thread: string) {
  return platform
    .visible(thread)
    .filter(({ fromBot }) => fromBot)
    .map(({ id, text }) => {
      const files: readonly { readonly name: string; readonly bytes: Uint8Array }[] = platform.filesOf(id);
      return { text, files };
    });
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; !isSo(); await sleep(30)) if (Date.now() > end) throw new Error(what);
}

test('an answer too large for posts comes as a file with its beginning above it, and goes when the answer given anew is short', async () => {
  await using platforms = await openPlatforms();
  for (const platform of [platforms.slack, platforms.discord]) {
    const { id, thread } = await platform.say({ text: 'tell me everything' });
    const files = () => shown(platform, thread).flatMap((one) => one.files);
    await until(() => files().length > 0, `no file on ${platform.name}`);
    const [first, second, ...others] = shown(platform, thread);
    assert.equal(others.length, 0);
    assert.deepEqual(
      second?.files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString() === WHOLE]),
      [['answer.md', true]],
      platform.name,
    );
    assert.match(second?.text ?? '', /in this file/);
    const marks = marksIn(first?.text ?? '');
    assert.ok(marks.length > 10);
    assert.deepEqual(marks, marksIn(WHOLE).slice(0, marks.length), platform.name);

    await platform.edit(id, 'tell me little');
    await until(() => files().length === 0, `the file stays on ${platform.name}`);
    assert.deepEqual(
      shown(platform, thread).map(({ text }) => text),
      [SHORT],
    );
  }
});

test('an answer of 40,000 characters has room in posts', async () => {
  await using slack = await openSlackStandIn();
  await using discord = await openDiscordStandIn();
  const text = longAnswer(40_000);
  for (const [listing, { environment }] of [[slackListing, slack] as const, [discordListing, discord] as const]) {
    const { limits } = await listing.open(environment, AbortSignal.timeout(10_000));
    const parts = split(text, limits);
    assert.deepEqual(marksIn(parts.map((part) => part.text).join('\n')), marksIn(text));
    assert.ok(parts.length <= (limits.mostPosts ?? 0), `${listing.platform}: ${parts.length} parts`);
  }
});

test('an answer whose posts can be changed no more is given anew below them, and they are taken away', async () => {
  await using closers = new AsyncDisposableStack();
  const database = closers.use(await openTestDatabase());
  const slack = closers.use(await openSlackStandIn({ retriesMs: [200], editForMs: 0 }));
  const discord = closers.use(await openDiscordStandIn({ limits: 'off', oldEdits: { afterMs: 0, most: 0 } }));
  const platforms = [
    [slackListing, slack],
    [discordListing, discord],
  ] as const;
  closers.use(await startRealHub({ database, platforms, answer: route }));
  for (const platform of [slack, discord]) {
    const { id, thread } = await platform.say({ text: 'what is there to say?' });
    await until(() => shown(platform, thread).length === 1, `no answer on ${platform.name}`);
    await platform.edit(id, 'tell me more');
    const marks = () => shown(platform, thread).flatMap(({ text }) => marksIn(text));
    await until(() => marks().length >= marksIn(OTHER).length, `no other answer on ${platform.name}`);
    await until(() => !shown(platform, thread).some(({ text }) => text === SHORT), 'the old one stays');
    assert.deepEqual(marks(), marksIn(OTHER));
  }
});
