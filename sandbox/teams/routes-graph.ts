import { guidOf } from './activities.ts';
import type { Asked, Outcome, Route } from './route.ts';
import { failed } from './route.ts';
import { at } from './routes-connector.ts';
import type { Tokens } from './routes-login.ts';
import type { Held, SharedFile, World } from './world.ts';

export type GraphSettings = {
  readonly tokens: Tokens;
  /** Milliseconds until a message can be read that was taken. */
  readonly lagMs: number;
};

const open = { guarded: false, limited: false, method: 'GET' } as const;

/** docs: chatMessage resource, List replies: fifty at once at most. */
const MOST_PER_PAGE = 50;

/** Microsoft Graph, as far as a bot with resource-specific consent needs it. */
export function graphRoutes({ tokens, lagMs }: GraphSettings): readonly Route[] {
  const guarded =
    (run: (asked: Asked) => Outcome) =>
    (asked: Asked): Outcome =>
      tokens.accepts(asked.request.headers.authorization)
        ? run(asked)
        : failed(401, 'InvalidAuthenticationToken', 'Access token is empty or not valid.');
  const visible = (held: Held): boolean => held.only === undefined && Date.now() - held.at.getTime() >= lagMs;
  const replies = guarded((asked) => listOf(asked, (held) => visible(held) && held.id !== asked.parts[2]));
  return [
    {
      ...open,
      pattern: /^\/v1\.0\/teams\/([^/]+)\/channels\/([^/]+)\/messages$/,
      call: 'graphChannel',
      run: guarded((asked) => channelOf(asked, visible)),
    },
    {
      ...open,
      pattern: /^\/v1\.0\/teams\/([^/]+)\/channels\/([^/]+)\/messages\/([^/]+)\/replies$/,
      call: 'graphReplies',
      run: replies,
    },
    {
      ...open,
      pattern: /^\/v1\.0\/teams\/([^/]+)\/channels\/([^/]+)\/messages\/([^/]+)$/,
      call: 'graphMessage',
      run: guarded((asked) => {
        const thread = threadIn(asked);
        if ('status' in thread) return thread;
        const root = thread.find(({ id }) => id === asked.parts[2]);
        return root === undefined || !visible(root) ? missing() : { status: 200, json: shapeOf(asked.world, root) };
      }),
    },
    {
      ...open,
      pattern: /^\/v1\.0\/teams\/([^/]+)\/channels\/([^/]+)\/messages\/([^/]+)\/replies\/([^/]+)$/,
      call: 'graphMessage',
      run: guarded((asked) => oneOf(asked, threadIn(asked), asked.parts[3])),
    },
    {
      ...open,
      pattern: /^\/v1\.0\/chats\/([^/]+)\/messages\/([^/]+)$/,
      call: 'graphMessage',
      run: guarded((asked) => oneOf(asked, chatIn(asked), asked.parts[1])),
    },
    {
      ...open,
      pattern: /^\/v1\.0\/chats\/([^/]+)\/messages$/,
      call: 'graphChat',
      run: guarded((asked) => {
        const chat = chatIn(asked);
        return 'status' in chat ? chat : pageOf(asked, chat.filter(visible).toReversed());
      }),
    },
    ...besideMessages(guarded),
  ];
}

function oneOf({ world }: Asked, all: readonly Held[] | Outcome, id: string | undefined): Outcome {
  if ('status' in all) return all;
  const held = all.find((one) => one.id === id);
  return held === undefined ? missing() : { status: 200, json: shapeOf(world, held), about: held.id };
}

type Guard = (run: (asked: Asked) => Outcome) => (asked: Asked) => Outcome;

const besideMessages = (guarded: Guard): readonly Route[] => [
  {
    ...open,
    pattern: /^\/v1\.0\/shares\/u!([\w-]+)\/driveItem\/content$/,
    call: 'graphFile',
    run: guarded(contentOf),
  },
  { ...open, guarded: true, pattern: at('teams/([^/]+)'), call: 'getTeam', run: getTeam },
];

const missing = (): Outcome => failed(404, 'NotFound', 'NotFound');
const forbidden = (): Outcome => failed(403, 'Forbidden', 'Missing role permissions on the request.');

const getTeam = ({ world, parts }: Asked): Outcome => {
  if (parts[0] !== world.team) return failed(404, 'NotFound', 'Team not found.');
  return { status: 200, json: { id: world.team, name: 'Sandbox', aadGroupId: guidOf(world.team) }, about: world.team };
};

