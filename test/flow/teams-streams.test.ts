import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listing as teams } from '../../adapters/teams/listing.ts';
import { openLlmStandIn, type LlmStandIn } from '../../sandbox/llm/index.ts';
import { openTeamsStandIn, type TeamsStandIn } from '../../sandbox/teams/index.ts';
import { openProvider } from '../../src/llm/open.ts';
import type { AdapterListing, Limits } from '../../src/model/adapter.ts';
import { openTestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';
import { routeTo } from '../kit/route.ts';
import { until } from '../kit/until.ts';

// A chat with one person, streamed by the real adapter under Teams' own limits.

const TEXT = Array.from({ length: 120 }, (_, index) => `word${index}`).join(' ');

type Chat = AsyncDisposable & {
  readonly stage: TeamsStandIn;
  readonly model: LlmStandIn;
  readonly ask: (text: string) => Promise<unknown>;
  readonly posts: () => readonly { readonly id: string; readonly text: string }[];
  /** How often a call was made, and whether any was refused. */
  readonly made: (call: string) => number;
  readonly refused: () => readonly string[];
};

async function openChat(limits: Partial<Limits> = {}, answer: () => string = () => TEXT): Promise<Chat> {
  await using closers = new AsyncDisposableStack();
  const stage = closers.use(await openTeamsStandIn());
  const model = closers.use(await openLlmStandIn({ tokensPerSecond: 30, script: answer }));
  const database = closers.use(await openTestDatabase());
  const provider = await openProvider({
    protocol: 'openai-chat',
    baseUrl: model.baseUrl('openai-chat'),
    apiKey: model.apiKey,
    deadlines: { firstTokenMs: 20_000, idleMs: 20_000, totalMs: 60_000 },
  });
  const listing: AdapterListing = {
    ...teams,
    async open(credentials, signal) {
      const adapter = await teams.open(credentials, signal);
      return { ...adapter, limits: { ...adapter.limits, ...limits } };
    },
  };
  const route = routeTo(provider);
  closers.use(await startRealHub({ database, platforms: [[listing, stage]], answer: route }));
  const moved = closers.move();
  return {
    stage,
    model,
    ask: (text) => stage.say({ text, to: 'personal' }),
    posts: () => stage.visible(stage.personal).filter(({ fromBot }) => fromBot),
    made: (call) => stage.ledger.performed(call),
    refused: () => stage.ledger.entries.filter(({ status }) => status >= 400).map(({ call }) => call),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

const WITHIN = { withinMs: 15_000 };

test('in a chat with one person the answer grows in a stream, within Teams’ limits, and is one message in the end', async () => {
  await using chat = await openChat();
  await chat.ask('tell me');
  await until('it is whole', () => chat.posts()[0]?.text === TEXT && chat.made('endStream') > 0, WITHIN);
  assert.equal(chat.posts().length, 1);
  assert.ok(chat.made('continueStream') >= 2);
  assert.deepEqual([chat.made('startStream'), chat.made('endStream'), chat.refused()], [1, 1, []]);
});

test('a stream in Teams is ended before its time is over, and the answer goes on by edits, whole', async () => {
  await using chat = await openChat({ streamForMs: 300 });
  await chat.ask('tell me');
  await until('it is whole', () => chat.posts()[0]?.text === TEXT, WITHIN);
  assert.equal(chat.posts().length, 1);
  assert.ok(chat.made('endStream') === 1 && chat.made('updateActivity') > 0);
  assert.deepEqual(chat.refused(), []);
});

test('the button below a streamed answer stops it: the model’s request ends with the next words, what was said stays, and again makes a new one', async () => {
  let asked = 0;
  await using chat = await openChat({}, () => ((asked += 1) === 1 ? TEXT.repeat(10) : 'the whole answer'));
  await chat.ask('tell me all');
  await until('it grows', () => (chat.posts()[0]?.text.length ?? 0) > 20, WITHIN);
  const [first] = chat.posts();
  assert.ok(first !== undefined);
  const at = performance.now();
  chat.stage.stopStream(first.id);
  await until('the request is ended', () => chat.model.open() === 0, WITHIN);
  assert.ok(performance.now() - at < 3_000, `after ${performance.now() - at} ms`);
  await until('it says so', () => chat.posts()[1]?.text.includes('Stopped by ada.') === true, WITHIN);
  const [stopped, card, ...more] = chat.posts();
  assert.deepEqual([stopped?.id, TEXT.startsWith(stopped?.text ?? '-'), more], [first.id, true, []]);
  await chat.stage.click(card?.id ?? '', 'Try again');
  await until('it is answered again', () => chat.posts().some(({ text }) => text === 'the whole answer'), WITHIN);
  assert.equal(chat.posts().find(({ id }) => id === first.id)?.text, stopped?.text);
});
