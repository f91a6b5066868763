import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { openGithubStandIn } from '../../../sandbox/github/index.ts';
import type { GithubStandIn } from '../../../sandbox/github/index.ts';
import { openListener } from '../../kit/listen.ts';

let github: GithubStandIn;
let token: string;
const REPO = '/repos/acme/greeter';

async function call(method: string, path: string, body?: object, authorization = `token ${token}`) {
  const response = await fetch(github.url + path, {
    method,
    headers: { authorization },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

const graph = async (query: string, variables: object = {}) =>
  (await call('POST', '/graphql', { query, variables })).json;

before(async () => {
  github = await openGithubStandIn();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: github.environment['APP_ID'], iat: now - 30, exp: now + 500 };
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const key = createPrivateKey(github.environment['PRIVATE_KEY'] ?? '');
  const jwt = `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
  const path = `/app/installations/${github.installation}/access_tokens`;
  token = (await call('POST', path, undefined, `bearer ${jwt}`)).json.token;
});
after(() => github[Symbol.asyncDispose]());

/** A discussion's node, as a webhook tells it. */
async function discussionNode(): Promise<{ node: string; thread: string }> {
  const { thread } = await github.openDiscussion({ title: 'Ideas', text: 'hello' });
  const { body } = github.attempts.at(-1) ?? {};
  const payload = z.object({ discussion: z.object({ node_id: z.string() }) }).parse(JSON.parse(body ?? '{}'));
  return { node: payload.discussion.node_id, thread };
}

const ADD = `mutation Add($d: ID!, $r: ID, $b: String!) {
  made: addDiscussionComment(input: {discussionId: $d, replyToId: $r, body: $b}) { comment { id databaseId replyTo { id } } }
}`;

test('a comment is added, answered, changed, read in pages, and taken away, by GraphQL alone', async () => {
  const { node, thread } = await discussionNode();
  const { made } = (await graph(ADD, { d: node, r: null, b: 'one' })).data;
  const { data } = await graph(ADD, { d: node, r: made.comment.id, b: 'two' });
  assert.equal(data.made.comment.replyTo.id, made.comment.id);
  const change =
    'mutation($i: ID!) { updateDiscussionComment(input: {commentId: $i, body: "three"}) { comment { body } } }';
  const changed = (await graph(change, { i: made.comment.id })).data.updateDiscussionComment;
  assert.equal(changed.comment.body, 'three');
  for (let n = 0; n < 3; n += 1) await github.discuss({ thread, text: `n${n}`, plain: true });
  const read = `query($i: ID!, $c: String) { node(id: $i) { __typename ... on Discussion { title
    comments(last: 2, before: $c) { totalCount nodes { body author { login __typename } } pageInfo { hasPreviousPage startCursor } } } } }`;
  const newest = (await graph(read, { i: node })).data.node;
  assert.deepEqual([newest.__typename, newest.title, newest.comments.totalCount], ['Discussion', 'Ideas', 4]);
  const bodies = (page: typeof newest) => page.comments.nodes.map((one: { body: string }) => one.body);
  assert.deepEqual([bodies(newest), newest.comments.pageInfo.hasPreviousPage], [['n1', 'n2'], true]);
  const older = (await graph(read, { i: node, c: newest.comments.pageInfo.startCursor })).data.node;
  assert.deepEqual([bodies(older), older.comments.pageInfo.hasPreviousPage], [['three', 'n0'], false]);
  assert.deepEqual(older.comments.nodes[0].author, { login: 'switchboard-dev', __typename: 'Bot' });
  const remove = 'mutation($i: ID!) { deleteDiscussionComment(input: {id: $i}) { comment { id } } }';
  assert.equal((await graph(remove, { i: made.comment.id })).errors, undefined);
  const { errors } = await graph(remove, { i: made.comment.id });
  assert.equal(errors[0].type, 'NOT_FOUND');
  assert.deepEqual(
    github.ledger.entries.filter(({ call }) => call === 'graphql deleteDiscussionComment').map((one) => one.performed),
    [true, false],
  );
});

test('what GraphQL does not take is answered with 200 and errors', async () => {
  const { node, thread } = await discussionNode();
  const { data } = await graph(ADD, { d: node, b: 'one' });
  const reply = (await graph(ADD, { d: node, r: data.made.comment.id, b: 'two' })).data.made.comment.id;
  await github.discuss({ thread, text: 'theirs' });
  const theirs = z
    .object({ comment: z.object({ node_id: z.string() }) })
    .parse(JSON.parse(github.attempts.at(-1)?.body ?? '{}')).comment.node_id;
  const change =
    'mutation($i: ID!, $b: String!) { updateDiscussionComment(input: {commentId: $i, body: $b}) { comment { id } } }';
  const wrong: readonly [query: string, variables: object, type: string | undefined, message: RegExp][] = [
    ['{ node(id: "x") { id } }', {}, 'NOT_FOUND', /Could not resolve/],
    [ADD, { d: node, r: reply, b: 'x' }, 'UNPROCESSABLE', /already in a thread/],
    [ADD, { d: node, b: ' ' }, 'UNPROCESSABLE', /blank/],
    [ADD, { d: node, b: 'x'.repeat(65_537) }, 'UNPROCESSABLE', /too long/],
    [ADD, { b: 'x' }, undefined, /Variable \$d/],
    [change, { i: theirs, b: 'mine' }, 'FORBIDDEN', /not accessible/],
    ['{ nothing { id } }', {}, 'undefinedField', /Field 'nothing' doesn't exist on type 'Query'/],
    [`{ node(id: "${node}") { ... on Discussion { author } } }`, {}, undefined, /must have selections/],
    [`{ node(id: "${node}") { ... on Discussion { title { id } } } }`, {}, undefined, /on scalars/],
    [`{ node(id: "${node}") { ... on Discussion { comments { totalCount } } } }`, {}, 'EXCESSIVE_PAGINATION', /last/],
    ['{ node(id: ', {}, undefined, /Parse error/],
    ['subscription { x }', {}, undefined, /Parse error/],
  ];
  for (const [query, variables, type, message] of wrong) {
    const { errors } = await graph(query, variables);
    assert.equal(errors[0].type, type, query);
    assert.match(errors[0].message, message);
  }
  assert.equal((await call('POST', '/graphql', { query: 7 })).status, 400);
  assert.equal((await call('POST', '/graphql', { query: '{x}' }, 'token none')).status, 401);
});

test('reactions are the app’s own to take away', async () => {
  const { id } = await github.comment({ text: 'x' });
  const path = `${REPO}/issues/comments/${id}/reactions`;
  const made = await call('POST', path, { content: 'eyes' });
  assert.deepEqual([made.status, (await call('POST', path, { content: 'eyes' })).status], [201, 200]);
  assert.equal((await call('GET', `${path}?content=eyes`)).json.length, 1);
  assert.equal((await call('GET', `${path}?content=heart`)).json.length, 0);
  assert.equal((await call('DELETE', `${path}/${made.json.id}`)).status, 204);
  assert.equal((await call('DELETE', `${path}/${made.json.id}`)).status, 404);
  assert.equal((await call('POST', path, { content: 'party' })).status, 422);
  assert.equal((await call('GET', `${REPO}/issues/comments/1/reactions`)).status, 404);
});

test('comments on commits are made, listed, changed and deleted where there is such a commit', async () => {
  const { headSha } = github.repository;
  const path = `${REPO}/commits/${headSha}/comments`;
  const { status, json } = await call('POST', path, { body: 'x', path: 'src/greet.js', position: 2 });
  assert.deepEqual([status, json.commit_id, json.position], [201, headSha, 2]);
  assert.equal((await call('PATCH', `${REPO}/comments/${json.id}`, { body: 'y' })).json.body, 'y');
  assert.deepEqual(
    (await call('GET', path)).json.map((one: { body: string }) => one.body),
    ['y'],
  );
  assert.equal((await call('DELETE', `${REPO}/comments/${json.id}`)).status, 204);
  assert.equal((await call('GET', `${REPO}/comments/${json.id}`)).status, 404);
  assert.equal((await call('POST', `${REPO}/commits/none/comments`, { body: 'x' })).status, 422);
  assert.equal((await call('POST', path, {})).status, 422);
  assert.equal((await call('GET', `${REPO}/commits/${headSha}`)).json.sha, headSha);
  assert.equal((await call('GET', `${REPO}/commits/none`)).status, 404);
});

test('a check run has buttons of the documented sizes, which alone can be pressed', async () => {
  await using hub = await openListener((_, response) => {
    response.end();
  });
  github.deliverTo(hub.url);
  const { headSha } = github.repository;
  const run = { name: 'Check', head_sha: headSha, external_id: 'one' };
  const action = { label: 'Stop', description: 'Stop it', identifier: 'stop' };
  for (const actions of [[{ ...action, label: 'x'.repeat(21) }], [action, action, action, action], [{ label: 'x' }]])
    assert.equal((await call('POST', `${REPO}/check-runs`, { ...run, actions })).status, 422);
  assert.equal((await call('POST', `${REPO}/check-runs`, { ...run, status: 'running' })).status, 422);
  const first = await call('POST', `${REPO}/check-runs`, { ...run, actions: [action] });
  const second = await call('POST', `${REPO}/check-runs`, run);
  const list = async (query: string) =>
    (await call('GET', `${REPO}/commits/${headSha}/check-runs?${query}`)).json.check_runs.map(
      (one: { id: number }) => one.id,
    );
  assert.deepEqual(await list('check_name=Check'), [second.json.id]);
  assert.deepEqual(await list('check_name=Check&filter=all'), [second.json.id, first.json.id]);
  assert.deepEqual(await list('check_name=Other'), []);
  assert.equal((await github.pressCheck(first.json.id, 'Stop')).status, 200);
  const sent = JSON.parse(github.attempts.at(-1)?.body ?? '{}');
  assert.deepEqual(
    [sent.action, sent.requested_action.identifier, sent.check_run.external_id],
    ['requested_action', 'stop', 'one'],
  );
  await github.pressCheck(second.json.id, 'rerun');
  assert.equal(JSON.parse(github.attempts.at(-1)?.body ?? '{}').action, 'rerequested');
  await assert.rejects(github.pressCheck(second.json.id, 'Stop'), /no button/);
  github.denyChecks();
  assert.equal((await call('POST', `${REPO}/check-runs`, run)).status, 403);
});

test('people are known by name and number, and issues by who opened them', async () => {
  await github.comment({ text: 'x', as: 'ada' });
  const ada = (await call('GET', '/users/ada')).json;
  assert.equal(ada.name, 'Ada Lovelace');
  assert.equal((await call('GET', `/user/${ada.id}`)).json.login, 'ada');
  assert.equal((await call('GET', '/user/1')).status, 404);
  const made = await call('POST', `${REPO}/issues`, { title: 'Report' });
  assert.equal(made.status, 201);
  const own = (await call('GET', `${REPO}/issues?creator=switchboard-dev[bot]`)).json;
  assert.deepEqual(
    own.map((one: { title: string }) => one.title),
    ['Report'],
  );
  assert.equal((await call('POST', `${REPO}/issues`, { title: '' })).status, 422);
});
