import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listing } from '../../adapters/github/listing.ts';
import { openGithubStandIn } from '../../sandbox/github/index.ts';
import type { Route } from '../../src/llm/route.ts';
import { openTestDatabase } from '../kit/database.ts';
import { startRealHub } from '../kit/real-hub.ts';
import { until } from '../kit/until.ts';

const SUGGESTED = '/** A greeting for one person or more. */';

test('a change that is suggested below a line of code can be taken over there, and only there is the model told so', async () => {
  await using closers = new AsyncDisposableStack();
  const database = closers.use(await openTestDatabase());
  const github = closers.use(await openGithubStandIn());
  const asked: string[] = [];
  const route: Route = {
    async *stream({ messages }) {
      asked.push(messages.at(-1)?.text ?? '');
      yield { kind: 'text', text: `Better in other words:\n\n\`\`\`suggestion\n${SUGGESTED}\n\`\`\`` };
      yield { kind: 'done', reason: 'stop' };
    },
  };
  closers.use(await startRealHub({ database, platforms: [[listing, github]], answer: route }));

  const { thread } = await github.say({ text: 'is this sentence good?' });
  const answers = () => github.visible(thread).filter(({ fromBot }) => fromBot);
  await until('it is answered', () => answers().length === 1, { withinMs: 10_000 });
  assert.match(asked[0] ?? '', /fenced block with the language `suggestion`/);
  const [answer] = answers();
  const before = SUGGESTED.replace('person or more', 'person, or for several');
  const after = await github.commitSuggestion(answer?.id ?? '');
  assert.ok(after.startsWith(`${SUGGESTED}\nexport function greet`), after);
  assert.doesNotMatch(after, new RegExp(before.replace(/[.*]/g, '\\$&')));

  const general = await github.comment({ text: 'and in general?' });
  await until('it is answered', () => github.visible(general.thread).some(({ fromBot }) => fromBot), {
    withinMs: 10_000,
  });
  assert.doesNotMatch(asked[1] ?? '', /suggestion/);
});
