import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Hono } from 'hono';
import { consoleFiles, fits } from '../../src/http/console-files.ts';

let folder: string;
let app: Hono;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'paths.json'), JSON.stringify(['/', '/installs', '/conversations/$id']));
  await writeFile(join(folder, 'index.html'), '<meta name="style-nonce" content="%NONCE%" />');
  await writeFile(join(folder, 'assets/main-abc.js'), 'plain');
  await writeFile(join(folder, 'assets/main-abc.js.br'), 'as brotli');
  await writeFile(join(folder, 'assets/main-abc.js.gz'), 'as gzip');
  await writeFile(join(folder, 'secret.js'), 'of nobody');
  app = new Hono().route('/', consoleFiles(folder, ['https://forms.example']));
  app.notFound((c) => c.text('behind', 404));
});
after(() => rm(folder, { recursive: true }));

const ask = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });

test('the page is shown at the addresses that it knows, and everything else goes on to what stands behind', async () => {
  for (const path of ['/', '/installs', '/installs/', '/conversations/4f'])
    assert.equal((await ask(path)).status, 200, path);
  for (const path of [
    '/install',
    '/conversations',
    '/conversations/',
    '/conversations/4f/x',
    '/api/v1/nothing',
    '/metrics',
  ])
    assert.equal(await (await ask(path)).text(), 'behind', path);
  assert.equal(fits('/a/$b', '/a/b'), true);
  assert.equal(fits('/a/$b', '/a/'), false);
});

test('each answer has a nonce of its own, for styles alone, and nothing else runs but our files', async () => {
  const [one, other] = [await ask('/'), await ask('/')];
  const policy = one.headers.get('content-security-policy') ?? '';
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  assert.equal(Buffer.from(nonce, 'base64').length, 16);
  assert.ok((await one.text()).includes(`content="${nonce}"`));
  assert.equal((await other.text()).includes(nonce), false);
  assert.match(policy, /script-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /form-action 'self' https:\/\/forms\.example/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(one.headers.get('cache-control'), 'no-store');
  assert.equal(one.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(one.headers.get('cross-origin-opener-policy'), 'same-origin');
});

test('whoever came by https is told to stay there', async () => {
  assert.equal((await ask('/')).headers.get('strict-transport-security'), null);
  const secure = await ask('/', { 'x-forwarded-proto': 'https' });
  assert.match(secure.headers.get('strict-transport-security') ?? '', /max-age=31536000/);
});

test('files come in the smallest form that the browser takes, for a year', async () => {
  const read = async (accepted: string): Promise<string> =>
    (await ask('/assets/main-abc.js', { 'accept-encoding': accepted })).text();
  assert.equal(await read('gzip, deflate, br'), 'as brotli');
  assert.equal(await read('gzip;q=1.0'), 'as gzip');
  assert.equal(await read('br;q=0, gzip'), 'as gzip');
  assert.equal(await read('identity'), 'plain');
  const answer = await ask('/assets/main-abc.js', { 'accept-encoding': 'br' });
  assert.equal(answer.headers.get('content-encoding'), 'br');
  assert.equal(answer.headers.get('vary'), 'accept-encoding');
  assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
  assert.equal((await app.request('/assets/main-abc.js', { method: 'HEAD' })).status, 200);
});

test('no file outside of the built ones is reached', async () => {
  for (const path of [
    '/assets/..%2fsecret.js',
    '/assets/%2e%2e%2fsecret.js',
    '/assets/../secret.js',
    '/secret.js',
    '/assets/a%00.js',
  ])
    assert.equal((await ask(path)).status, 404, path);
});

test('a console that was not built says how it is, and takes nothing else away', async () => {
  const none = new Hono().route('/', consoleFiles(join(folder, 'nowhere')));
  const page = await none.request('/');
  assert.equal(page.status, 503);
  assert.match(await page.text(), /npm run build:console/);
  assert.equal((await none.request('/installs')).status, 404);
});
