import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import type { TeamsSettings, TeamsStandIn } from '../../../sandbox/teams/index.ts';
import { openTeamsStandIn } from '../../../sandbox/teams/index.ts';
import { openListener } from '../../kit/listen.ts';
import type { Listener } from '../../kit/listen.ts';

type Got = { readonly authorization: string; readonly body: string };

/** A hub that answers with the given statuses, one after the other (0: never), and 200 from then on. */
async function openHub(statuses: number[] = []): Promise<Listener & { got: Got[] }> {
  const got: Got[] = [];
  const listener = await openListener((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      got.push({ authorization: request.headers.authorization ?? '', body });
      const status = request.url === '/api/messages' ? (statuses.shift() ?? 200) : 404;
      if (status !== 0) response.writeHead(status).end();
    });
  });
  return { ...listener, got };
}

const opened = (settings: TeamsSettings = {}) => openTeamsStandIn({ limits: 'off', ...settings });
const activities = (got: readonly Got[]) => got.map(({ body }) => JSON.parse(body));

async function askToken(teams: TeamsStandIn, change: Record<string, string> = {}) {
  const form = {
    grant_type: 'client_credentials',
    client_id: teams.environment['MicrosoftAppId'] ?? '',
    client_secret: teams.environment['MicrosoftAppPassword'] ?? '',
    scope: 'https://api.botframework.com/.default',
    ...change,
  };
  const body = new URLSearchParams(form);
  const response = await fetch(teams.environment['TEAMS_TOKEN_URL'] ?? '', { method: 'POST', body });
  const answer: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, answer };
}

/** The Connector's REST API with a token; `path` goes on after `v3/`. */
async function openConnector(teams: TeamsStandIn) {
  const { answer } = await askToken(teams);
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${teams.serviceUrl}v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${String(answer['access_token'])}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === '' ? {} : JSON.parse(text);
    return { status: response.status, retryAfter: response.headers.get('retry-after'), code: json.error?.code, json };
  };
}

const message = (text: string) => ({ type: 'message', text });
const threadPath = (thread: string) => `conversations/${encodeURIComponent(thread)}/activities`;

