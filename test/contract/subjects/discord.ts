import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { InboundRequest } from '../../../src/model/adapter.ts';
import { listing } from '../../../adapters/discord/listing.ts';
import type { DiscordStandIn } from '../../../sandbox/discord/index.ts';
import { openDiscordStandIn } from '../../../sandbox/discord/index.ts';
import { openInbox } from '../inbox.ts';
import type { Clicks, People, Sight, Subject, Talk } from '../subject.ts';
import { soon } from '../tools.ts';

export const discord: Subject = {
  platform: 'discord',
  lacks: {
    marks: {
      notSupported: 'Discord tells a nonce to nobody who reads: a post is known by what it answers and says',
      source: 'https://discord.com/developers/docs/resources/message#create-message',
    },
    streaming: {
      notSupported: 'Discord has no streamed messages: the answer grows by edits',
      source: 'https://discord.com/developers/docs/resources/message',
    },
  },
  open,
};

async function open(): Promise<Talk> {
  await using closers = new AsyncDisposableStack();
  const standIn = closers.use(await openDiscordStandIn({ limits: 'off', identifyEveryMs: 0 }));
  const { environment } = standIn;
  const adapter = await listing.open(environment, soon());
  const inbox = closers.use(await openInbox(adapter));
  standIn.deliverTo(inbox.url);
  const token = environment['DISCORD_TOKEN'] ?? '';
  const wrongToken = `${token.split('.')[0]}.${randomBytes(4).toString('base64url')}.${randomBytes(28).toString('base64url')}`;
  const signedAt: Talk['signedAt'] = async (body, inS) =>
    requestOf(body, standIn.sign(Buffer.from(body).toString('utf8'), new Date(Date.now() + inS * 1000)));
  const moved = closers.move();
  return {
    platform: 'discord',
    standIn,
    adapter,
    access: { install: standIn.guild, secret: undefined },
    inbox,
    people: peopleOf(standIn),
    clicks: clicksOf(standIn),
    sight: sightOf(standIn),
    channel: async () => (await standIn.say({ text: 'good morning', plain: true })).thread,
    calls: {
      post: 'POST /channels/:c/messages',
      edit: 'PATCH /channels/:c/messages/:m',
      remove: 'DELETE /channels/:c/messages/:m',
    },
    why: 'mention',
    stranger: () => listing.open({ ...environment, DISCORD_TOKEN: wrongToken }, soon()),
    secrets: [token, wrongToken],
    signed: (body) => signedAt(body, 0),
    signedAt,
    forgeries: async () => {
      const text = '{"type":1,"id":"1"}';
      const body = Buffer.from(text);
      const genuine = standIn.sign(text);
      const timestamp = genuine['x-signature-timestamp'] ?? '';
      const other = sign(null, Buffer.from(timestamp + text), generateKeyPairSync('ed25519').privateKey);
      return [
        { wrong: 'no signature', request: requestOf(body, {}) },
        { wrong: 'an empty signature', request: requestOf(body, { ...genuine, 'x-signature-ed25519': '' }) },
        { wrong: 'another body', request: requestOf(body, standIn.sign(`${text} `)) },
        {
          wrong: 'another key',
          request: requestOf(body, { ...genuine, 'x-signature-ed25519': other.toString('hex') }),
        },
        {
          wrong: 'another time',
          request: requestOf(body, { ...genuine, 'x-signature-timestamp': String(Number(timestamp) + 1) }),
        },
      ];
    },
    called: ({ id }) => standIn.calledBy(id),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function requestOf(body: Uint8Array, headers: Readonly<Record<string, string>>): InboundRequest {
  return { method: 'POST', url: '/discord/interactions', headers, body, receivedAt: new Date() };
}

const LOGIN_PAGE = Buffer.from('<!DOCTYPE html><html><body><form>Sign in</form></body></html>');

function peopleOf(standIn: DiscordStandIn): People {
  return {
    // Only a thread is a conversation in which others are heard without naming the bot.
    mention: async (text) => standIn.say({ text, thread: await standIn.openThread() }),
    followUp: (thread, text) => standIn.say({ text, thread, plain: true }),
    direct: (text) => standIn.direct({ text }),
    command: (text, name = 'ask') => standIn.command(name, { text }),
    share: (text, file) => standIn.share({ text }, file),
    shareHidden: (text, { name }) => standIn.share({ text }, { name, mediaType: 'text/html', bytes: LOGIN_PAGE }),
    edit: standIn.edit,
    remove: standIn.remove,
    thumb: (id, added) => standIn.react(id, '👍', added),
    async otherBot(text) {
      const thread = await standIn.openThread();
      const id = (BigInt(Date.now() - 1_420_070_400_000) << 22n) + 7n;
      standIn.tell({
        t: 'MESSAGE_CREATE',
        intent: 1 << 9,
        guild: standIn.guild,
        d: {
          id: String(id),
          type: 0,
          channel_id: thread,
          guild_id: standIn.guild,
          author: { id: String(id + 1n), username: 'other', global_name: null, discriminator: '1', bot: true },
          content: `<@${standIn.bot}> ${text}`,
          timestamp: new Date().toISOString(),
          edited_timestamp: null,
          mentions: [{ id: standIn.bot, username: 'Switchboard', discriminator: '1', bot: true }],
          mention_roles: [],
          attachments: [],
        },
      });
    },
    uninstall: async () => standIn.leave(),
  };
}

function clicksOf(standIn: DiscordStandIn): Clicks {
  return {
    click: (messageId, { id }, as) => standIn.click(messageId, id, as),
    choose: (messageId, { id }, value, as) => standIn.choose(messageId, id, value, as),
    form: (as) => standIn.form(as)?.inputs.map(({ label }) => label),
    submit: standIn.submit,
  };
}

function sightOf(standIn: DiscordStandIn): Sight {
  return {
    card(id) {
      const { words = [], controls = [] } = standIn.card(id) ?? {};
      const options = controls.flatMap((one) => one.options.map(({ label }) => label));
      return { words: [...words, ...options].join('\n'), controls: controls.map(({ label }) => label) };
    },
    reactions: (id) => standIn.reactions.filter(({ message, user }) => message === id && user === standIn.bot).length,
    seenBy: (name) => standIn.seenBy(name).map(({ text }) => text),
    files: standIn.filesOf,
  };
}
