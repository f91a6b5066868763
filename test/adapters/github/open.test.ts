import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openGithub } from '../../../adapters/github/index.ts';
import { listing } from '../../../adapters/github/listing.ts';
import { privateKeyOf } from '../../../adapters/github/private-key.ts';
import { openGithubStandIn } from '../../../sandbox/github/index.ts';
import type { GithubStandIn } from '../../../sandbox/github/index.ts';
import { soon } from './hub.ts';

let github: GithubStandIn;
before(async () => {
  github = await openGithubStandIn();
});
after(() => github[Symbol.asyncDispose]());

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' });
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' });

for (const [form, value] of [
  ['as in the file', pkcs1],
  ['as PKCS#8', pkcs8],
  ['with escaped line breaks', pkcs1.replaceAll('\n', String.raw`\n`)],
  ['in quotes', `"${pkcs1.replaceAll('\n', String.raw`\n`)}"`],
  ['with Windows line ends', pkcs1.replaceAll('\n', '\r\n')],
  ['as base64 of the file', Buffer.from(pkcs1).toString('base64')],
] as const) {
  test(`a private key is taken ${form}`, () => assert.equal(privateKeyOf(value), pkcs8));
}

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

for (const [variable, value] of [
  ['APP_ID', undefined],
  ['APP_ID', 'my-app'],
  ['PRIVATE_KEY', undefined],
  ['PRIVATE_KEY', '-----BEGIN RSA PRIVATE KEY-----'],
  ['PRIVATE_KEY', 'c2VjcmV0LWtleS1tYXRlcmlhbA=='],
  ['PRIVATE_KEY', elliptic],
  ['WEBHOOK_SECRET', undefined],
  ['WEBHOOK_SECRET', ' '],
  ['GITHUB_API_URL', 'http://github.example'],
  ['GITHUB_APP_SLUG', 'my app'],
] as const) {
  test(`${variable} = ${String(value).slice(0, 20)} is refused by its name, without telling it`, async () => {
    const credentials = { ...github.environment, [variable]: value };
    await assert.rejects(openGithub(credentials, soon()), (thrown: Error & { code?: string }) => {
      assert.equal(thrown.code, 'invalid');
      assert.match(thrown.message, new RegExp(variable));
      assert.ok(value === undefined || value.length < 20 || !thrown.message.includes(value));
      return true;
    });
  });
}

test('without GITHUB_APP_SLUG the app is asked for its name', async () => {
  github.ledger.clear();
  await listing.open({ ...github.environment, GITHUB_APP_SLUG: undefined }, soon());
  assert.deepEqual(
    github.ledger.entries.map((entry) => entry.call),
    ['GET /app'],
  );
});

test('with GITHUB_APP_SLUG nobody is asked', async () => {
  github.ledger.clear();
  await listing.open(github.environment, soon());
  assert.deepEqual(github.ledger.entries, []);
});

test('a key that is not the app’s is refused by the names of both variables', async () => {
  const credentials = { ...github.environment, PRIVATE_KEY: pkcs8, GITHUB_APP_SLUG: undefined };
  await assert.rejects(openGithub(credentials, soon()), { code: 'invalid', message: /APP_ID with this PRIVATE_KEY/ });
});

test('the stand-in has every variable that the listing asks for', () => {
  for (const name of listing.required) assert.ok(github.environment[name], name);
});