test('an activity comes with a token that the published key signed, for this app and this service URL', async () => {
  await using hub = await openHub();
  await using teams = await opened();
  teams.deliverTo(hub.url);
  const said = await teams.say({ text: 'a & b' });
  assert.equal(said.status, 200);
  assert.ok((said.acknowledgedInMs ?? 0) > 0);

  const metadata = JSON.parse(await (await fetch(teams.environment['TEAMS_OPENID_METADATA_URL'] ?? '')).text());
  const { keys } = JSON.parse(await (await fetch(metadata.jwks_uri)).text());
  const [header = '', claims = '', signature = ''] = hub.got[0]?.authorization.replace('Bearer ', '').split('.') ?? [];
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  assert.ok(verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url')));
  const { iss, aud, serviceurl } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const appId = teams.environment['MicrosoftAppId'];
  assert.deepEqual([iss, aud, serviceurl], ['https://api.botframework.com', appId, teams.serviceUrl]);
  assert.ok(keys[0].endorsements.includes('msteams'));

  const [activity] = activities(hub.got);
  assert.equal(activity.serviceUrl, teams.serviceUrl);
  assert.equal(activity.conversation.id, `${teams.channel};messageid=${said.id}`);
  assert.equal(activity.text, '<at>Switchboard</at> a & b');
  assert.match(activity.attachments[0].content, /a &amp; b<\/p>$/);
  assert.equal(activity.entities[0].mentioned.id, teams.bot);
});

test('what is not taken comes again with another timestamp and the same id', async () => {
  await using hub = await openHub([500, 503, 0]);
  await using teams = await opened({ patience: { answerWithinMs: 50, retriesMs: [2, 2, 2] } });
  teams.deliverTo(hub.url);
  const said = await teams.say({ text: 'x' });
  await teams.settled();
  assert.equal(said.status, 500);
  assert.deepEqual(
    teams.attempts.map(({ status, retry }) => [status, retry]),
    [
      [500, 0],
      [503, 1],
      [undefined, 2],
      [200, 3],
    ],
  );
  const sent = activities(hub.got);
  assert.deepEqual(
    [new Set(sent.map(({ id }) => id)).size, new Set(sent.map(({ timestamp }) => timestamp)).size],
    [1, 4],
  );
});

test('a refusal is final, and so is a click that nobody answered', async () => {
  await using hub = await openHub([401, 200, 500]);
  await using teams = await opened({ patience: { retriesMs: [1] } });
  teams.deliverTo(hub.url);
  await teams.say({ text: 'x' });
  const { id } = await teams.say({ text: 'y' });
  await teams.invoke(id, 'go', {});
  await teams.settled();
  assert.deepEqual(
    teams.attempts.map(({ status }) => status),
    [401, 200, 500],
  );
});

test('edits, deletions, reactions, clicks, and the app’s coming and going are told', async () => {
  await using hub = await openHub();
  await using teams = await opened();
  teams.deliverTo(hub.url);
  const { id } = await teams.say({ text: 'x', to: 'groupChat' });
  await teams.edit(id, 'y');
  await teams.react(id, 'like');
  await teams.submit(id, { actionId: 'a' });
  await teams.invoke(id, 'a', {});
  await teams.remove(id);
  await teams.install();
  await teams.uninstall();
  assert.deepEqual(
    activities(hub.got).map(({ type }) => type),
    [
      'message',
      'messageUpdate',
      'messageReaction',
      'message',
      'invoke',
      'messageDelete',
      'conversationUpdate',
      'installationUpdate',
      'conversationUpdate',
      'installationUpdate',
    ],
  );
  assert.deepEqual(teams.visible(), []);
});

test('the token endpoint checks the app, its password, the grant and the scope', async () => {
  await using teams = await opened();
  const wrong: readonly [change: Record<string, string>, status: number, error: string][] = [
    [{ client_secret: 'x' }, 401, 'invalid_client'],
    [{ client_id: 'x' }, 401, 'invalid_client'],
    [{ scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_scope'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ];
  for (const [change, status, error] of wrong) {
    const { answer, ...rest } = await askToken(teams, change);
    assert.deepEqual([rest.status, answer['error']], [status, error]);
  }
  const { answer } = await askToken(teams);
  assert.deepEqual([answer['token_type'], answer['expires_in']], ['Bearer', 86_399]);
  assert.doesNotMatch(JSON.stringify(teams.ledger.entries), new RegExp(String(answer['access_token'])));
});

test('the Connector takes its own tokens only, and none that were revoked', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  const { status } = await fetch(`${teams.serviceUrl}v3/${threadPath(teams.personal)}`, { method: 'POST' });
  assert.equal(status, 401);
  assert.equal((await connector('POST', threadPath(teams.personal), message('x'))).status, 201);
  teams.revokeTokens();
  assert.equal((await connector('POST', threadPath(teams.personal), message('x'))).status, 401);
});

test('messages are sent, changed and deleted where the bot is, and only its own', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  const { id: asked, thread } = await teams.say({ text: 'q' });
  const path = threadPath(thread);
  const { json } = await connector('POST', path, message('one'));
  await connector('POST', `${path}/${asked}`, message('two'));
  assert.equal((await connector('PUT', `${path}/${json.id}`, message('three'))).status, 200);
  assert.deepEqual(
    teams.visible(thread).map(({ text, edits }) => [text, edits]),
    [
      ['q', 0],
      ['three', 1],
      ['two', 0],
    ],
  );
  assert.equal((await connector('DELETE', `${path}/${json.id}`)).status, 200);
  assert.deepEqual([teams.visible(thread).length, teams.visible().length], [2, 2]);

  const refused: readonly [method: string, path: string, body: object | undefined, status: number, code: string][] = [
    ['DELETE', `${path}/${json.id}`, undefined, 404, 'ActivityNotFoundInConversation'],
    ['PUT', `${path}/${asked}`, message('x'), 403, 'ForbiddenOperationException'],
    ['POST', threadPath('19:nowhere'), message('x'), 404, 'ConversationNotFound'],
    ['POST', threadPath(`${teams.channel};messageid=1`), message('x'), 404, 'ConversationNotFound'],
    ['POST', path, message(''), 400, 'BadSyntax'],
    ['POST', path, {}, 400, 'BadSyntax'],
    ['GET', 'nothing', undefined, 404, 'NotFound'],
  ];
  for (const [method, path, body, status, code] of refused) {
    const answer = await connector(method, path, body);
    assert.deepEqual([answer.status, answer.code], [status, code], `${method} ${path}`);
  }
  await teams.uninstall();
  const out = await connector('POST', path, message('x'));
  assert.deepEqual([out.status, out.code], [403, 'BotNotInConversationRoster']);
});

test('a conversation with one person can be begun, and its members are known', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  await teams.say({ text: 'hello', as: 'Grace' });
  const members = await connector('GET', `conversations/${encodeURIComponent(teams.channel)}/members`);
  assert.deepEqual([members.json.length, members.json[0].name], [1, 'Grace']);
  const begun = await connector('POST', 'conversations', { members: [{ id: members.json[0].id }] });
  assert.equal(begun.status, 201);
  assert.equal((await connector('POST', threadPath(begun.json.id), message('hi'))).status, 201);
  assert.equal((await connector('POST', 'conversations', { members: [{ id: 'nobody' }] })).status, 400);
});

test('an activity has at most 100 KB in UTF-16', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  const room = 50 * 1024 - JSON.stringify(message('')).length;
  assert.equal((await connector('POST', threadPath(teams.personal), message('x'.repeat(room)))).status, 201);
  const over = await connector('POST', threadPath(teams.personal), message('x'.repeat(room + 1)));
  assert.deepEqual([over.status, over.code], [413, 'MessageSizeTooBig']);
});

