import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseMarkdown } from '../../src/model/markdown.ts';
import { withoutForeignLinks } from '../../src/agent/egress.ts';

const NOBODY = { said: '', hosts: [] };
const clean = (text: string): string => withoutForeignLinks(text, NOBODY);

test('an address that nobody named can be read and not followed', () => {
  assert.equal(clean('see https://evil.example/a?b=c now'), 'see hxxps://evil[.]example/a?b=c now');
  assert.equal(clean('[click](https://evil.example/x)'), '[click](hxxps://evil[.]example/x)');
  assert.equal(clean('www.evil.example and evil.com'), 'www[.]evil[.]example and evil[.]com');
});

test('what a person named, or an admin allows, stays a link', () => {
  const said = 'is https://good.example/page (or docs.fine.dev) right?';
  const text = 'Yes: https://good.example/other, docs.fine.dev, https://sub.wiki.example/x';
  assert.equal(withoutForeignLinks(text, { said, hosts: ['wiki.example'] }), text);
  assert.equal(withoutForeignLinks('https://any.example', { said: '', hosts: ['*'] }), 'https://any.example');
  // A host that only ends like one that was named is another one.
  assert.match(withoutForeignLinks('https://notgood.example', { said, hosts: [] }), /hxxps/);
});

test('prose, file names and code keep their form', () => {
  for (const text of [
    'edit src/index.ts and README.md, then run node.js 20.5',
    'AT&T &amp; co: a < b, Array<string>, 10:30, note: this',
    '```sh\ncurl https://evil.example/install\n```',
    '1. one\n2. two\n\n> quoted',
  ])
    assert.equal(clean(text), text);
});

/** Every way in which CommonMark makes a link or an image of something. */
function linksIn(text: string): readonly string[] {
  const found: string[] = [];
  const walk = (node: { type: string; url?: unknown; value?: unknown; children?: unknown }): void => {
    if ((node.type === 'link' || node.type === 'image' || node.type === 'definition') && typeof node.url === 'string')
      found.push(node.url);
    if (node.type === 'html' && typeof node.value === 'string' && /<(a|img)\b/i.test(node.value))
      found.push(node.value);
    if (Array.isArray(node.children)) for (const child of node.children) walk(child);
  };
  walk(parseMarkdown(text));
  return found.filter(leadsAway);
}

/** As a browser understands it on a platform's own page. */
function leadsAway(url: string): boolean {
  if (url.startsWith('<')) return true;
  if (!URL.canParse(url, 'https://platform.example')) return false;
  const { protocol, hostname } = new URL(url, 'https://platform.example');
  return protocol !== 'hxxps:' && protocol !== 'hxxp:' && hostname !== 'platform.example';
}

const DISGUISES: readonly string[] = [
  '[a](https://evil.example)',
  '[a](<https://evil.example/x y>)',
  '![a](https://evil.example/i.png?d=secret)',
  '[a]: https://evil.example\n\n[a]',
  '[a]:\nhttps://evil.example\n\n[a]',
  '<https://evil.example>',
  '[a](https\\://evil.example)',
  '[a](https:\\/\\/evil.example)',
  '[a](https&#58;//evil.example)',
  '[a](https&colon;&sol;&sol;evil.example)',
  '[a](//evil.example)',
  '[a](HTTPS://EVIL.EXAMPLE)',
  '[a](javascript:evil)',
  '[a](data:text/html,evil)',
  '[a](ftp://evil.example)',
  '<a href="https://evil.example">x</a>',
  '<img src=https://evil.example/x>',
  '`code` https://evil.example `code`',
  '| ` | https://evil.example | ` |\n| - | - | - |\n| ` | https://evil.example | ` |',
  'https://good.example@evil.example/',
  '- `\n- https://evil.example\n- `',
  '<javascript:evil>',
  '    [a](https://evil.example)\n[a](https://evil.example)',
  '> ```\nhttps://evil.example\n> ```',
];
test('no disguise makes a link of it', () => {
  for (const text of DISGUISES) assert.deepEqual(linksIn(clean(text)), [], JSON.stringify(text));
});

test('nor does any of them among other marks', () => {
  const piece = fc.oneof(
    fc.constantFrom(...DISGUISES),
    fc.constantFrom(
      '`',
      '```\n',
      '\n',
      '\n\n',
      '- ',
      '> ',
      '| ',
      '\\',
      '<',
      '[',
      ']',
      '(',
      ')',
      '&',
      'word ',
      '~~~\n',
      '    ',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      assert.deepEqual(linksIn(clean(pieces.join(''))), []);
    }),
    { numRuns: 3_000 },
  );
});
