import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { openTestDatabase } from '../kit/database.ts';
import { startRole } from '../kit/process.ts';
import { PASSWORD } from '../kit/sign-in.ts';
import { openPage } from '../kit/chat-socket.ts';

const SWITCHBOARD_SECRET = Buffer.alloc(32, 7).toString('base64');
const Begun = z.object({ id: z.string() });

test('what one process answers flows to the pages of another, and a page that is open keeps no process from ending', async () => {
  await using database = await openTestDatabase();
  const environment = { DATABASE_URL: database.url, SWITCHBOARD_SECRET };
  const [web, worker] = await Promise.all([startRole('web', environment), startRole('worker', environment)]);
  await using ending = new AsyncDisposableStack();
  for (const role of [web, worker]) ending.defer(role.kill);
  const url = web.url ?? '';
  const token = /first-run#(\S+)/.exec(web.printed())?.[1];
  const ours = { 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin' };
  const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url + path, { method: 'POST', headers: { ...ours, ...headers }, body: JSON.stringify(body) });
  const owner = { token, name: 'Ada', email: 'ada@example.com', password: PASSWORD };
  const came = await post('/api/auth/first-run', owner);
  assert.equal(came.status, 200, await came.text());
  const cookie = came.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
  const { id } = Begun.parse(await (await post('/api/v1/chat', {}, { cookie })).json());
  using page = await openPage({ url, headersOf: () => ({ cookie, origin: url }) }, { id: 'ada' }, id);
  const written = await post(`/api/v1/chat/${id}/messages`, { nonce: 'only-once', text: 'Hello' }, { cookie });
  assert.equal(written.status, 200, await written.text());
  await page.sees((texts) => texts.length >= 2 && texts.every((text) => text !== ''));
  assert.equal(page.missed(), 0);
  assert.deepEqual(await Promise.all([web.stop(), worker.stop()]), [0, 0]);
  await page.closed;
});
