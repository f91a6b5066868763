import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as hold, constantFrom, oneof, property, string } from 'fast-check';
import { readMarkdown } from '../../../adapters/discord/read-markdown.ts';
import { render } from '../../../adapters/discord/render.ts';

const NAMES = { mentions: [{ id: '5', name: 'Ada Lovelace' }], own: ['1', '2'] };

for (const [discord, markdown] of [
  ['<@1> hey', 'hey'],
  ['hey <@!1>, you', 'hey, you'],
  ['<@&2> hey', 'hey'],
  ['ask <@5> or <@6>', 'ask @Ada Lovelace or @6'],
  ['role <@&7>, channel <#8>', 'role @7, channel #8'],
  ['run </ask:9> <:party:10> <a:dance:11>', 'run /ask :party: :dance:'],
  ['at <t:1767574193> or <t:1767574193:R>', 'at 2026-01-05T00:49:53.000Z or 2026-01-05T00:49:53.000Z'],
  ['keep <@x> <t:never> and <b>', 'keep <@x> <t:never> and <b>'],
  ['in code `<@1>` it stays', 'in code `<@1>` it stays'],
  ['``<@1> ` ``', '``<@1> ` ``'],
  ['```js\nlet <@1>\n```', '```js\nlet <@1>\n```'],
  ['look: ```x = 1``` done', 'look: \n```\nx = 1\n```\n done'],
  ['```\n\nspaced\n\n```', '```\n\nspaced\n\n```'],
  ['-# small print', 'small print'],
  ['before\n>>> all\nof it', 'before\n> all\n> of it'],
  ['**b** *i* ~~s~~ # no', '**b** *i* ~~s~~ # no'],
  ['one\r\ntwo', 'one\ntwo'],
] as const) {
  test(`read: ${JSON.stringify(discord)}`, () => assert.equal(readMarkdown(discord, NAMES), markdown));
}

for (const [what, markdown, discord] of [
  ['headings up to the third stay', '# a\n\n### b', '# a\n\n### b'],
  ['deeper headings are bold lines', '#### a **b**', '**a b**'],
  ['a heading over two lines is one', 'a\nb\n===', '# a b'],
  ['bold, italics, struck', '**b** _i_ ~~s~~', '**b** *i* ~~s~~'],
  ['marks inside the same marks are left out', '**a __b__ c**', '**a b c**'],
  [
    'nobody can be called',
    'hi @everyone @here <@123> <@&4> <#5>',
    'hi @\u200Beveryone @\u200Bhere \\<@123> \\<@&4> \\<#5>',
  ],
  ['times, emoji and commands stay letters', '<t:1:R> <:a:1> </b:1>', '\\<t:1:R> \\<:a:1> \\</b:1>'],
  [
    'signs that were meant stay signs',
    '2 * 3, snake_case, \\_x\\_, a || b, c:\\\\d',
    '2 \\* 3, snake_case, \\_x\\_, a \\|\\| b, c:\\\\d',
  ],
  ['a line that only Discord would read as small print', '-# not small', '\\-# not small'],
  ['escaped beginnings of lines stay escaped', '\\# a\n\\- b\n1\\. c\n\\> d', '\\# a\n\\- b\n1\\. c\n\\> d'],
  ['code stays as it is', '`a *b* @everyone`', '`a *b* @everyone`'],
  ['code with a backtick', '`` a`b ``', '`` a`b ``'],
  ['a block keeps its language', '```ts\nlet a = "<@1>";\n```', '```ts\nlet a = "<@1>";\n```'],
  ['a block of tildes that holds three backticks', '~~~\n```\n~~~', '```\n`\u200B`\u200B`\n```'],
  ['a link', '[a *b*](https://x.org/a_b)', '[a *b*](<https://x.org/a_b>)'],
  ['a bare address has no preview', 'see https://x.org/a_b', 'see <https://x.org/a_b>'],
  ['an address with a bracket', '[a](<https://x.org/(b) c>)', '[a](<https://x.org/(b)%20c>)'],
  ['an address that Discord does not link', '[mail](mailto:a@b.c)', 'mail (mailto:a@b.c)'],
  ['an image is a link', '![a cat](https://x.org/c.png)', '[a cat](<https://x.org/c.png>)'],
  ['letters that look like a link', '\\[a\\](https\\://x)', '[a\\](https://x)'],
  ['lists nest', '- a\n  - b\n- c', '- a\n  - b\n- c'],
  ['numbers go on', '3. a\n4. b', '3. a\n4. b'],
  ['boxes', '- [x] a\n- [ ] b', '- ☑ a\n- ☐ b'],
  ['code in a list is not indented', '- a\n\n  ```\n  x\n    y\n  ```', '- a\n```\nx\n  y\n```'],
  ['quotations', '> a\n> b\n>\n> c', '> a\n> b\n> c'],
  ['quotations do not nest', '> a\n>> b', '> a\n> b'],
  ['a table is a block', '| a | bb |\n|---|---:|\n| 1 | 2 |', '```\na   |  bb\n----|----\n1   |   2\n```'],
  ['a rule', 'a\n\n---\n\nb', 'a\n\n──────────\n\nb'],
  ['HTML is letters', '<b>x</b>', '<b>x\\</b>'],
] as const) {
  test(`render: ${what}`, () => assert.equal(render(markdown), discord));
}

