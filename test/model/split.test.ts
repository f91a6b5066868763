import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { leavesFenceOpen } from './leaves-fence-open.ts';
import { parseMarkdown } from '../../src/model/markdown.ts';
import { split } from '../../src/model/split.ts';
import type { Part } from '../../src/model/split.ts';

const length = (text: string): number => text.length;
/** Escaping as Slack does it: three characters cost more than one. */
const escaped = (text: string): number => text.replace(/&/g, '&amp;').replace(/[<>]/g, '&lt;').length;
const bytes = (text: string): number => Buffer.byteLength(text);

const pieces = (text: string, part: number, measure = length): string[] =>
  split(text, { part, measure }).map((piece) => piece.text);

function assertSound(text: string, parts: readonly Part[], part: number, measure = length): void {
  assert.equal(parts.map((piece) => piece.source).join(''), text);
  for (const piece of parts) {
    assert.ok(measure(piece.text) <= part, `a part of ${measure(piece.text)} > ${part}`);
    assert.notEqual(piece.source, '');
    assert.ok(!leavesFenceOpen(piece.text), `a fence is left open in ${JSON.stringify(piece.text.slice(0, 200))}`);
    if (text.trim() !== '') assert.notEqual(piece.text.trim(), '');
  }
}

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }).map((text) => text.replace(/\s/g, 'x'));
const sentence = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => `${words.join(' ')}.`);
const line = fc.oneof(sentence, fc.constantFrom('', '    x = 1', '- a', '> q', '`code`', '@anna', '<@U123>', '**b**'));
const block = fc.oneof(
  sentence,
  sentence.map((text) => `## ${text}`),
  fc.array(sentence, { minLength: 1, maxLength: 6 }).map((items) => items.map((item) => `- ${item}`).join('\n')),
  fc
    .array(sentence, { minLength: 1, maxLength: 4 })
    .map((items) => items.map((item, at) => `${at + 1}. ${item}\n   - deep\n     1. deeper`).join('\n')),
  fc.array(line, { maxLength: 12 }).map((lines) => ['```ts', ...lines, '```'].join('\n')),
  fc
    .array(line, { maxLength: 12 })
    .map((lines) => ['- x', '  ~~~', ...lines.map((text) => `  ${text}`), '  ~~~'].join('\n')),
  fc.array(line, { maxLength: 12 }).map((lines) => ['> ```', ...lines.map((text) => `> ${text}`), '> ```'].join('\n')),
  fc
    .array(word, { minLength: 1, maxLength: 9 })
    .map((cells) =>
      ['| a | b |', '|---|---|', ...cells.map((cell) => `| ${cell.replace(/\|/g, '')} | 1 |`)].join('\n'),
    ),
  fc.tuple(word, fc.webUrl()).map(([text, url]) => `See [${text}](${url}) and ![x](${url}) or ${url} and <${url}>.`),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '```',
    '~~~~',
    '<!-- nothing to see -->',
    '<details>\n<summary>x</summary>\n',
    '\r\n\r\n',
    '\t',
    '\u0000',
    '[a]: /b',
    '***',
    '\uFEFF# x',
  ),
);
const document = fc
  .tuple(fc.array(block, { maxLength: 12 }), fc.constantFrom('\n\n', '\n', '\r\n\r\n'))
  .map(([blocks, between]) => blocks.join(between));

test('the sources joined are the text, every part fits and closes its fences, whatever the text', () => {
  fc.assert(
    fc.property(
      document,
      fc.integer({ min: 40, max: 400 }),
      fc.constantFrom(length, escaped, bytes),
      (text, part, measure) => {
        assertSound(text, split(text, { part, measure }), part, measure);
      },
    ),
    { numRuns: 250 },
  );
});

test('the same holds for arbitrary Unicode and absurdly small parts', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...Array.from('`~*_[]()<>|-#\n\r\t >1.@!:')),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 300,
  });
  fc.assert(
    fc.property(text, fc.integer({ min: 16, max: 80 }), (text, part) => {
      assertSound(text, split(text, { part, measure: length }), part);
    }),
    { numRuns: 800 },
  );
});

