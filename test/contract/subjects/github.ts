import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { InboundRequest } from '../../../src/model/adapter.ts';
import { listing } from '../../../adapters/github/listing.ts';
import type { GithubStandIn } from '../../../sandbox/github/index.ts';
import { openGithubStandIn } from '../../../sandbox/github/index.ts';
import { openInbox } from '../inbox.ts';
import type { Lack, People, Sight, Subject, Talk } from '../subject.ts';
import { absent, noClicks } from '../subject.ts';
import { soon } from '../tools.ts';

const DOCS = 'https://docs.github.com/en';
const EVENTS = 'webhooks/webhook-events-and-payloads';

const NO_CONTROLS: Lack = {
  notSupported: 'comments have no controls: a card says what to comment in their place',
  source: `${DOCS}/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax`,
};

export const github: Subject = {
  platform: 'github',
  lacks: {
    direct: { notSupported: 'GitHub has no conversations of one with one', source: `${DOCS}/${EVENTS}` },
    command: {
      notSupported: 'GitHub has no commands: what begins with a slash is a comment like any other',
      source: `${DOCS}/${EVENTS}`,
    },
    reactions: { notSupported: 'GitHub sends no webhook about reactions', source: `${DOCS}/${EVENTS}` },
    'signed time': {
      notSupported: 'GitHub signs no time: the delivery’s GUID is kept for ever instead',
      source: `${DOCS}/webhooks/using-webhooks/validating-webhook-deliveries`,
    },
    streaming: {
      notSupported: 'GitHub has no streamed comments and counts every edit: one final comment',
      source: `${DOCS}/rest/using-the-rest-api/rate-limits-for-the-rest-api`,
    },
    clicks: NO_CONTROLS,
    forms: NO_CONTROLS,
    whispers: { notSupported: 'comments are seen by all who see the place', source: `${DOCS}/rest/issues/comments` },
    sharing: { notSupported: 'GitHub’s API takes no files for comments', source: `${DOCS}/rest/issues/comments` },
  },
  open,
};

async function open(): Promise<Talk> {
  await using closers = new AsyncDisposableStack();
  const standIn = closers.use(await openGithubStandIn());
  const { environment } = standIn;
  const adapter = await listing.open(environment, soon());
  const inbox = closers.use(await openInbox(adapter));
  standIn.deliverTo(inbox.url);
  const secret = environment['WEBHOOK_SECRET'] ?? '';
  const wrongKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const lines = (key: string): string[] => key.split('\n').filter((line) => line.length > 40);
  const moved = closers.move();
  return {
    platform: 'github',
    standIn,
    adapter,
    access: { install: standIn.installation, secret: undefined },
    inbox,
    people: peopleOf(standIn),
    clicks: noClicks,
    sight: sightOf(standIn),
    channel: async () => standIn.repository.name,
    calls: {
      post: 'POST /repos/:o/:r/pulls/:n/comments/:id/replies',
      edit: 'PATCH /repos/:o/:r/pulls/comments/:id',
      remove: 'DELETE /repos/:o/:r/pulls/comments/:id',
    },
    why: 'review',
    stranger: () => listing.open({ ...environment, PRIVATE_KEY: wrongKey }, soon()),
    secrets: [secret, ...lines(environment['PRIVATE_KEY'] ?? ''), ...lines(wrongKey)],
    signed: async (body) => requestOf(body, signatureOf(body, secret)),
    signedAt: absent,
    forgeries: async () => {
      const body = Buffer.from('{"action":"created"}');
      return [
        { wrong: 'no signature', request: requestOf(body, undefined) },
        { wrong: 'an empty signature', request: requestOf(body, '') },
        {
          wrong: 'another body',
          request: requestOf(body, signatureOf(Buffer.concat([body, Buffer.from(' ')]), secret)),
        },
        { wrong: 'another secret', request: requestOf(body, signatureOf(body, 'another')) },
        { wrong: 'an empty secret', request: requestOf(body, signatureOf(body, '')) },
        { wrong: 'SHA-1', request: requestOf(body, `sha1=${hmac('sha1', body, secret)}`) },
      ];
    },
    // GitHub calls whoever is named outside of code, but not where the sign and the name are kept apart.
    called: ({ text }) => text.replaceAll(/`[^`]*`/g, '').match(/(?<![\w`])@[\w-]+/g) ?? [],
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

const hmac = (algorithm: string, body: Uint8Array, secret: string): string =>
  createHmac(algorithm, secret).update(body).digest('hex');
const signatureOf = (body: Uint8Array, secret: string): string => `sha256=${hmac('sha256', body, secret)}`;

function requestOf(body: Uint8Array, signature: string | undefined): InboundRequest {
  return {
    method: 'POST',
    url: '/api/github/webhooks',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': signature,
    },
    body,
    receivedAt: new Date(),
  };
}

function peopleOf(standIn: GithubStandIn): People {
  return {
    mention: (text) => standIn.say({ text }),
    followUp: (thread, text) => standIn.say({ text, thread, plain: true }),
    direct: absent,
    command: absent,
    share: (text, file) => standIn.say({ text: `${text}\n\n${standIn.upload(file)}` }),
    async shareHidden(text, file) {
      await standIn.say({ text: `${text}\n\n${standIn.upload(file)}` });
      standIn.hideUploads();
    },
    edit: standIn.edit,
    remove: standIn.remove,
    thumb: absent,
    otherBot: (text) =>
      standIn.deliver('issue_comment', {
        action: 'created',
        installation: { id: Number(standIn.installation) },
        repository: { name: 'greeter', full_name: 'acme/greeter', owner: { login: 'acme', id: 9 } },
        sender: { login: 'other[bot]', id: 99, type: 'Bot' },
        issue: { number: 1, title: 'Greet several people' },
        comment: {
          id: 9_000_001,
          user: { login: 'other[bot]', id: 99, type: 'Bot' },
          body: `@${standIn.environment['GITHUB_APP_SLUG']} ${text}`,
          created_at: '2026-11-20T10:00:00Z',
          updated_at: '2026-11-20T10:00:00Z',
        },
      }),
    uninstall: standIn.uninstall,
  };
}

function sightOf(standIn: GithubStandIn): Sight {
  // Our ids have a letter for the kind of comment before GitHub's number.
  const numberOf = (id: string): string => id.replace(/^\D+/, '');
  return {
    card(id) {
      const words = standIn.visible().find((one) => one.id === numberOf(id))?.text ?? '';
      return { words, controls: [...words.matchAll(/^- \*\*(.+?)\*\*: comment /gm)].map(([, label = '']) => label) };
    },
    reactions: (id) =>
      standIn.reactions.filter(({ on, by }) => on === `comment ${numberOf(id)}` && by.type === 'Bot').length,
    seenBy: absent,
    files: absent,
  };
}
