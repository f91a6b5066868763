import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openGuard } from '../../../../src/agent/tools/builtin/http-guard.ts';
import { isPublic } from '../../../../src/model/public-address.ts';

const INSIDE = [
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:db8::1',
  'no address',
];
for (const address of INSIDE)
  test(`${address} is not the public internet`, () => assert.equal(isPublic(address), false));

test('public addresses are', () => {
  for (const address of ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'])
    assert.equal(isPublic(address), true);
});

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'docs.example.com': ['93.184.215.14'],
  'example.com': ['93.184.215.14'],
  'inside.example.com': ['10.0.0.7'],
  'both.example.com': ['93.184.215.14', '127.0.0.1'],
};
const guard = openGuard(
  ['*.example.com', 'http://plain.example.org', 'other.example.org:8443', '127.0.0.1', '[::1]'],
  (host) => Promise.resolve(ADDRESSES[host] ?? ['93.184.215.14']),
  isPublic,
);
const check = (url: string): Promise<string> => guard.check(new URL(url));

test('what stands in the list is let through, with the address to connect to', async () => {
  assert.equal(await check('https://docs.example.com/a?b'), '93.184.215.14');
  assert.equal(await check('https://DOCS.example.com./'), '93.184.215.14');
  assert.equal(await check('http://plain.example.org/'), '93.184.215.14');
  assert.equal(await check('https://other.example.org:8443/'), '93.184.215.14');
});

const REFUSED: readonly (readonly [what: string, url: string])[] = [
  ['another host', 'https://example.net/'],
  ['the domain itself, where only names below it are allowed', 'https://example.com/'],
  ['a name that only ends alike', 'https://badexample.com/'],
  ['a name that only begins alike', 'https://docs.example.com.evil.net/'],
  ['no TLS, where it is not allowed', 'http://docs.example.com/'],
  ['TLS where http is what is allowed', 'https://plain.example.org/'],
  ['another port', 'https://docs.example.com:8443/'],
  ['the usual port, where another one is allowed', 'https://other.example.org/'],
  ['a password in the address', 'https://a:b@docs.example.com/'],
  ['a name that leads inside', 'https://inside.example.com/'],
  ['a name that leads inside, too', 'https://both.example.com/'],
  ['this machine, even where somebody lists it', 'https://127.0.0.1/'],
  ['this machine in other clothes', 'https://2130706433/'],
  ['this machine by IPv6', 'https://[::1]/'],
];
for (const [what, url] of REFUSED)
  test(`refused: ${what}`, async () => assert.rejects(check(url), { code: 'refused' }));