test('the same text is always divided in the same way', () => {
  fc.assert(
    fc.property(document, (text) => {
      assert.deepEqual(split(text, { part: 90, measure: length }), split(text, { part: 90, measure: length }));
    }),
    { numRuns: 50 },
  );
});

test('every part of a divided table begins with its header', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 60, max: 400 }), (rows, part) => {
      const header = '| name | value |\n|------|------:|\n';
      const text = header + Array.from({ length: rows }, (_, row) => `| row ${row} | ${row * 7} |\n`).join('');
      const parts = split(text, { part, measure: length });
      assertSound(text, parts, part);
      for (const piece of parts) assert.ok(piece.text.startsWith(header));
      assert.equal(
        parts.map((piece) => piece.text.split(header)[1]?.trim()).join('\n'),
        text.slice(header.length).trim(),
      );
    }),
    { numRuns: 60 },
  );
});

test('graphemes stay whole', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('👩‍👩‍👧‍👦', '🇩🇪', 'é', 'a', '漢', 'นี้', '👍🏽'), { maxLength: 120 }), (clusters) => {
      const parts = split(clusters.join(''), { part: 30, measure: length });
      const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
      const whole = [...segmenter.segment(clusters.join(''))].map(({ segment }) => segment);
      const seen = parts.flatMap((piece) => [...segmenter.segment(piece.source)].map(({ segment }) => segment));
      // A flag at a cut is the same two letters either way; everything else must come out as it went in.
      assert.deepEqual(seen, whole);
    }),
    { numRuns: 100 },
  );
});

test('an empty text has no parts and a short one is one part, as it is', () => {
  assert.deepEqual(split('', { part: 10, measure: length }), []);
  assert.deepEqual(split('hello\n', { part: 10, measure: length }), [{ source: 'hello\n', text: 'hello\n' }]);
});

test('prefers to cut before a heading, then between blocks, items, sentences and words', () => {
  const filler = 'word '.repeat(9).trim();
  assert.deepEqual(pieces(`${filler}.\n\n## Next\n\n${filler}.\n\n${filler}.`, 70), [
    `${filler}.\n\n`,
    `## Next\n\n${filler}.\n\n`,
    `${filler}.`,
  ]);
  assert.deepEqual(pieces('- one one one\n- two two two\n- three three', 30), [
    '- one one one\n- two two two\n',
    '- three three',
  ]);
  assert.deepEqual(pieces('It is so. It was so. It will be so.', 24), ['It is so. It was so. ', 'It will be so.']);
  assert.deepEqual(pieces('alpha beta gamma delta', 12), ['alpha beta ', 'gamma delta']);
  assert.deepEqual(pieces('abcdefghijklmnop', 6), ['abcdef', 'ghijkl', 'mnop']);
});

test('a fence that fits a part is moved there whole', () => {
  const code = `\`\`\`js\n${'x = 1;\n'.repeat(6)}\`\`\``;
  assert.deepEqual(pieces(`Some words before it.\n\n${code}`, 60), ['Some words before it.\n\n', code]);
});

test('a fence larger than a part is cut between lines, closed and opened again with its info string', () => {
  const text = `\`\`\`\`python title="a"\n${'print(1)\n'.repeat(12)}\`\`\`\`\nDone.`;
  const parts = pieces(text, 80);
  assert.ok(parts.length > 2);
  for (const part of parts.slice(0, -1)) {
    assert.match(part, /^`{4}python title="a"\n(print\(1\)\n)+`{4}\n?$/);
  }
  assert.match(parts.at(-1) ?? '', /^`{4}python title="a"\n(print\(1\)\n)+`{4}\nDone\.$/);
});

