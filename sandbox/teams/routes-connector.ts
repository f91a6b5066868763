import { objectIn } from '../kit/json.ts';
import { guidOf, SOMEBODY } from './activities.ts';
import { isObject } from './cards.ts';
import { wantedIn, wantedOf } from './message-body.ts';
import type { Wanted } from './message-body.ts';
import type { Asked, Outcome, Route } from './route.ts';
import { failed } from './route.ts';
import { streamedIn } from './streams.ts';
import type { StreamRequest, Streams } from './streams.ts';
import type { Conversation, Held, World } from './world.ts';
import { addMessage, conversationOf, findThread, ROOT } from './world.ts';

/** As of any message, but told in other words (docs: Stream bot messages, "Error codes"). */
const MOST_STREAMED = 50 * 1024;

const isTargeted = ({ query }: Asked): boolean => query.get('isTargetedActivity') === 'true';

const sendOrStream =
  (streams: Streams) =>
  (asked: Asked): Outcome => {
    const streamed = streamedIn(objectIn(asked.body) ?? {});
    return streamed === undefined ? sendActivity(asked) : stream(asked, streams, streamed);
  };

const sendActivity = (asked: Asked): Outcome => {
  const { world, body, parts } = asked;
  const wanted = wantedIn(body);
  if ('status' in wanted) return wanted;
  const found = reach(world, parts[0] ?? '');
  if ('status' in found) return found;
  const { conversation, root } = found;
  if (wanted.type === 'typing') return { status: 201, json: { id: world.nextId() }, about: conversation.id };
  const only = isTargeted(asked) ? wanted.recipient : undefined;
  if (only !== undefined && (conversation.kind === 'personal' || !world.names.has(only))) {
    return failed(400, 'BadArgument', 'A targeted message needs a recipient who is in the group conversation');
  }
  const held = addMessage(world, {
    ...shownOf(wanted),
    conversation,
    from: world.bot.id,
    ...(root !== '' && { root }),
    only,
  });
  return { status: 201, json: { id: held.id }, about: held.id };
};

function stream({ world, body, parts }: Asked, streams: Streams, streamed: StreamRequest): Outcome {
  if (body.length > MOST_STREAMED) return failed(403, 'ContentStreamNotAllowed', 'Message size too large');
  const found = reach(world, parts[0] ?? '');
  return 'status' in found ? found : streams.take(world, found.conversation, streamed);
}

const shownOf = ({ text, summary, card, called, preview }: Wanted): Shown => ({
  text,
  summary,
  card,
  called,
  preview,
});

type Shown = Pick<Held, 'text' | 'summary' | 'card' | 'called' | 'preview'>;

const updateActivity =
  (streams: Streams) =>
  (asked: Asked): Outcome => {
    const wanted = wantedIn(asked.body);
    if ('status' in wanted) return wanted;
    const held = own(asked);
    if ('status' in held) return held;
    const problem = streams.holds(held);
    if (problem !== undefined) return problem;
    Object.assign(held, shownOf(wanted));
    held.edits += 1;
    return { status: 200, json: { id: held.id }, about: held.id };
  };

const deleteActivity = (asked: Asked): Outcome => {
  const held = own(asked);
  if ('status' in held) return held;
  held.conversation.messages.delete(held.id);
  return { status: 200, about: held.id };
};

/** A conversation with one person of the tenant, or a new thread in a channel. */
const createConversation = (asked: Asked): Outcome => {
  const wish = objectIn(asked.body) ?? {};
  const { channelData, members, activity } = wish;
  const channel: unknown =
    isObject(channelData) && isObject(channelData['channel']) ? channelData['channel']['id'] : '';
  if (wish['isGroup'] === true) return beginThread(asked.world, String(channel), isObject(activity) ? activity : {});
  const [member]: unknown[] = Array.isArray(members) ? members : [];
  return openChat(asked.world, isObject(member) ? String(member['id']) : '');
};

function openChat(world: World, person: string): Outcome {
  if (!world.people.values().toArray().includes(person)) return failed(400, 'BadArgument', 'members names nobody here');
  // The chat that is there from the beginning is somebody's already.
  const name =
    person === world.people.get(SOMEBODY) ? world.personal.id : `a:1${Buffer.from(person).toString('base64url')}`;
  if (!world.conversations.has(name)) world.conversations.set(name, conversationOf(name, 'personal'));
  return { status: 201, json: { id: name }, about: name };
}