/** docs: List channel messages, `$expand`: replies are told with what they are to. */
function channelOf(asked: Asked, shows: (held: Held) => boolean): Outcome {
  const thread = threadIn(asked);
  if ('status' in thread) return thread;
  const { world, query } = asked;
  const all = [...world.channel.messages.values()].filter(shows);
  const roots = all.filter(({ id, root }) => id === root).toReversed();
  const page = pageOf(asked, roots);
  if (query.get('$expand') !== 'replies' || page.json === undefined || !('value' in page.json)) return page;
  const value = roots
    .slice(Number(query.get('$skiptoken') ?? 0))
    .slice(0, Array.isArray(page.json.value) ? page.json.value.length : 0)
    .map((root) => {
      const replies = all.filter((one) => one.root === root.id && one.id !== root.id);
      return { ...shapeOf(world, root), replies: replies.map((one) => shapeOf(world, one)) };
    });
  return { ...page, json: { ...page.json, value } };
}

function threadIn({ world, parts }: Asked): readonly Held[] | Outcome {
  const [group, channel, root = ''] = parts;
  if (group !== guidOf(world.team) || channel !== world.channel.id) return missing();
  if (!world.consents.has('channels') || !world.channel.hasBot) return forbidden();
  return [...world.channel.messages.values()].filter((held) => held.root === root);
}

function listOf(asked: Asked, shows: (held: Held) => boolean): Outcome {
  const thread = threadIn(asked);
  // The newest come first here, too, but nobody promises it.
  return 'status' in thread ? thread : pageOf(asked, thread.filter(shows).toReversed());
}

function chatIn({ world, parts }: Asked): readonly Held[] | Outcome {
  if (parts[0] !== world.group.id) return missing();
  if (!world.consents.has('group chat') || !world.group.hasBot) return forbidden();
  return [...world.group.messages.values()];
}

function pageOf({ world, query, request }: Asked, all: readonly Held[]): Outcome {
  const top = Math.min(Number(query.get('$top') ?? 20), MOST_PER_PAGE);
  const skip = Number(query.get('$skiptoken') ?? 0);
  const next = new URL(request.url ?? '/', world.address);
  next.searchParams.set('$skiptoken', String(skip + top));
  const more = all.length > skip + top ? { '@odata.nextLink': next.href } : {};
  const value = all.slice(skip, skip + top).map((held) => shapeOf(world, held));
  return { status: 200, json: { '@odata.count': value.length, ...more, value } };
}

/** docs: chatMessage resource type. */
function shapeOf(world: World, held: Held): object {
  const when = held.at.toISOString();
  const user = { '@odata.type': '#microsoft.graph.teamworkUserIdentity', userIdentityType: 'aadUser' };
  const name = world.names.get(held.from) ?? '';
  const application = { id: world.app.id, displayName: world.bot.name, applicationIdentityType: 'bot' };
  return {
    id: held.id,
    replyToId: held.root === held.id || held.root === '' ? null : held.root,
    etag: held.id,
    messageType: 'message',
    createdDateTime: when,
    lastModifiedDateTime: when,
    deletedDateTime: null,
    chatId: held.conversation.kind === 'channel' ? null : held.conversation.id,
    from: held.fromBot
      ? { application, user: null }
      : { application: null, user: { ...user, id: guidOf(held.from), displayName: name } },
    body: { contentType: 'html', content: htmlOf(world, held) },
    attachments: held.files.filter(({ picture }) => !picture).map((file) => referenceTo(world, file)),
    mentions: held.named ? [{ id: 0, mentionText: world.bot.name, mentioned: { application, user: null } }] : [],
    reactions: [],
  };
}

const referenceTo = (world: World, file: SharedFile): object => ({
  id: file.id,
  contentType: 'reference',
  contentUrl: siteUrlOf(world, file),
  content: null,
  name: file.name,
});

/** Where a file lies that people see; it opens for whoever may. */
export const siteUrlOf = ({ address }: World, { id, name }: SharedFile): string =>
  `${address}/sites/Sandbox/Shared%20Documents/${id}/${encodeURIComponent(name)}`;

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const marked = (text: string): string =>
  text
    .replaceAll(/`([^`\n]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/\\(?=[!-/:-@[-`{-~])/g, '');

/** As Teams makes HTML of what was written; of the bot's Markdown, what matters here. */
function htmlOf({ bot }: World, { text, fromBot, named }: Held): string {
  const html = fromBot ? marked(escape(text)) : escape(text);
  return `<p>${named ? `<at id="0">${bot.name}</at>&nbsp;` : ''}${html.replaceAll('\n', '<br>')}</p>`;
}

/** docs: Access shared items: the address as base64 without padding, below `u!`. */
const contentOf = ({ world, parts }: Asked): Outcome => {
  if (!world.consents.has('files')) return failed(403, 'accessDenied', 'Access denied');
  const url = Buffer.from(parts[0] ?? '', 'base64url').toString();
  const file = world.files.values().find((one) => siteUrlOf(world, one) === url);
  if (file === undefined) return failed(404, 'itemNotFound', 'The resource could not be found.');
  return { status: 302, headers: { location: downloadUrlOf(world, file) }, about: file.id };
};

const downloadUrlOf = ({ address }: World, file: SharedFile): string =>
  `${address}/_layouts/15/download.aspx?UniqueId=${file.id}&tempauth=v1.${Buffer.from(file.id).toString('base64url')}`;
