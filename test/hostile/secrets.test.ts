import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { InboundRequest } from '../../src/model/adapter.ts';
import { openTestDatabase } from '../kit/database.ts';
import type { HubRole } from '../kit/process.ts';
import { startRole } from '../kit/process.ts';
import { BROKEN } from './bodies.ts';
import { nodesOf, put, withEveryText } from './mutate.ts';
import type { Platform } from './platforms.ts';
import { openPlatforms } from './platforms.ts';

// The real program at its most talkative, with secrets wherever a sender can put them.

const closers = new AsyncDisposableStack();
let hub: HubRole;
let platforms: Awaited<ReturnType<typeof openPlatforms>>;
before(async () => {
  platforms = closers.use(await openPlatforms());
  const database = closers.use(await openTestDatabase());
  const credentials = platforms.all.map((platform) => platform.credentials);
  const environment: Record<string, string> = Object.assign({}, ...credentials);
  hub = await startRole('web', { ...environment, DATABASE_URL: database.url, LOG_LEVEL: 'trace' });
  closers.defer(async () => void (await hub.stop()));
});
after(() => closers.disposeAsync());

/** In a header, in a payload, in an address. */
const CANARY = { header: 'canary-header-7f3a91', payload: 'canary-payload-b81c42', address: 'canary-address-55d0e7' };

type Answered = { readonly status: number; readonly text: string };

async function send(request: InboundRequest, path = request.url): Promise<Answered> {
  const headers = new Headers({ 'x-canary': CANARY.header, cookie: `session=${CANARY.header}` });
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, value);
  const init = { method: request.method, headers, body: Buffer.from(request.body) };
  const answer = await fetch(new URL(path, hub.url), init);
  const told = [...answer.headers].flat().join(' ');
  return { status: answer.status, text: `${told} ${await answer.text()}` };
}

/** Requests that are signed, and hold a secret in the place of each and of all of their texts. */
async function* signed(platform: Platform): AsyncGenerator<InboundRequest> {
  for (const [, body] of BROKEN) yield platform.sign(body);
  for (const { body, headers } of platform.samples.filter(({ body }) => body.startsWith('{')).slice(0, 2)) {
    yield platform.sign(withEveryText(body, CANARY.payload), headers);
    const count = nodesOf({ value: JSON.parse(body) }).length;
    for (let index = 0; index < count; index += 1) {
      const root: { value: unknown } = { value: JSON.parse(body) };
      const node = nodesOf(root)[index];
      if (node !== undefined) put(node, CANARY.payload);
      yield platform.sign(JSON.stringify(root.value), headers);
    }
  }
}

/** Requests that are not signed for us: every header that decides is a secret of somebody's. */
async function* forged(platform: Platform): AsyncGenerator<InboundRequest> {
  const genuine = await platform.sign(platform.samples[0]?.body ?? '{}');
  for (const name of Object.keys(genuine.headers))
    for (const value of [CANARY.header, `Bearer ${CANARY.header}.${CANARY.header}.x`, `v0=${CANARY.header}`])
      yield { ...genuine, headers: { ...genuine.headers, [name]: value } };
  for (const header of ['authorization', 'x-slack-signature', 'x-hub-signature-256', 'x-signature-ed25519'])
    yield { ...genuine, headers: { [header]: CANARY.header }, body: Buffer.from(CANARY.payload) };
  yield { ...genuine, body: Buffer.alloc(platform.listing.bodyLimit + 1, CANARY.payload) };
  yield { ...genuine, headers: { ...genuine.headers, 'content-encoding': CANARY.header } };
}

const secretsOf = (): readonly string[] => [
  ...Object.values(CANARY),
  ...platforms.all.flatMap(({ secrets }) => secrets),
];

const tells = (text: string): readonly string[] =>
  secretsOf().filter((secret) => secret !== '' && text.includes(secret));

test('hostile input makes the hub tell no secret: not in an answer, not in its log, not in its figures', async () => {
  let count = 0;
  for (const platform of platforms.all) {
    for await (const request of signed(platform)) {
      const { status, text } = await send(request);
      assert.deepEqual([status < 500, tells(text)], [true, []], `${platform.name}: ${status} ${text.slice(0, 500)}`);
      count += 1;
    }
    for await (const request of forged(platform)) {
      const { status, text } = await send(request).catch(() => ({ status: 413, text: '' }));
      assert.deepEqual([status < 500, tells(text)], [true, []], `${platform.name}: ${status} ${text.slice(0, 500)}`);
      count += 1;
    }
    const away = await send(await platform.sign('{}'), `/hooks/${CANARY.address}?token=${CANARY.address}`);
    assert.deepEqual([away.status, tells(away.text)], [404, []]);
  }
  assert.ok(count > 300, `only ${count}`);
  for (const path of ['/metrics', '/readyz', '/healthz', `/hooks/${CANARY.address}`]) {
    const text = await (await fetch(new URL(path, hub.url))).text();
    assert.deepEqual(tells(text), [], path);
  }
  // A delivery's id is no secret: by it an admin finds in the platform's own log what is in ours.
  const printed = hub.printed().replaceAll(/"delivery":"[^"]*"/g, '');
  assert.ok(printed.includes('a delivery is committed') && printed.includes('a delivery was refused'));
  assert.deepEqual(
    printed.split('\n').filter((line) => tells(line).length > 0),
    [],
  );
});
