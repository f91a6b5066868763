import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCheckedFetch, type Reach } from '../../../../src/agent/tools/mcp/checked-fetch.ts';
import { Failure } from '../../../../src/model/failure.ts';
import { openListener } from '../../../kit/listen.ts';

/** What asking an address comes to, and how many connections were made for it. */
async function ask(urlOf: (port: number) => string, reach: Reach): Promise<readonly [string, number]> {
  let connections = 0;
  await using listener = await openListener((incoming, outgoing) => {
    connections += 1;
    if (incoming.url === '/away') outgoing.writeHead(302, { location: 'http://elsewhere.example/' });
    outgoing.end(`hello ${incoming.headers.host?.split(':')[0]}`);
  });
  using checked = openCheckedFetch(reach);
  try {
    const response = await checked.fetch(urlOf(listener.port), { signal: AbortSignal.timeout(3_000) });
    return [`${response.status} ${await response.text()}`, connections];
  } catch (thrown) {
    assert.ok(thrown instanceof Failure, String(thrown));
    return [`${thrown.code}: ${thrown.message}`, connections];
  }
}

const named = (port: number): string => `http://tools.example:${port}/`;

test('a name is looked up when it is connected to, and what was found is what is connected to', async () => {
  const reach = { allowPrivate: true, resolve: () => Promise.resolve(['127.0.0.1']) };
  assert.deepEqual(await ask(named, reach), ['200 hello tools.example', 1]);
});

test('a name that leads inside by now leads nowhere, even if it also leads outside', async () => {
  for (const addresses of [['127.0.0.1'], ['93.184.215.14', '169.254.169.254'], ['::ffff:10.0.0.1'], []]) {
    const reach = { allowPrivate: false, resolve: () => Promise.resolve(addresses) };
    const [said, connections] = await ask((port) => `https://tools.example:${port}/`, reach);
    assert.match(said, /^refused: tools\.example is not in the public internet/);
    assert.equal(connections, 0);
  }
});

test('an address that is no name is looked at as well, and so are its scheme and its user', async () => {
  const reach = { allowPrivate: false };
  const says = async (urlOf: (port: number) => string) => (await ask(urlOf, reach))[0];
  assert.match(await says((port) => `https://127.0.0.1:${port}/`), /^refused: 127\.0\.0\.1 is not in the public/);
  assert.match(await says((port) => `https://[::1]:${port}/`), /^refused: \[::1\] is not in the public/);
  assert.match(await says(() => 'https://2130706433/'), /^refused/);
  assert.match(await says(() => 'http://93.184.215.14/'), /^refused: .* has to be reached by https/);
  assert.match(await says(() => 'https://me:secret@tools.example/'), /^refused: tools\.example: a password/);
});

test('a redirection is told and not followed', async () => {
  const reach = { allowPrivate: true, resolve: () => Promise.resolve(['127.0.0.1']) };
  assert.deepEqual(await ask((port) => `${named(port)}away`, reach), ['302 hello tools.example', 1]);
});
