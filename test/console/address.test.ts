import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { answerOf, openAddress, reasonOf } from '../../src/console/address.ts';
import { openListener } from '../kit/listen.ts';

const secret = (byte: number) => () => Promise.resolve(new Uint8Array(32).fill(byte));

/** A hub with this secret at the address of another one's. */
async function look(answer: RequestListener) {
  await using listener = await openListener(answer);
  return await openAddress({ url: () => listener.url, secret: secret(1) }).look();
}

const nonceOf = (url = ''): string => new URL(url, 'http://hub').searchParams.get('nonce') ?? '';

const proving =
  (byte: number): RequestListener =>
  async ({ url }, response) => {
    const { prove } = openAddress({ url: () => '', secret: secret(byte) });
    response.end(JSON.stringify({ alive: true, proof: await prove(nonceOf(url)) }));
  };

test('a hub that answers at its address knows itself, and says that nobody outside can come there', async () => {
  const { state, problem, fix } = await look(proving(1));
  assert.deepEqual([state, problem], ['local', null]);
  assert.match(fix ?? '', /SWITCHBOARD_URL/);
});

test('another hub, another server and one that says an old word again are not this hub', async () => {
  const old = openAddress({ url: () => '', secret: secret(1) });
  const stale = await old.prove('an-older-nonce-of-this-hub');
  const answers: RequestListener[] = [
    proving(2),
    (_request, response) => response.end('<html>'),
    (_request, response) => response.end(JSON.stringify({ alive: true, proof: stale })),
  ];
  for (const answer of answers) {
    const { state, problem } = await look(answer);
    assert.deepEqual([state, problem], ['failed', 'another-server']);
  }
});

test('a proxy that sends people on, does not reach the hub, or asks who is there is named with what to mend', async () => {
  const found = await Promise.all(
    [301, 502, 401].map((status) =>
      look((_request, response) => response.writeHead(status, { location: 'https://other.example/x' }).end()),
    ),
  );
  assert.deepEqual(
    found.map(({ problem }) => problem),
    ['proxy', 'proxy', 'proxy'],
  );
  assert.match(found[0]?.says ?? '', /https:\/\/other\.example\./);
});

test('a name that is not there, a port without a listener and a bad certificate are told apart', async () => {
  const nowhere = await openAddress({ url: () => 'https://hub.invalid', secret: secret(1) }).look();
  assert.equal(nowhere.problem, 'dns');
  const listener = await openListener(() => {});
  await listener[Symbol.asyncDispose]();
  const closed = await openAddress({ url: () => listener.url, secret: secret(1) }).look();
  assert.equal(closed.problem, 'connection');
  const plain = await look((_request, response) => void response.socket?.destroy());
  assert.equal(plain.problem, 'connection');
  const bad = new TypeError('fetch failed', {
    cause: Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
  });
  assert.equal(reasonOf(bad, 'hub')[0], 'tls');
  assert.equal(answerOf(404, null, 'hub')[0], 'another-server');
});
