import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { listings } from '../adapters/listings.ts';
import { manifest } from '../src/manifest.ts';
import { COMMANDS } from '../src/model/commands.ts';

const appId = '0b9a7f4e-52d1-4a6e-9b43-2f1f0e9d7c11';
const about = { name: 'Hal', environment: { MicrosoftAppId: appId } };
const told = async (platform: string): Promise<object> =>
  z.looseObject({}).parse(JSON.parse(await manifest(about, listings, [platform, 'https://bot.example.com/'])));
const listed = COMMANDS.filter((command) => command.listed).map((command) => command.name);

test('Slack is told the app with every command of the menu, each by its name', async () => {
  const shape = z.object({
    features: z.object({ slash_commands: z.array(z.object({ command: z.string(), url: z.string() })) }),
  });
  const { features } = shape.parse(await told('slack'));
  assert.deepEqual(
    features.slash_commands.map(({ command }) => command),
    listed.map((name) => `/${name}`),
  );
  assert.equal(features.slash_commands[0]?.url, 'https://bot.example.com/slack/events');
});

test('Teams is told the bot by its id, with every command of the menu', async () => {
  const commands = z.array(z.object({ commands: z.array(z.object({ title: z.string() })) }));
  const shape = z.object({ id: z.string(), bots: z.tuple([z.object({ botId: z.string(), commandLists: commands })]) });
  const { id, bots } = shape.parse(await told('teams'));
  assert.deepEqual([id, bots[0].botId], [appId, appId]);
  assert.deepEqual(
    bots[0].commandLists[0]?.commands.map(({ title }) => title),
    listed,
  );
});

test('GitHub is told where to deliver, and every event that is read is asked for', async () => {
  const shape = z.object({ hook_attributes: z.object({ url: z.string() }), default_events: z.array(z.string()) });
  const { hook_attributes: hook, default_events: events } = shape.parse(await told('github'));
  assert.equal(hook.url, 'https://bot.example.com/api/github/webhooks');
  for (const event of ['discussion_comment', 'commit_comment', 'check_run', 'pull_request_review_comment'])
    assert.ok(events.includes(event), event);
});

const wrong: readonly [words: readonly string[], mend: RegExp][] = [
  [[], /usage: .*slack\|teams\|github https:\/\/HOST/],
  [['discord', 'https://a.example'], /usage/],
  [['slack'], /HOST is the address under which Slack reaches this hub/],
  [['slack', 'http://a.example'], /HOST is the address/],
];
for (const [words, mend] of wrong) {
  test(`manifest ${words.join(' ')} is refused with the way to mend it`, async () => {
    await assert.rejects(manifest(about, listings, words), { name: 'Failure', code: 'invalid', message: mend });
  });
}

test('a manifest that needs a variable names it', async () => {
  const bare = { name: 'Hal', environment: {} };
  await assert.rejects(manifest(bare, listings, ['teams', 'https://a.example']), { message: /MicrosoftAppId/ });
});
