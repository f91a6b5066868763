import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { listing as discord } from '../../adapters/discord/listing.ts';
import { listing as github } from '../../adapters/github/listing.ts';
import { listing as slack } from '../../adapters/slack/listing.ts';
import { listing as teams } from '../../adapters/teams/listing.ts';
import { openDiscordStandIn } from '../../sandbox/discord/index.ts';
import { openGithubStandIn } from '../../sandbox/github/index.ts';
import type { StandIn } from '../../sandbox/kit/stand-in.ts';
import type { Ask } from '../../sandbox/llm/ask.ts';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openSlackStandIn } from '../../sandbox/slack/index.ts';
import { openTeamsStandIn } from '../../sandbox/teams/index.ts';
import { openProvider } from '../../src/llm/open.ts';
import type { AdapterListing } from '../../src/model/adapter.ts';
import { openTestDatabase, type TestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';
import { routeTo } from '../kit/route.ts';
import { until } from '../kit/until.ts';

// What people do with a question, at each moment of its life, on each platform: real adapters, stand-ins and model requests.

type Stage = StandIn & {
  readonly edit: (id: string, text: string) => Promise<unknown>;
  readonly remove: (id: string) => Promise<unknown>;
};

const stages: readonly (readonly [name: string, listing: AdapterListing, open: () => Promise<Stage>])[] = [
  ['Slack', slack, () => openSlackStandIn()],
  ['Discord', discord, () => openDiscordStandIn()],
  ['Teams', teams, () => openTeamsStandIn()],
  ['GitHub', github, () => openGithubStandIn()],
];

const DEADLINES = { firstTokenMs: 20_000, idleMs: 20_000, totalMs: 60_000 };

const last = (ask: Ask): string => ask.messages.at(-1)?.text ?? '';
/** A slow one takes half a minute. */
const answerTo = (ask: Ask): string =>
  last(ask).includes('slow') ? 'word '.repeat(1_500) : `I have read ${/\bq\w+/.exec(last(ask))?.[0] ?? 'nothing'}.`;

for (const [name, listing, open] of stages) {
  describe(`on ${name}`, () => {
    const closers = new AsyncDisposableStack();
    let stage: Stage;
    let model: LlmStandIn;
    let database: TestDatabase;

    before(async () => {
      stage = closers.use(await open());
      model = closers.use(await openLlmStandIn({ tokensPerSecond: 50, script: answerTo }));
      database = closers.use(await openTestDatabase());
      const provider = await openProvider({
        protocol: 'openai-chat',
        baseUrl: model.baseUrl('openai-chat'),
        apiKey: model.apiKey,
        deadlines: DEADLINES,
      });
      const answer = routeTo(provider, DEADLINES.totalMs);
      const platforms = [[listing, stage]] as const;
      closers.use(await startRealHub({ database, platforms, answer, policy: { overlap: 'queue' } }));
    });
    after(() => closers.disposeAsync());

    const answers = (thread: string): readonly string[] =>
      stage
        .visible(thread)
        .filter(({ fromBot }) => fromBot)
        .map(({ text }) => text);
    const says = (thread: string, text: string): Promise<void> =>
      until(`an answer says ${text}`, () => answers(thread).some((answer) => answer.includes(text)), {
        withinMs: 10_000,
        seen: () => answers(thread),
      });
    /** Of the message with this word, and whether nothing of its thread is still to be done. */
    const kept = async (word: string): Promise<{ state: string; reason: string | null; text: string } | undefined> => {
      const rows = await database.db.sql<{ state: string; reason: string | null; text: string }[]>`
        select state, reason, text from switchboard.messages where author_kind = 'human' and text like ${`%${word}%`} order by received_at desc limit 1`;
      return rows[0];
    };
    const asked = (word: string): Promise<void> =>
      until(`the model is asked about ${word}`, () => model.asks.some((ask) => last(ask).includes(word)), {
        withinMs: 10_000,
      });
    const quiet = (): Promise<void> =>
      until(
        'nothing runs',
        async () => {
          const rows = await database.db.sql`select 1 from switchboard.turns where state = 'running'
            union all select 1 from switchboard.messages where state = 'waiting'`;
          return rows.length === 0;
        },
        { withinMs: 10_000 },
      );

    test(`${name}: a question that is edited while it waits is answered as it reads then`, async () => {
      const first = await stage.say({ text: 'a slow one: qa' });
      await asked('slow one: qa');
      const second = await stage.say({ text: 'what about qwrong?', thread: first.thread });
      await stage.edit(second.id, 'what about qright?');
      await stage.edit(first.id, 'a fast one: qb');
      await says(first.thread, 'qright');
      assert.ok(!model.asks.some((ask) => last(ask).includes('qwrong')));
    });

    test(`${name}: a question that is edited while it is answered is answered anew at once`, async () => {
      const { id, thread } = await stage.say({ text: 'a slow one: qc' });
      await asked('slow one: qc');
      await stage.edit(id, 'a fast one: qd');
      await says(thread, 'qd');
      await quiet();
      assert.equal(answers(thread).filter((text) => text.includes('I have read')).length, 1);
      assert.ok(!answers(thread).join().includes('word'));
      assert.equal(model.open(), 0);
    });

    test(`${name}: a question that is edited after its answer is answered anew in the same post`, async () => {
      const { id, thread } = await stage.say({ text: 'about qe' });
      await says(thread, 'qe');
      await quiet();
      const before = stage.visible(thread).filter(({ fromBot }) => fromBot);
      await stage.edit(id, 'about qf');
      await says(thread, 'qf');
      await quiet();
      const now = stage.visible(thread).filter(({ fromBot }) => fromBot);
      assert.deepEqual(
        now.map((post) => post.id),
        before.map((post) => post.id),
      );
    });

    test(`${name}: a question that is deleted while it waits is not answered`, async () => {
      const first = await stage.say({ text: 'a slow one: qg' });
      await asked('slow one: qg');
      const second = await stage.say({ text: 'what about qh?', thread: first.thread });
      await stage.remove(second.id);
      await stage.edit(first.id, 'a fast one: qi');
      await says(first.thread, 'qi');
      await quiet();
      assert.ok(!model.asks.some((ask) => last(ask).includes('qh')));
      assert.equal(await kept('qh'), undefined);
    });

    test(`${name}: a question that is deleted while it is answered ends the model’s request, and its answer is taken away`, async () => {
      const { id, thread } = await stage.say({ text: 'a slow one: qj' });
      await asked('slow one: qj');
      if (listing.platform !== 'github') await says(thread, 'word word');
      const at = Date.now();
      await stage.remove(id);
      await until('the request is closed', () => model.open() === 0);
      assert.ok(Date.now() - at < 1_000, `after ${Date.now() - at} ms`);
      // A change that was under way may arrive after its end: then the post goes when that can be no more.
      await until('it is gone', () => answers(thread).length === 0, { withinMs: 25_000 });
      await quiet();
      assert.deepEqual(answers(thread), []);
    });

    test(`${name}: a question that is deleted after its answer is kept by nobody`, async () => {
      const { id, thread } = await stage.say({ text: 'my secret is qk' });
      await says(thread, 'qk');
      await quiet();
      await stage.remove(id);
      await until('our copy is gone', async () => (await kept('qk')) === undefined);
      const [raw] = await database.db.sql<{ found: number }[]>`select count(*)::int as found from switchboard.deliveries
        where position(${Buffer.from('my secret is qk')}::bytea in raw) > 0`;
      assert.equal(raw?.found, 0);
    });

    test(`${name}: stop closes the model’s request within a second, and what was said stays and says so`, async () => {
      const { thread } = await stage.say({ text: 'a slow one: ql' });
      await asked('slow one: ql');
      if (listing.platform !== 'github') await says(thread, 'word word');
      const at = Date.now();
      await stage.say({ text: 'stop', thread });
      await until('the request is closed', () => model.open() === 0);
      assert.ok(Date.now() - at < 1_000, `after ${Date.now() - at} ms`);
      await says(thread, 'Stopped by');
      await quiet();
    });
  });
}
