import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOwn, render, renderBody } from '../../../adapters/github/render.ts';

const APART = '\u200B';

for (const text of [
  '@ada',
  'ask @ada-b, please',
  '(@acme/team)',
  '> @ada said',
  '- one\n- @ada',
  '| a |\n| - |\n| `x | @ada | y` |',
  '<div>@ada</div>',
  '\\@ada',
  '&#64;ada',
  '&#x0040;ada',
  '&commat;ada',
  '@&#97;da',
  '    ```\n\n@ada',
  '`a\n\nb` @ada',
  '[@ada][nowhere]',
  'é@ada',
]) {
  test(`a name in an answer calls nobody: ${JSON.stringify(text)}`, () => {
    assert.ok(render(text).includes(APART), render(text));
    assert.equal(render(text).replaceAll(APART, ''), text);
  });
}

for (const text of [
  'no name at all',
  'ada@example.org',
  'a sign @ alone, and @',
  '`@ada`',
  '```ts\nimport { x } from "@scope/name";\n@decorated\n```',
  '    @indented code',
  'https://www.npmjs.com/package/@scope/name',
  '[docs](https://example.org/@scope/name)',
  '![picture](https://example.org/@2x.png)',
  '[x]: https://example.org/@scope',
]) {
  test(`letters stay as they are: ${JSON.stringify(text)}`, () => assert.equal(render(text), text));
}

test('what the bot wrote is read back as it was', () => {
  const text = 'Ask @ada, or `@team`.';
  assert.equal(readOwn(renderBody(text, '<!-- switchboard:n0nce.s1gnature -->')), text);
});

test('a text of nothing but signs is rendered soon', () => {
  const startedAt = performance.now();
  for (const unit of ['@a', '[@a](', '`@a', '> @a\n', '*@a ']) render(unit.repeat(60_000 / unit.length));
  assert.ok(performance.now() - startedAt < 5_000, `${performance.now() - startedAt} ms`);
});