test('limits are real unless set: seven a second in one thread, with the time to wait', async () => {
  await using teams = await openTeamsStandIn();
  const connector = await openConnector(teams);
  for (let n = 0; n < 7; n += 1)
    assert.equal((await connector('POST', threadPath(teams.personal), message('x'))).status, 201);
  const over = await connector('POST', threadPath(teams.personal), message('x'));
  assert.equal(over.status, 429);
  assert.ok(Number(over.retryAfter) > 0 && Number(over.retryAfter) <= 1);
  assert.equal((await connector('POST', threadPath(teams.group), message('x'))).status, 201);
});

test('a limit of one’s own ends when its window does', async () => {
  await using teams = await openTeamsStandIn({ limits: [{ most: 1, withinMs: 30 }] });
  const connector = await openConnector(teams);
  const post = async () => (await connector('POST', threadPath(teams.personal), message('x'))).status;
  assert.deepEqual([await post(), await post()], [201, 429]);
  await new Promise((resolve) => setTimeout(resolve, 35));
  assert.equal(await post(), 201);
});

test('the ledger tells what was performed behind an error', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  const post = async () => (await connector('POST', threadPath(teams.personal), message('x'))).status;
  teams.faults.plan({ call: 'sendActivity', kind: 'refuse', status: 429, retryAfterMs: 10 });
  assert.equal(await post(), 429);
  assert.equal(teams.ledger.performed('sendActivity'), 0);
  teams.faults.plan({ call: 'sendActivity', kind: 'perform-then-fail', status: 502 });
  assert.equal(await post(), 502);
  assert.deepEqual([teams.ledger.performed('sendActivity'), teams.visible().length], [1, 1]);
  teams.faults.plan({ call: 'sendActivity', kind: 'reset' });
  await assert.rejects(post());
  assert.equal(teams.ledger.performed('sendActivity'), 1);
});

test('files open by their whole address alone, pictures with the bot’s token alone', async () => {
  await using hub = await openHub();
  await using teams = await opened();
  teams.deliverTo(hub.url);
  const bytes = Buffer.from('data');
  await teams.say({ text: 'f', to: 'personal', file: { name: 'f.txt', mediaType: 'text/plain', bytes } });
  await teams.say({ text: 'p', file: { name: 'p.png', mediaType: 'image/png', bytes, picture: true } });
  const [file, picture] = activities(hub.got).map(({ attachments }) => attachments[1]);
  const { downloadUrl } = file.content;
  const headers = { authorization: `Bearer ${String((await askToken(teams)).answer['access_token'])}` };
  assert.equal(await (await fetch(downloadUrl)).text(), 'data');
  assert.equal((await fetch(downloadUrl, { headers })).status, 401);
  assert.equal((await fetch(downloadUrl.replace(/tempauth=.*/, ''))).status, 403);
  assert.equal(await (await fetch(picture.contentUrl, { headers })).text(), 'data');
  assert.equal((await fetch(picture.contentUrl)).status, 401);
});
