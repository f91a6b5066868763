import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMrkdwn } from '../../../adapters/slack/read-mrkdwn.ts';
import { readRichText } from '../../../adapters/slack/read-rich-text.ts';
import { render } from '../../../adapters/slack/render.ts';

const reading: readonly [what: string, mrkdwn: string, markdown: string][] = [
  ['bold, italic, struck', '*a* _b_ ~c~', '**a** *b* ~~c~~'],
  ['marks in marks', '*a _b_*', '**a *b***'],
  ['marks inside words stay letters', 'snake_case_name 2*3*4', 'snake_case_name 2*3*4'],
  ['code is left alone', '`*a*` x', '`*a*` x'],
  ['a block of code becomes a fenced one', 'x```a &lt; *b*\nc```y', 'x\n```\na < *b*\nc\n```\ny'],
  ['the three escaped letters come back', '&lt;b&gt; &amp;amp; &quot;', '<b> &amp; &quot;'],
  ['our mention goes, with its space', 'a <@UBOT> b', 'a b'],
  ['our mention goes at the beginning', '<@UBOT> b', 'b'],
  ['other people stay', '<@U1> <@U2|bob> <#C1|general> <#C2>', '@U1 @bob #general #C2'],
  ['groups and calls are letters', '<!here> <!subteam^S1|@eng> <!subteam^S2>', '@here @eng @S2'],
  ['dates show their fallback', '<!date^1^{date}|Monday>', 'Monday'],
  [
    'links',
    '<https://e.org/a_b_c|the *site*> <https://e.org?a=1&amp;b=2>',
    '[the *site*](https://e.org/a_b_c) <https://e.org?a=1&b=2>',
  ],
  ['mail addresses', '<mailto:a@e.org|a@e.org>', '<mailto:a@e.org>'],
  ['a label with brackets', '<https://e.org|a]b>', String.raw`[a\]b](https://e.org)`],
  ['quotes and bullets', '&gt; q\n• a\n    ◦ b', '> q\n- a\n    - b'],
  ['an unclosed bracket', 'a < b <@UBOT', 'a < b <@UBOT'],
  ['nothing', '', ''],
];
for (const [what, mrkdwn, markdown] of reading) {
  test(`mrkdwn in: ${what}`, () => assert.equal(readMrkdwn(mrkdwn, 'UBOT'), markdown));
}

test('long hostile mrkdwn is read in no time', () => {
  const began = performance.now();
  for (const text of [
    '*a '.repeat(13_000),
    '<'.repeat(40_000),
    '`'.repeat(40_000),
    '_'.repeat(40_000),
    ' <'.repeat(20_000),
  ]) {
    readMrkdwn(text, 'UBOT');
  }
  assert.ok(performance.now() - began < 1500);
});

const rich = (...elements: object[]): object[] => [{ type: 'rich_text', elements }];
const section = (...elements: object[]): object => ({ type: 'rich_text_section', elements });
const say = (text: string, style?: object): object => ({ type: 'text', text, ...(style && { style }) });

const editors: readonly [what: string, blocks: unknown, markdown: string | undefined][] = [
  [
    'marks touch their words',
    rich(section(say('a '), say('b ', { bold: true }), say('c', { italic: true, strike: true }))),
    'a **b** ~~*c*~~',
  ],
  [
    'letters that look like marks are letters',
    rich(section(say('*a* snake_case `x` 2 * 3 <b> [t](u)'))),
    String.raw`\*a\* snake_case \`x\` 2 * 3 \<b> [t\](u)`,
  ],
  ['our mention goes', rich(section(say('hey '), { type: 'user', user_id: 'UBOT' }, say(' you'))), 'hey you'],
  [
    'people, channels, calls, emoji',
    rich(
      section(
        { type: 'user', user_id: 'U1' },
        say(' '),
        { type: 'channel', channel_id: 'C1' },
        say(' '),
        { type: 'broadcast', range: 'here' },
        say(' '),
        { type: 'emoji', name: 'wave', unicode: '1f44b' },
        { type: 'emoji', name: 'custom' },
      ),
    ),
    '@U1 #C1 @here 👋:custom:',
  ],
  [
    'code and links',
    rich(section(say('a`b', { code: true }), say(' '), { type: 'link', url: 'https://e.org', text: 'E' })),
    '`` a`b `` [E](https://e.org)',
  ],
  [
    'lists with depth and numbers',
    rich(
      { type: 'rich_text_list', style: 'ordered', elements: [section(say('a'))] },
      { type: 'rich_text_list', style: 'bullet', indent: 1, elements: [section(say('b')), section(say('c'))] },
      { type: 'rich_text_list', style: 'ordered', offset: 1, elements: [section(say('d'))] },
    ),
    '1. a\n\n    - b\n    - c\n\n2. d',
  ],
  ['quotes', rich({ type: 'rich_text_quote', elements: [say('a\nb')] }, section(say('c'))), '> a\n> b\n\nc'],
  ['blocks of code', rich({ type: 'rich_text_preformatted', elements: [say('```\nx *y*')] }), '````\n```\nx *y*\n````'],
  ['an element that is not known here', rich(section({ type: 'hologram' })), undefined],
  ['blocks that are no text of a person', [{ type: 'section' }], undefined],
  ['no blocks', undefined, undefined],
];
for (const [what, blocks, markdown] of editors) {
  test(`editor in: ${what}`, () => assert.equal(readRichText(blocks, 'UBOT'), markdown));
}

