import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { withoutForeignLinks } from '../../src/agent/egress.ts';
import { DISGUISES, linksIn } from '../kit/injection/disguises.ts';

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
      '  ',
      '  ```\n',
      '<div>\n',
      '1. ',
      '```',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      assert.deepEqual(linksIn(clean(pieces.join(''))), []);
    }),
    { numRuns: 3_000 },
  );
});