test('a fence in a list and one in a quote are opened again where they stood', () => {
  const list = `1. Do this:\n\n   \`\`\`sh\n${'   echo hello\n'.repeat(8)}   \`\`\`\n2. Done.`;
  assertSound(list, split(list, { part: 60, measure: length }), 60);
  assert.match(pieces(list, 60)[1] ?? '', /^```sh\n(echo hello\n)+```/);
  const quote = `> \`\`\`\n${'> echo hello\n'.repeat(8)}> \`\`\``;
  for (const part of pieces(quote, 60)) assert.match(part, /^> ```\n(> echo hello\n)+> ```/);
});

test('a line of code longer than a part is cut between graphemes inside its fence', () => {
  const text = `\`\`\`\n${'👍🏽'.repeat(60)}\n\`\`\``;
  const parts = pieces(text, 50);
  for (const part of parts) assert.match(part, /^```\n(👍🏽)+\n```$/u);
});

test('links, images, inline code, mentions, addresses and comments stay whole', () => {
  for (const atom of [
    '[a b c](https://a.example/b)',
    '![a b c d e](https://a.b)',
    '`a b c d e f g`',
    '<@U0123456789>',
    'https://example.com/a/b/c',
    '<!-- a b c d e -->',
    '@some.body_here',
  ]) {
    for (let before = 0; before < 40; before += 1) {
      const parts = split(`${'x'.repeat(before)} ${atom} more words`, { part: 40, measure: length });
      assert.ok(
        parts.some((part) => part.text.includes(atom)),
        `${atom} after ${before}`,
      );
    }
  }
});

test('an item deep in a list does not become code when it begins a part', () => {
  const text = '- one\n  - two\n    - three three three\n    - four four four\n    - five five five';
  for (const part of pieces(text, 44)) {
    assert.equal(parseMarkdown(part).children[0]?.type, 'list');
  }
});

test('a row larger than a part is broken, and the rows after it stand below the header again', () => {
  const header = '| a | b |\n|---|---|\n';
  const parts = pieces(`${header}| ${'long '.repeat(30)}| 1 |\n| x | 2 |\n| y | 3 |`, 60);
  assert.equal(parts.at(-1), `${header}| x | 2 |\n| y | 3 |`);
});

test('what fits a part by a hair is not broken', () => {
  for (let spare = 0; spare <= 15; spare += 1) {
    const link = `[${'a '.repeat(20)}](https://e.example/${'x'.repeat(38 - spare)})`;
    assert.equal(link.length, 100 - spare);
    assert.ok(pieces(`Some words ${link} and more.`, 100).some((part) => part.includes(link)));
    const row = `| ${'x '.repeat(30)}|\n`;
    const table = `| a |\n|---|\n${row}`;
    assert.equal(pieces(`${table}${row.repeat(3)}`, table.length + spare).length, 4);
    for (const part of pieces(`${table}${row.repeat(3)}`, table.length + spare)) assert.equal(part, table);
  }
});

test('the second half of a long quotation is still a quotation', () => {
  for (const part of pieces(`> ${'word '.repeat(40)}`, 60)) assert.match(part, /^> word/);
});

test('blank lines at the beginning make no part of their own, even before something that does not fit', () => {
  assert.match(pieces(`\n\r\n   <details>${'x'.repeat(60)}</details>\n`, 40)[0] ?? '', /^\s*<details>x+$/);
  assert.equal(pieces(`\n\n${' '.repeat(60)}word`, 40).join('|'), 'word');
});

test('a fence that the text leaves open is closed in the part', () => {
  assert.deepEqual(pieces('```js\nlet a', 40), ['```js\nlet a\n```']);
});

test('words are not cut so that a list, a heading or a fence begins by mistake', () => {
  const text = 'We have 3 apples - 4 pears # 5 plums ``` and so on';
  for (let part = 18; part < 50; part += 1) {
    for (const piece of pieces(text, part)) assert.equal(parseMarkdown(piece).children[0]?.type, 'paragraph');
  }
});
