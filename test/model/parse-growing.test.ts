import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseMarkdown } from '../../src/model/markdown.ts';
import { outlineOf } from '../../src/model/outline.ts';
import { growingParser } from '../../src/model/parse-growing.ts';
import { split } from '../../src/model/split.ts';
import { dividing } from '../../src/outbox/divide.ts';

/** What begins, goes on in, and ends blocks of all kinds, with what can be read in two ways. */
const piece = fc.constantFrom(
  ...[
    'word',
    ' ',
    'a sentence. ',
    '**',
    '*',
    '_',
    '~~',
    '`',
    '``',
    '\\',
    '<',
    '>',
    '|',
    '#',
    '-',
    '+',
    '=',
    '1.',
    '2) ',
  ].concat(
    ['\n', '\n', '\n\n', '\n\n', '\n \n', '\r\n', '\r\n\r\n', '\r', '\t', '    ', '  ', '\uFEFF', '\u0000'],
    ['```', '```ts\n', '~~~\n', '\n```\n', '> ', '\n> ', '- ', '\n- ', '\n  - ', '\n1. ', '\n\n   ', '\n\n    '],
    ['# ', '\n## ', '\n---\n', '\n===\n', '\n***\n', '| a | b |\n|---|---|\n| 1 | 2 |\n', '|---|', ' | '],
    [
      '[a]',
      '[a][b]',
      '[b]',
      '\n[b]: /x\n',
      '[b]: ',
      '\n\n> [a]: <y>\n',
      '\n- [a]: /z\n',
      '[^1]',
      '\n[^1]: note\n',
      '[x](/y)',
    ],
    [
      '<div>\n',
      '</div>\n',
      '<!-- ',
      ' -->',
      '<pre>\n',
      '</pre>',
      '<b>',
      '&amp;',
      'https://example.org/a ',
      '<https://a.b>',
      '@anna',
    ],
  ),
);
const texts = fc.array(piece, { minLength: 1, maxLength: 80 }).map((pieces) => pieces.join(''));
const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 });

/** The text as it grows: by these steps, again and again. */
function* growths(text: string, sizes: readonly number[]): Generator<string> {
  for (let at = 0, index = 0; at < text.length; index += 1) {
    at += sizes[index % sizes.length] ?? 1;
    yield text.slice(0, at);
  }
}

test('a growing text has the same outline as one that is read at once', () => {
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1, maxLength: 2 }), steps, (all, sizes) => {
      const parse = growingParser();
      for (const text of all)
        for (const grown of growths(text, sizes))
          assert.deepEqual(outlined(grown, parse(grown)), outlined(grown, parseMarkdown(grown)));
    }),
    { numRuns: 1_500 },
  );
});

test('a growing text is divided as one that is divided at once, also after what is closed', () => {
  fc.assert(
    fc.property(texts, steps, fc.integer({ min: 12, max: 60 }), fc.nat(60), (text, sizes, part, closed) => {
      const limits = { part, measure: (markdown: string) => markdown.replaceAll('&', '&amp;').length };
      const divide = dividing(limits);
      for (const grown of growths(text, sizes))
        for (const from of [0, Math.min(closed, grown.length)])
          assert.deepEqual(divide(grown, from), split(grown, limits, from));
    }),
    { numRuns: 300 },
  );
});

test('a definition in the end of a text changes how its beginning is read', () => {
  const parse = growingParser();
  const text = 'See [it].\n\nOther words.\n\nMore words\n\n';
  parse(text);
  const grown = `${text}[it]: https://example.org\n`;
  assert.deepEqual(outlined(grown, parse(grown)), outlined(grown, parseMarkdown(grown)));
  assert.equal(
    outlined(grown, parse(grown)).atoms.some(({ start }) => start === 4),
    true,
  );
});

test('most of a long text is not read again', () => {
  const parse = growingParser();
  const paragraphs = Array.from({ length: 200 }, (_, index) => `Paragraph ${index} *says* something.\n\n`).join('');
  const blocks = parse(paragraphs).children;
  const again = parse(`${paragraphs}And more`).children;
  assert.equal(
    again.slice(0, 198).every((block, index) => block === blocks[index]),
    true,
  );
});

function outlined(text: string, root: ReturnType<typeof parseMarkdown>) {
  const { lines, ...outline } = outlineOf(text, root);
  return { ...outline, starts: lines.starts };
}