test('rendering is total, and calls nobody whatever the text is', () => {
  const texts = oneof(
    string({
      unit: constantFrom(
        '@',
        'everyone',
        'here',
        '<',
        '>',
        '#',
        '&',
        '1',
        '`',
        '*',
        '_',
        '|',
        '\n',
        ' ',
        '-',
        '[',
        ']',
        '(',
        ')',
        '\\',
      ),
    }),
    string({ unit: 'binary' }),
  );
  hold(
    property(texts, (text) => {
      // What stood around code does not stand together.
      const prose = render(text).replaceAll(/(`+)[\s\S]*?\1/g, ' ');
      assert.doesNotMatch(prose, /@(everyone|here)|(?<!\\)<@[!&]?\d+>/);
      assert.ok(render(text).isWellFormed());
    }),
    { numRuns: 500 },
  );
});

test('reading is total and fast', () => {
  hold(
    property(string({ unit: constantFrom('<', '@', '1', '>', '`', '\n', ':', 't', ' ', '-#', '>>> ') }), (text) => {
      assert.ok(readMarkdown(text, NAMES).isWellFormed());
    }),
    { numRuns: 300 },
  );
  const startedAt = performance.now();
  for (const unit of ['`', '<', '<@', '`a', '``a`', '<:', ':1', '>>> ', '```'])
    readMarkdown(unit.repeat(4000 / unit.length), NAMES);
  assert.ok(performance.now() - startedAt < 500, `${performance.now() - startedAt} ms`);
});

const CALLS = [
  { id: '11', name: 'Ada' },
  { id: '12', name: 'Ada Lovelace' },
  { id: '13', name: 'snake_case' },
];
for (const [what, markdown, discord] of [
  ['in a heading and in bold', '# For @Ada\n\n**@Ada Lovelace!**', '# For <@11>\n\n**<@12>!**'],
  ['in a list and a quotation', '- @Ada\n\n> @snake_case', '- <@11>\n\n> <@13>'],
  ['not in code, a table or the words of a link', '`@Ada` [@Ada](https://x.org)', '`@Ada` [@Ada](<https://x.org>)'],
  ['not as a part of a word', 'me@Ada @Adam', 'me@Ada @Adam'],
  ['and no other mention', '@Ada <@11> <@&12> @here', '<@11> \\<@11> \\<@&12> @\u200Bhere'],
] as const) {
  test(`a name calls ${what}`, () => {
    assert.equal(render(markdown, CALLS), discord);
    assert.equal(render(markdown).includes('<@1') && !markdown.includes('<@11>'), false);
  });
}
