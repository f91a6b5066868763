import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cardProblem } from '../../../sandbox/teams/cards.ts';
import { openTeamsStandIn } from '../../../sandbox/teams/index.ts';
import type { TeamsSettings } from '../../../sandbox/teams/index.ts';
import { openListener } from '../../kit/listen.ts';

const opened = (settings: TeamsSettings = {}) => openTeamsStandIn({ limits: 'off', ...settings });

/** The Connector's REST API with a token. */
async function openConnector({ environment, serviceUrl }: Awaited<ReturnType<typeof opened>>) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: environment['MicrosoftAppId'] ?? '',
    client_secret: environment['MicrosoftAppPassword'] ?? '',
    scope: 'https://api.botframework.com/.default',
  });
  const token = JSON.parse(
    await (await fetch(environment['TEAMS_TOKEN_URL'] ?? '', { method: 'POST', body })).text(),
  ).access_token;
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${serviceUrl}v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === '' ? {} : JSON.parse(text);
    return { status: response.status, code: json.error?.code, message: json.error?.message, id: json.id };
  };
}

const ok = { type: 'Action.Execute', title: 'Go', verb: 'go' };
const choice = { type: 'Input.ChoiceSet', id: 'c', label: 'C', choices: [{ title: 'A', value: 'a' }] };
const card = (parts: object = {}) => ({ type: 'AdaptiveCard', version: '1.5', body: [], actions: [ok], ...parts });
const message = (content: object, parts: object = {}) => ({
  type: 'message',
  attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  ...parts,
});
const pathOf = (thread: string) => `conversations/${encodeURIComponent(thread)}/activities`;

const wrong: readonly [what: string, content: object][] = [
  ['another type', card({ type: 'HeroCard' })],
  ['a version to come', card({ version: '2.0' })],
  ['no body', { type: 'AdaptiveCard', version: '1.5' }],
  ['an unknown element', card({ body: [{ type: 'Video' }] })],
  ['a text without text', card({ body: [{ type: 'TextBlock' }] })],
  ['a fact without a value', card({ body: [{ type: 'FactSet', facts: [{ title: 'x' }] }] })],
  ['a picture without https', card({ body: [{ type: 'Image', url: 'http://e.org/a.png' }] })],
  ['a choice without choices', card({ body: [{ ...choice, choices: [] }] })],
  ['two inputs of one id', card({ body: [choice, choice] })],
  ['an action without a title', card({ actions: [{ type: 'Action.Execute' }] })],
  ['an unknown action', card({ actions: [{ type: 'Action.Http', title: 'x' }] })],
  ['an unknown style', card({ actions: [{ ...ok, style: 'primary' }] })],
  ['a fallback of another kind', card({ actions: [{ ...ok, fallback: { type: 'x', title: 'x' } }] })],
  ['too many actions', card({ actions: Array.from({ length: 7 }, () => ok) })],
];
for (const [what, content] of wrong) {
  test(`a card with ${what} is not valid`, () => assert.notEqual(cardProblem({ ...content }), undefined));
}

test('a card that is not valid, and an attachment of another kind, are refused in the Connector’s words', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  const bad = await connector('POST', pathOf(teams.personal), message(card({ version: '9' })));
  assert.deepEqual([bad.status, bad.code], [400, 'BadArgument']);
  const other = { type: 'message', attachments: [{ contentType: 'image/png', contentUrl: 'x' }] };
  assert.equal((await connector('POST', pathOf(teams.personal), other)).status, 400);
  const untagged = { type: 'message', text: 'x', entities: [{ type: 'mention', text: '<at>A</at>', mentioned: {} }] };
  assert.equal((await connector('POST', pathOf(teams.personal), untagged)).status, 400);
  assert.equal((await connector('POST', pathOf(teams.personal), message(card()))).status, 201);
});

