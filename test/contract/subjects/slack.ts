import { randomBytes } from 'node:crypto';
import type { InboundRequest } from '../../../src/model/adapter.ts';
import { listing } from '../../../adapters/slack/listing.ts';
import { sign } from '../../../sandbox/slack/deliver.ts';
import type { SlackStandIn } from '../../../sandbox/slack/index.ts';
import { openSlackStandIn } from '../../../sandbox/slack/index.ts';
import type { Element } from '../../../sandbox/slack/blocks.ts';
import { elementsOf, wordsOf } from '../../../sandbox/slack/blocks.ts';
import { openInbox } from '../inbox.ts';
import type { Clicks, People, Sight, Subject, Talk } from '../subject.ts';
import { soon } from '../tools.ts';

export const slack: Subject = { platform: 'slack', lacks: {}, open };

async function open(): Promise<Talk> {
  await using closers = new AsyncDisposableStack();
  const standIn = closers.use(await openSlackStandIn({ retriesMs: [] }));
  const { environment } = standIn;
  const adapter = await listing.open(environment, soon());
  const inbox = closers.use(await openInbox(adapter));
  standIn.deliverTo(inbox.url);
  const secret = environment['SLACK_SIGNING_SECRET'] ?? '';
  const wrongToken = `xoxb-${randomBytes(18).toString('base64url')}`;
  const signedAt: Talk['signedAt'] = async (body, inS) =>
    requestOf(body, sign(Buffer.from(body).toString(), secret, Date.now() + inS * 1000));
  const moved = closers.move();
  return {
    platform: 'slack',
    standIn,
    adapter,
    access: { install: standIn.team, secret: undefined },
    inbox,
    people: peopleOf(standIn),
    clicks: clicksOf(standIn),
    sight: sightOf(standIn),
    channel: async () => standIn.channel,
    calls: { post: 'chat.postMessage', edit: 'chat.update', remove: 'chat.delete' },
    why: 'mention',
    stranger: () => listing.open({ ...environment, SLACK_BOT_TOKEN: wrongToken }, soon()),
    secrets: [secret, environment['SLACK_BOT_TOKEN'] ?? '', wrongToken],
    signed: (body) => signedAt(body, 0),
    signedAt,
    forgeries: async () => {
      const text = '{"type":"event_callback"}';
      const body = Buffer.from(text);
      const genuine = sign(text, secret);
      return [
        { wrong: 'no signature', request: requestOf(body, {}) },
        { wrong: 'an empty signature', request: requestOf(body, { ...genuine, 'x-slack-signature': '' }) },
        { wrong: 'another body', request: requestOf(body, sign(`${text} `, secret)) },
        { wrong: 'another secret', request: requestOf(body, sign(text, 'another')) },
        { wrong: 'an empty secret', request: requestOf(body, sign(text, '')) },
        {
          wrong: 'another time',
          request: requestOf(body, { ...genuine, 'x-slack-request-timestamp': String(Date.now()) }),
        },
      ];
    },
    // Slack reads calls from angle brackets; the letters of a name alone call nobody.
    called: ({ text }) => text.match(/<[!@#][^>]*>/g) ?? [],
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

function requestOf(body: Uint8Array, headers: Record<string, string>): InboundRequest {
  return {
    method: 'POST',
    url: '/slack/events',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    receivedAt: new Date(),
  };
}

function peopleOf(standIn: SlackStandIn): People {
  return {
    mention: (text) => standIn.say({ text }),
    followUp: (thread, text) => standIn.say({ text, thread, plain: true }),
    direct: (text) => standIn.say({ text, direct: true }),
    command: (text, name = 'ask') => standIn.command(`/${name}`, text),
    share: (text, { name, mediaType, bytes }) => standIn.say({ text, file: { name, mimetype: mediaType, bytes } }),
    async shareHidden(text, { name, mediaType, bytes }) {
      await standIn.say({ text, file: { name, mimetype: mediaType, bytes } });
      // A token that is dead is shown the page as one is that lacks `files:read`.
      await standIn.uninstall();
    },
    edit: standIn.edit,
    remove: standIn.remove,
    thumb: (id, added) => standIn.react(id, 'thumbsup', { remove: !added }),
    otherBot: (text) =>
      standIn.event({
        type: 'message',
        subtype: 'bot_message',
        bot_id: 'B0OTHER0001',
        username: 'other',
        text: `<@${standIn.botUser}> ${text}`,
        ts: '1700000000.000100',
        channel: standIn.channel,
        channel_type: 'channel',
        event_ts: '1700000000.000100',
      }),
    uninstall: standIn.uninstall,
  };
}

function clicksOf(standIn: SlackStandIn): Clicks {
  return {
    click: (messageId, { id }, as) => standIn.click(messageId, id, as),
    choose: (messageId, { id }, value, as) => standIn.choose(messageId, id, value, as),
    form: (as) => standIn.form(as)?.inputs.map(({ label }) => label),
    submit: standIn.submit,
  };
}

function sightOf(standIn: SlackStandIn): Sight {
  const labelOf = (element: Element): string =>
    (element.type === 'button' ? element.text.text : element.placeholder?.text) ?? '';
  return {
    card(id) {
      const blocks = standIn.blocksOf(id);
      const elements = elementsOf(blocks);
      const options = elements.flatMap((one) =>
        one.type === 'button' ? [] : one.options.map(({ text }) => text.text),
      );
      return { words: [wordsOf(blocks), ...options].join('\n'), controls: elements.map(labelOf) };
    },
    reactions: (id) => Object.values(standIn.reactionsOn(id)).filter((names) => names.includes('switchboard')).length,
    seenBy: (name) => [...standIn.visible(), ...standIn.whispered(name)].map(({ text }) => text),
    files: standIn.filesOf,
  };
}
