import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { openGithubStandIn } from '../../../sandbox/github/index.ts';
import type { GithubStandIn } from '../../../sandbox/github/index.ts';
import { openListener } from '../../kit/listen.ts';

let github: GithubStandIn;
let token: string;
const REPO = '/repos/acme/greeter';

type Claims = { iss?: string; iat?: number; exp?: number };

function jwt(claims: Claims = {}, options: { alg?: string; key?: KeyObject } = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { alg = 'RS256', key = createPrivateKey(github.environment['PRIVATE_KEY'] ?? '') } = options;
  const filled = { iss: github.environment['APP_ID'], iat: now - 30, exp: now + 500, ...claims };
  const signed = `${part({ alg, typ: 'JWT' })}.${part(filled)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

async function ask(method: string, path: string, body?: object, given: Record<string, string> = {}) {
  const headers = { authorization: `token ${token}`, ...given };
  const response = await fetch(github.url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

const asApp = (method: string, path: string, bearer = jwt()) =>
  ask(method, path, undefined, { authorization: `bearer ${bearer}` });

const numbered = z.looseObject({ id: z.int() });
const idOf = (answer: { json: unknown }): number => numbered.parse(answer.json).id;
const messageOf = (answer: { json: unknown }): string =>
  z.looseObject({ message: z.string() }).parse(answer.json).message;

before(async () => {
  github = await openGithubStandIn();
  const made = await asApp('POST', `/app/installations/${github.installation}/access_tokens`);
  token = z.looseObject({ token: z.string() }).parse(made.json).token;
});
after(() => github[Symbol.asyncDispose]());

test('the app is known by a JWT that its key signed', async () => {
  const answer = await asApp('GET', '/app');
  assert.equal(answer.status, 200);
  assert.equal(z.looseObject({ slug: z.string() }).parse(answer.json).slug, 'switchboard-dev');
});

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const now = Math.floor(Date.now() / 1000);
for (const [what, claims, options] of [
  ['of another key', {}, { key: stranger }],
  ['that names another algorithm', {}, { alg: 'none' }],
  ['of another app', { iss: '1' }, {}],
  ['that is over', { exp: now - 1 }, {}],
  ['that lasts longer than ten minutes', { exp: now + 700 }, {}],
  ['of the future', { iat: now + 300 }, {}],
] as const) {
  test(`a JWT ${what} is refused`, async () => {
    const answer = await asApp('GET', '/app', jwt(claims, options));
    assert.equal(answer.status, 401);
    assert.ok(z.looseObject({ message: z.string(), documentation_url: z.string() }).safeParse(answer.json).success);
  });
}

test('an installation token is needed for the repository, and a JWT is none', async () => {
  assert.equal((await ask('GET', REPO)).status, 200);
  assert.equal((await asApp('GET', REPO)).status, 401);
  assert.equal((await ask('GET', REPO, undefined, { authorization: '' })).status, 401);
  assert.equal((await ask('GET', '/repos/other/greeter')).status, 404);
  assert.equal((await asApp('POST', '/app/installations/1/access_tokens')).status, 404);
});

test('the pull request is a real difference in a real repository', async () => {
  const { gitDir, headSha } = github.repository;
  const pull = await ask('GET', `${REPO}/pulls/1`);
  const { head, base } = z
    .looseObject({ head: z.looseObject({ sha: z.string() }), base: z.looseObject({ sha: z.string() }) })
    .parse(pull.json);
  assert.equal(head.sha, headSha);
  const range = `${base.sha}...${head.sha}`;
  const diff = execFileSync('git', ['--git-dir', gitDir, 'diff', '--full-index', range], { encoding: 'utf8' });
  const shown = await ask('GET', `${REPO}/pulls/1`, undefined, { accept: 'application/vnd.github.diff' });
  assert.equal(shown.text, diff);
  const files = z
    .array(z.looseObject({ filename: z.string(), patch: z.string(), status: z.string() }))
    .parse((await ask('GET', `${REPO}/pulls/1/files`)).json);
  assert.deepEqual(
    files.map(({ filename, status }) => [filename, status]),
    [
      ['src/greet.js', 'modified'],
      ['test/greet.test.js', 'added'],
    ],
  );
  for (const { patch } of files) assert.ok(diff.includes(patch));
});

test('files are read at a branch', async () => {
  const path = `${REPO}/contents/test/greet.test.js`;
  assert.equal((await ask('GET', path)).status, 404);
  const found = await ask('GET', `${path}?ref=greet-several`);
  const { content } = z.looseObject({ content: z.string() }).parse(found.json);
  assert.match(Buffer.from(content, 'base64').toString(), /Ada and Grace/);
});

test('comments are written, changed, listed by pages and since a time, and deleted', async () => {
  const path = `${REPO}/issues/1/comments`;
  const ids: number[] = [];
  for (const body of ['a', 'b', 'c']) ids.push(idOf(await ask('POST', path, { body })));
  const second = await ask('GET', `${path}?per_page=2&page=2`);
  assert.deepEqual(
    z
      .array(numbered)
      .parse(second.json)
      .map(({ id }) => id),
    ids.slice(2),
  );
  assert.match((await ask('GET', `${path}?per_page=2`)).headers.get('link') ?? '', /page=2>; rel="next"/);
  const since = new Date(Date.now() + 60_000).toISOString();
  assert.deepEqual((await ask('GET', `${path}?since=${since}`)).json, []);
  assert.equal((await ask('PATCH', `${REPO}/issues/comments/${ids[0]}`, { body: 'A' })).status, 200);
  assert.equal(github.visible().find((seen) => seen.id === String(ids[0]))?.edits, 1);
  assert.equal((await ask('DELETE', `${REPO}/issues/comments/${ids[0]}`)).status, 204);
  assert.equal((await ask('GET', `${REPO}/issues/comments/${ids[0]}`)).status, 404);
});

test('a body of 65,536 characters is taken and one more is not, nor an empty one', async () => {
  const path = `${REPO}/issues/1/comments`;
  assert.equal((await ask('POST', path, { body: '😀'.repeat(65_536) })).status, 201);
  assert.equal((await ask('POST', path, { body: 'x'.repeat(65_537) })).status, 422);
  assert.equal((await ask('POST', path, { body: ' ' })).status, 422);
  assert.equal((await ask('POST', path, {})).status, 422);
});

for (const [what, place, status] of [
  ['on an added line', { path: 'src/greet.js', line: 2 }, 201],
  ['on a range within a hunk', { path: 'src/greet.js', start_line: 2, line: 3 }, 201],
  ['on a removed line', { path: 'src/greet.js', line: 2, side: 'LEFT' }, 201],
  ['on a whole file', { path: 'src/greet.js', subject_type: 'file' }, 201],
  ['beside the diff', { path: 'src/greet.js', line: 999 }, 422],
  ['in another file', { path: 'README.md', line: 1 }, 422],
  ['on a range that ends before it starts', { path: 'src/greet.js', start_line: 3, line: 2 }, 422],
  ['on no line', { path: 'src/greet.js' }, 422],
] as const) {
  test(`a review comment ${what} is answered ${status}`, async () => {
    const commit_id = github.repository.headSha;
    const answer = await ask('POST', `${REPO}/pulls/1/comments`, { body: 'x', commit_id, ...place });
    assert.equal(answer.status, status, answer.text);
  });
}

test('replies go to the first comment of a thread only', async () => {
  const { id } = await github.say({ text: 'why?' });
  const reply = await ask('POST', `${REPO}/pulls/1/comments/${id}/replies`, { body: 'because' });
  assert.equal(reply.status, 201);
  const further = await ask('POST', `${REPO}/pulls/1/comments/${idOf(reply)}/replies`, { body: 'and' });
  assert.equal(further.status, 422);
});

test('a review is written whole or not at all', async () => {
  const path = `${REPO}/pulls/1/reviews`;
  const good = { path: 'src/greet.js', line: 2, body: 'here' };
  const count = github.visible().length;
  const bad = await ask('POST', path, { event: 'COMMENT', body: 'See:', comments: [good, { ...good, line: 999 }] });
  assert.equal(bad.status, 422);
  assert.equal(github.visible().length, count);
  const whole = await ask('POST', path, { event: 'COMMENT', body: 'See:', comments: [good] });
  assert.equal(whole.status, 200);
  assert.equal(github.visible().length, count + 2);
});

test('a reaction is made once', async () => {
  const { id } = await github.comment({ text: 'look' });
  const path = `${REPO}/issues/comments/${id}/reactions`;
  assert.equal((await ask('POST', path, { content: 'eyes' })).status, 201);
  assert.equal((await ask('POST', path, { content: 'eyes' })).status, 200);
  assert.equal((await ask('POST', path, { content: 'wave' })).status, 422);
});

test('check runs are made and completed', async () => {
  const made = await ask('POST', `${REPO}/check-runs`, { name: 'review', head_sha: github.repository.headSha });
  assert.equal(made.status, 201);
  const done = await ask('PATCH', `${REPO}/check-runs/${idOf(made)}`, { conclusion: 'success' });
  assert.equal(z.looseObject({ status: z.string() }).parse(done.json).status, 'completed');
  assert.equal((await ask('POST', `${REPO}/check-runs`, { name: 'x' })).status, 422);
});

test('what a person may do is known by name', async () => {
  await github.comment({ text: 'hi', as: 'linus' });
  assert.equal((await ask('GET', `${REPO}/collaborators/linus/permission`)).status, 200);
  assert.equal((await ask('GET', `${REPO}/collaborators/nobody/permission`)).status, 404);
});

test('faults hit the calls they are planned for, and the ledger tells what was performed', async () => {
  const path = `${REPO}/issues/1/comments`;
  const call = 'POST /repos/:o/:r/issues/:n/comments';
  github.ledger.clear();
  github.faults.plan({ call, kind: 'perform-then-fail', status: 502 });
  github.faults.plan({ call, kind: 'refuse', status: 429, retryAfterMs: 3000 });
  const failed = await ask('POST', path, { body: 'performed' });
  const refused = await ask('POST', path, { body: 'not performed' });
  assert.deepEqual([failed.status, refused.status, refused.headers.get('retry-after')], [502, 429, '3']);
  assert.equal(github.ledger.performed(call), 1);
  assert.equal(github.visible().filter((seen) => seen.text === 'performed').length, 1);
  assert.ok(!github.visible().some((seen) => seen.text === 'not performed'));
  github.faults.plan({ call, kind: 'reset' });
  await assert.rejects(ask('POST', path, { body: 'cut' }));
  assert.ok(!github.visible().some((seen) => seen.text === 'cut'));
});

test('the calls of an hour are counted down with every answer', async () => {
  const left = async () => Number((await ask('GET', REPO)).headers.get('x-ratelimit-remaining'));
  assert.equal((await left()) - (await left()), 1);
});

test('webhooks are signed, listed, and delivered again under their old GUID', async () => {
  const seen: { guid: string; genuine: boolean; event: string }[] = [];
  const secret = github.environment['WEBHOOK_SECRET'] ?? '';
  await using hub = await openListener((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const expected = createHmac('sha256', secret).update(Buffer.concat(chunks)).digest('hex');
      const { headers } = request;
      const genuine = headers['x-hub-signature-256'] === `sha256=${expected}`;
      seen.push({ guid: String(headers['x-github-delivery']), genuine, event: String(headers['x-github-event']) });
      response.writeHead(seen.length === 1 ? 503 : 200).end();
    });
  });
  github.deliverTo(`${hub.url}/`);
  const said = await github.say({ text: 'hello' });
  assert.equal(said.status, 503);
  const [latest] = z
    .array(z.looseObject({ id: z.int(), guid: z.string(), status_code: z.int() }))
    .parse((await asApp('GET', '/app/hook/deliveries?per_page=1')).json);
  assert.equal(latest?.status_code, 503);
  assert.equal((await asApp('POST', `/app/hook/deliveries/${latest.id}/attempts`)).status, 202);
  while (seen.length < 2) await new Promise((resolve) => void setImmediate(resolve));
  assert.deepEqual(seen[1], { guid: latest.guid, genuine: true, event: 'pull_request_review_comment' });
  assert.equal(seen[0]?.guid, seen[1].guid);
});

test('nobody listening is no status, and nothing is thrown', async () => {
  await using alone = await openGithubStandIn();
  assert.deepEqual(
    await alone.say({ text: 'hello?' }).then(({ status, acknowledgedInMs }) => [status, acknowledgedInMs]),
    [undefined, undefined],
  );
});

test('an app that is removed gets no token and may do nothing, until it is installed again', async () => {
  await using other = await openGithubStandIn();
  await other.uninstall();
  const path = `/app/installations/${other.installation}/access_tokens`;
  const key = createPrivateKey(other.environment['PRIVATE_KEY'] ?? '');
  const bearer = () => jwt({ iss: other.environment['APP_ID'] ?? '' }, { key });
  const make = () => fetch(other.url + path, { method: 'POST', headers: { authorization: `bearer ${bearer()}` } });
  assert.equal((await make()).status, 404);
  await other.install();
  assert.equal((await make()).status, 201);
});

test('closing removes the repository and the port', async () => {
  const closing = await openGithubStandIn();
  assert.ok(existsSync(closing.repository.gitDir));
  await closing[Symbol.asyncDispose]();
  assert.ok(!existsSync(closing.repository.gitDir));
  await assert.rejects(fetch(closing.url));
});

test('an unknown call is not found, in GitHub’s form', async () => {
  const answer = await ask('GET', '/nothing/here');
  assert.equal(answer.status, 404);
  assert.equal(messageOf(answer), 'Not Found');
});