test('only what is on the card can be clicked, chosen or filled in', async () => {
  await using hub = await openListener((_, response) => {
    response.end(JSON.stringify({ task: { type: 'message', value: 'no' } }));
  });
  await using teams = await opened();
  teams.deliverTo(hub.url);
  const connector = await openConnector(teams);
  const dialog = { type: 'Action.Submit', title: 'Form', data: { msteams: { type: 'task/fetch' } } };
  const content = card({ body: [choice, { type: 'ActionSet', actions: [ok] }], actions: [ok, dialog] });
  const { id } = await connector('POST', pathOf(teams.personal), message(content));
  assert.equal((await teams.click(id, 'Go')).status, 200);
  assert.equal((await teams.choose(id, 'C', 'a')).status, 200);
  await assert.rejects(async () => teams.click(id, 'Stop'), /no button Stop/);
  await assert.rejects(async () => teams.choose(id, 'C', 'b'), /no b to choose/);
  await assert.rejects(async () => teams.fillIn({}), /no dialog/);
  await teams.click(id, 'Form');
  assert.equal(teams.dialog()?.said, 'no');
  assert.equal(teams.dialog('Grace'), undefined);
  await connector('PUT', `${pathOf(teams.personal)}/${id}`, { type: 'message', text: 'done', attachments: [] });
  await assert.rejects(async () => teams.click(id, 'Go'), /no button/);
});

test('an answer that opens no dialog is an error', async () => {
  await using hub = await openListener((_, response) => {
    response.end('{}');
  });
  await using teams = await opened();
  teams.deliverTo(hub.url);
  const connector = await openConnector(teams);
  const actions = [{ type: 'Action.Submit', title: 'Form', data: { msteams: { type: 'task/fetch' } } }];
  const { id } = await connector('POST', pathOf(teams.personal), message(card({ actions })));
  await assert.rejects(teams.click(id, 'Form'), /opens no dialog/);
});

test('a targeted message is for one who is there, in a group; others neither see nor click it', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  const { thread } = await teams.say({ text: 'x', as: 'Grace' });
  const targeted = (path: string) => `${path}?isTargetedActivity=true`;
  const to = (id: string) => message(card(), { recipient: { id } });
  const person = `29:1${Buffer.from('Grace').toString('base64url')}-1`;
  assert.equal((await connector('POST', targeted(pathOf(thread)), to('29:nobody'))).status, 400);
  assert.equal((await connector('POST', targeted(pathOf(teams.personal)), to(person))).status, 400);
  const { id, status } = await connector('POST', targeted(pathOf(thread)), to(person));
  assert.deepEqual([status, teams.visible(thread).length, teams.whispered('Grace').length], [201, 1, 1]);
  await assert.rejects(async () => teams.click(id, 'Go'), /somebody else/);
  const reaction = await connector('PUT', `${pathOf(thread)}/${id}/reactions/like`);
  assert.equal(reaction.status, 400);
  assert.equal((await connector('DELETE', `${pathOf(thread)}/${id}`)).status, 404);
  assert.equal((await connector('DELETE', targeted(`${pathOf(thread)}/${id}`))).status, 200);
});

test('reactions have a limit of their own: two a second', async () => {
  await using teams = await openTeamsStandIn();
  const connector = await openConnector(teams);
  const { id, thread } = await teams.say({ text: 'x' });
  const react = async (type: string) => (await connector('PUT', `${pathOf(thread)}/${id}/reactions/${type}`)).status;
  assert.deepEqual([await react('like'), await react('like'), await react('heart')], [200, 200, 429]);
  assert.deepEqual(teams.reactionsOn(id), ['like']);
});

test('a thread is begun in a channel where the bot is, and nowhere else', async () => {
  await using teams = await opened();
  const connector = await openConnector(teams);
  const begin = (channel: string, activity: object) =>
    connector('POST', 'conversations', { isGroup: true, channelData: { channel: { id: channel } }, activity });
  const { id, status } = await begin(teams.channel, { type: 'message', text: 'news' });
  assert.equal(status, 201);
  assert.equal(teams.visible(id).at(-1)?.text, 'news');
  assert.equal((await begin(teams.channel, { type: 'message' })).status, 400);
  assert.equal((await begin(teams.group, { type: 'message', text: 'x' })).status, 400);
  assert.equal((await begin('19:nowhere', { type: 'message', text: 'x' })).status, 404);
  await teams.leaveTeam();
  assert.equal((await begin(teams.channel, { type: 'message', text: 'x' })).status, 403);
});
