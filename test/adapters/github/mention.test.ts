import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressed } from '../../../adapters/github/mention.ts';

const BOT = 'hub-bot';

for (const [text, rest] of [
  ['@hub-bot fix this', 'fix this'],
  ['@hub-bot, fix this', 'fix this'],
  ['@hub-bot: fix this', 'fix this'],
  ['please @hub-bot fix this', 'please fix this'],
  ['fix this @hub-bot', 'fix this'],
  ['fix this, @hub-bot.', 'fix this,.'],
  ['(@hub-bot) fix', '() fix'],
  ['@HUB-Bot fix', 'fix'],
  ['@hub-bot[bot] fix', 'fix'],
  ['**@hub-bot** fix', '**** fix'],
  ['first\n\n@hub-bot second', 'first\n\nsecond'],
  ['- one\n    @hub-bot in the item', '- one\n    in the item'],
  ['an ` unpaired tick\n\n@hub-bot `x`', 'an ` unpaired tick\n\n`x`'],
  ['`a` @hub-bot `b`', '`a` `b`'],
  ['```\ncode\n```\n@hub-bot after it', '```\ncode\n```\nafter it'],
  ['@hub-bot see `@hub-bot`', 'see `@hub-bot`'],
  ['日本語 @hub-bot です', '日本語 です'],
  ['@hub-bot', ''],
] as const) {
  test(`names the bot: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(addressed(text, BOT), { mentioned: true, text: rest });
  });
}

for (const text of [
  'hub-bot without the sign',
  '@hub-bot-other',
  '@hub-bot_other',
  '@hub-bott',
  '@hub-bot/team',
  '@hub-bot.dev',
  'me@hub-bot',
  'me@hub-bot.com',
  'https://example.com/@hub-bot',
  '@@hub-bot',
  'é@hub-bot',
  '`@hub-bot`',
  '`` a ` @hub-bot ``',
  '```\n@hub-bot\n```',
  '```js\n@hub-bot',
  '~~~\n```\n@hub-bot\n~~~',
  '````\n```\n@hub-bot\n````',
  '- ```\n  @hub-bot\n  ```',
  'text\n\n    @hub-bot',
  '> @hub-bot said somebody',
  '<!-- @hub-bot -->',
  '<!-- @hub-bot',
  '<code>@hub-bot</code>',
  '<pre>\n@hub-bot\n</pre>',
]) {
  test(`names somebody else, or nobody: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(addressed(text, BOT), { mentioned: false, text });
  });
}

test('no text that fits into a comment takes long to look through', () => {
  const nasty = ['>', '*a_ ', '`', '<!--', '<code>', '- ', '[', '` `` ', '\\`', '@hub-bot'];
  const started = performance.now();
  for (const part of nasty) {
    const text = part.repeat(Math.floor(65_500 / part.length));
    addressed(`${text} @hub-bot`, BOT);
    addressed(`${`${part}\n`.repeat(20_000)} @hub-bot`, BOT);
  }
  const took = performance.now() - started;
  assert.ok(took < 2000, `${nasty.length * 2} texts took ${took.toFixed(0)} ms`);
});

test('a comment of one long run of backslashes is read in a moment', () => {
  const before = process.threadCpuUsage();
  assert.equal(addressed(`@hubby ${'\\'.repeat(60_000)}\n\nx`, 'hubby').mentioned, true);
  assert.equal(addressed('x @hubby '.repeat(7_000), 'hubby').mentioned, true);
  assert.ok(process.threadCpuUsage(before).user < 300_000);
});