function beginThread(world: World, channel: string, activity: Readonly<Record<string, unknown>>): Outcome {
  const found = reach(world, channel);
  if ('status' in found) return found;
  if (found.conversation.kind !== 'channel') return failed(400, 'BadArgument', 'channelData names no channel');
  const wanted = wantedOf(activity);
  if ('status' in wanted) return wanted;
  const held = addMessage(world, { ...shownOf(wanted), conversation: found.conversation, from: world.bot.id });
  return { status: 201, json: { id: `${channel}${ROOT}${held.id}`, activityId: held.id }, about: held.id };
}

const getMembers = ({ world, parts }: Asked): Outcome => {
  const found = reach(world, parts[0] ?? '');
  if ('status' in found) return found;
  const members = [...world.people].map(([name, id]) => memberOf(world, id, name));
  return { status: 200, json: members, about: found.conversation.id };
};

const getMember = ({ world, parts }: Asked): Outcome => {
  const [conversation = '', id = ''] = parts;
  const found = reach(world, conversation);
  if ('status' in found) return found;
  // A person is known by the id in the organization as well.
  const member = [...world.names].find(([one]) => one === id || guidOf(one) === id);
  if (member === undefined) return failed(404, 'MemberNotFoundInConversation', 'Member not found in conversation.');
  return { status: 200, json: memberOf(world, ...member), about: id };
};

const memberOf = ({ tenant }: World, id: string, name: string): object => ({
  id,
  name,
  givenName: name,
  surname: '',
  email: `${name.toLowerCase()}@sandbox.example`,
  userPrincipalName: `${name.toLowerCase()}@sandbox.example`,
  tenantId: tenant,
  userRole: 'user',
});

const getPicture = ({ world, parts }: Asked): Outcome => {
  const file = world.files.get(parts[0] ?? '');
  if (file === undefined || !file.picture) return failed(404, 'AttachmentNotFound');
  return { status: 200, bytes: { mediaType: file.mediaType, content: file.bytes }, about: file.id };
};

export function reach(world: World, id: string): { conversation: Conversation; root: string } | Outcome {
  const found = findThread(world, id);
  if (found === undefined) return failed(404, 'ConversationNotFound', 'Conversation not found.');
  if (found.conversation.hasBot) return found;
  return failed(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
}

/** A message of the bot's, which alone it may change. Who sees it stays as it is. */
function own(asked: Asked): Held | Outcome {
  const [conversation = '', id = ''] = asked.parts;
  const found = reach(asked.world, conversation);
  if ('status' in found) return found;
  const held = found.conversation.messages.get(id);
  if (held === undefined || (held.only !== undefined) !== isTargeted(asked))
    return failed(404, 'ActivityNotFoundInConversation', 'The activity was not found.');
  return held.fromBot ? held : failed(403, 'ForbiddenOperationException', 'The bot did not write this activity.');
}

/** Below `/amer/<tenant>/`, or where all regions are reached. */
export const at = (path: string): RegExp => new RegExp(`^/(?:amer/[^/]+|teams)/v3/${path}$`);
const guarded = { guarded: true, limited: true } as const;
const nameOfSend = ({ body }: Asked): string => {
  const activity = objectIn(body) ?? {};
  const info = streamedIn(activity)?.info;
  if (info === undefined) return activity['type'] === 'typing' ? 'sendTyping' : 'sendActivity';
  if (info.id === '') return 'startStream';
  return info.kind === 'final' ? 'endStream' : 'continueStream';
};
const ONE = at('conversations/([^/]+)/activities/([^/]+)');

export const connectorRoutes = (streams: Streams): readonly Route[] => [
  {
    ...guarded,
    method: 'POST',
    pattern: at('conversations/([^/]+)/activities'),
    call: nameOfSend,
    run: sendOrStream(streams),
  },
  { ...guarded, method: 'POST', pattern: ONE, call: 'replyToActivity', run: sendOrStream(streams) },
  { ...guarded, method: 'PUT', pattern: ONE, call: 'updateActivity', run: updateActivity(streams) },
  { ...guarded, method: 'DELETE', pattern: ONE, call: 'deleteActivity', run: deleteActivity },
  { ...guarded, method: 'POST', pattern: at('conversations'), call: 'createConversation', run: createConversation },
  { ...guarded, method: 'GET', pattern: at('conversations/([^/]+)/members'), call: 'getMembers', run: getMembers },
  {
    ...guarded,
    method: 'GET',
    pattern: at('conversations/([^/]+)/members/([^/]+)'),
    call: 'getMember',
    run: getMember,
  },
  {
    guarded: true,
    limited: false,
    method: 'GET',
    pattern: at('attachments/([^/]+)/views/original'),
    call: 'getAttachment',
    run: getPicture,
  },
];
