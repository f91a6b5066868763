import { randomBytes } from 'node:crypto';
import type { InboundRequest } from '../../../src/model/adapter.ts';
import { listing } from '../../../adapters/teams/listing.ts';
import type { TeamsStandIn } from '../../../sandbox/teams/index.ts';
import { openTeamsStandIn } from '../../../sandbox/teams/index.ts';
import { buttonsOf, choicesOf, wordsOf } from '../../../sandbox/teams/cards.ts';
import { claimsOf, openSigning } from '../../../sandbox/teams/signing.ts';
import { openInbox } from '../inbox.ts';
import type { Clicks, People, Sight, Subject, Talk } from '../subject.ts';
import { absent } from '../subject.ts';
import { soon } from '../tools.ts';

const LEARN = 'https://learn.microsoft.com/microsoftteams/platform/bots';

export const teams: Subject = {
  platform: 'teams',
  lacks: {
    command: {
      notSupported: 'a command of a bot’s menu in Teams is sent as a message',
      source: `${LEARN}/how-to/create-a-bot-commands-menu`,
    },
    'own posts': {
      notSupported: 'Teams does not send a bot what it wrote itself',
      source: `${LEARN}/how-to/conversations/channel-and-group-conversations`,
    },
    'other bots': {
      notSupported: 'Teams does not send a bot what other bots wrote',
      source: `${LEARN}/how-to/conversations/channel-and-group-conversations`,
    },
    marks: {
      notSupported: 'what a bot sets on a message and Graph tells of it is what it says: a post is known by that',
      source: 'https://learn.microsoft.com/graph/api/resources/chatmessage',
    },
    sharing: {
      notSupported: 'a bot’s files go to one person alone, and only once that person has consented to each',
      source: `${LEARN}/how-to/bots-filesv4`,
    },
  },
  open,
};

async function open(): Promise<Talk> {
  await using closers = new AsyncDisposableStack();
  const standIn = closers.use(await openTeamsStandIn({ limits: 'off', patience: { retriesMs: [] } }));
  const { environment, serviceUrl, signing } = standIn;
  standIn.consent('channels');
  const adapter = await listing.open(environment, soon());
  const inbox = closers.use(await openInbox(adapter));
  standIn.deliverTo(inbox.url);
  const app = environment['MicrosoftAppId'] ?? '';
  const wrongPassword = randomBytes(24).toString('base64url');
  const signedAt: Talk['signedAt'] = async (body, inS) => {
    const at = Math.floor(Date.now() / 1000) + inS;
    return requestOf(body, signing.sign({ ...claimsOf(app, serviceUrl), nbf: at, exp: at + 60 }));
  };
  const moved = closers.move();
  return {
    platform: 'teams',
    standIn,
    adapter,
    access: { install: standIn.tenant, secret: undefined },
    inbox,
    people: peopleOf(standIn),
    clicks: clicksOf(standIn),
    sight: sightOf(standIn),
    channel: async () => standIn.channel,
    calls: { post: 'sendActivity', edit: 'updateActivity', remove: 'deleteActivity' },
    why: 'mention',
    stranger: () => listing.open({ ...environment, MicrosoftAppPassword: wrongPassword }, soon()),
    secrets: [environment['MicrosoftAppPassword'] ?? '', wrongPassword],
    signed: async (body) => requestOf(body, signing.token(serviceUrl)),
    signedAt,
    forgeries: async () => {
      const conversation = { id: 'a:1', conversationType: 'personal', tenantId: standIn.tenant };
      const activity = { type: 'message', id: '1', channelId: 'msteams', serviceUrl, conversation, text: 'hi' };
      const body = Buffer.from(JSON.stringify(activity));
      const claims = claimsOf(app, serviceUrl);
      const other = await openSigning(app, ['msteams']);
      const unsigned = [{ alg: 'none', kid: signing.kid }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      return [
        { wrong: 'no token', request: requestOf(body, undefined) },
        { wrong: 'an empty token', request: requestOf(body, '') },
        { wrong: 'another key', request: requestOf(body, other.token(serviceUrl)) },
        { wrong: 'another key under the known id', request: requestOf(body, other.sign(claims, { kid: signing.kid })) },
        { wrong: 'no algorithm', request: requestOf(body, `${unsigned.join('.')}.`) },
        { wrong: 'another app', request: requestOf(body, signing.sign({ ...claims, aud: crypto.randomUUID() })) },
        { wrong: 'another issuer', request: requestOf(body, signing.sign({ ...claims, iss: 'https://evil.example' })) },
        { wrong: 'another service', request: requestOf(body, signing.token('https://evil.example/')) },
      ];
    },
    // A call is an entity with an <at> tag in the text; the adapter writes neither.
    called: ({ text }) => text.match(/<at[ >]/g) ?? [],
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function requestOf(body: Uint8Array, token: string | undefined): InboundRequest {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { method: 'POST', url: '/api/messages', headers, body, receivedAt: new Date() };
}

function peopleOf(standIn: TeamsStandIn): People {
  return {
    mention: (text) => standIn.say({ text }),
    followUp: (thread, text) => standIn.say({ text, thread, plain: true }),
    direct: (text) => standIn.say({ text, to: 'personal' }),
    command: absent,
    share: (text, file) => standIn.say({ text, file, to: 'personal' }),
    async shareHidden(text, file) {
      await standIn.say({ text, file, to: 'personal' });
      standIn.runOutLinks();
    },
    edit: standIn.edit,
    remove: standIn.remove,
    thumb: (id, added) => standIn.react(id, 'like', { remove: !added }),
    otherBot: absent,
    uninstall: standIn.uninstall,
  };
}

function clicksOf(standIn: TeamsStandIn): Clicks {
  return {
    click: (messageId, { label }, as) => standIn.click(messageId, label, { as }),
    choose: (messageId, { label }, value, as) => standIn.choose(messageId, label, value, { as }),
    form: (as) => standIn.dialog(as)?.questions.map(({ label }) => label),
    submit: (values, as) => standIn.fillIn(values, { as }),
  };
}

function sightOf(standIn: TeamsStandIn): Sight {
  return {
    card(id) {
      const card = standIn.card(id) ?? {};
      const controls = [...buttonsOf(card).map(({ title }) => title), ...choicesOf(card).map(({ label }) => label)];
      return { words: wordsOf(card), controls };
    },
    reactions: (id) => standIn.reactionsOn(id).length,
    seenBy: (name) => [...standIn.visible(), ...standIn.whispered(name)].map(({ text }) => text),
    files: absent,
  };
}