const writing: readonly [what: string, markdown: string, mrkdwn: string][] = [
  ['marks', '**a** *b* ~~c~~ `d`', '*a* _b_ ~c~ `d`'],
  [
    'nobody can be called',
    '<!channel> <!here> <@U1> <#C1> <!subteam^S1>',
    '&lt;!channel&gt; &lt;!here&gt; &lt;@U1&gt; &lt;#C1&gt; &lt;!subteam^S1&gt;',
  ],
  [
    'nobody can be called through a link',
    '[<!channel>](https://e.org/<!here>)',
    '<https://e.org/&lt;!here&gt;|&lt;!channel&gt;>',
  ],
  [
    'nobody can be called from code',
    '`<!channel>`\n\n```\n<!channel>\n```',
    '`&lt;!channel&gt;`\n\n```\n&lt;!channel&gt;\n```',
  ],
  ['the three letters are escaped once', 'a & b < c &amp; d', 'a &amp; b &lt; c &amp; d'],
  ['headings are bold, and bold in them is not doubled', '# a **b**', '*a b*'],
  ['links', '[t](https://e.org?a=1&b=2|c) <https://e.org>', '<https://e.org?a=1&amp;b=2%7Cc|t> <https://e.org>'],
  ['addresses that Slack does not link', '[t](/relative) [u](javascript:alert(1))', 't u'],
  ['images are links', '![alt](https://e.org/i.png)', '<https://e.org/i.png|alt>'],
  ['lists in lists', '1. a\n   - b\n2. c', '1. a\n    • b\n2. c'],
  ['a list that begins later', '3. a\n4. b', '3. a\n4. b'],
  ['tasks', '- [x] a\n- [ ] b', '• ☑ a\n• ☐ b'],
  ['quotes', '> a\n> b\n>\n> > c', '> a\n> b\n> c'],
  ['tables are code', '|a|b|\n|-|-:|\n|1<|22|', '```\na   |   b\n----|----\n1&lt;  |  22\n```'],
  ['three backticks inside code do not end it', '````\n```\n````', '```\n`\u200B`\u200B`\n```'],
  ['a rule', 'a\n\n---\n\nb', 'a\n\n──────────\n\nb'],
  ['footnotes', 'a[^1]\n\n[^1]: n', 'a[1]\n\n[1] n'],
  ['html is shown as letters', '<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
  ['a line broken on purpose', 'a  \nb', 'a\nb'],
];
for (const [what, markdown, mrkdwn] of writing) {
  test(`mrkdwn out: ${what}`, () => assert.equal(render(markdown), mrkdwn));
}

test('what is written and read again says the same', () => {
  for (const markdown of ['**a** *b* ~~c~~ `d` e', '[t](https://e.org/x)', '> q', 'x\n```\ncode <b>\n```']) {
    assert.equal(readMrkdwn(render(markdown), ''), markdown.replace('x\n```', 'x\n\n\n```'));
  }
});

test('an emoji of more code points than the stack holds is its name', () => {
  const emoji = { type: 'emoji', name: 'odd', unicode: '1f600-'.repeat(200_000).slice(0, -1) };
  const blocks = [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [emoji] }] }];
  assert.equal(readRichText(blocks, ''), ':odd:');
});

test('marks are read alike however many are open, and in no more than a moment', () => {
  const before = process.threadCpuUsage();
  assert.equal(readMrkdwn('*a '.repeat(40_000), '').length, 3 * 40_000 - 1);
  assert.ok(process.threadCpuUsage(before).user < 300_000);
  assert.equal(readMrkdwn('*a* *b _c_* *d', ''), '**a** **b *c*** *d');
  assert.equal(readMrkdwn('* a* _b_c ~d~', ''), '* a* _b_c ~~d~~');
});
