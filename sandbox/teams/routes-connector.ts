import { objectIn } from '../kit/json.ts';
import type { Asked, Outcome, Route } from './route.ts';
import { failed } from './route.ts';
import type { Conversation, Held, World } from './world.ts';
import { addMessage, conversationOf, findThread } from './world.ts';

/** docs: Format your bot messages, "message size": 100 KB in UTF-16 for the whole activity. */
const MOST_BYTES = 100 * 1024;

const sendActivity = (asked: Asked): Outcome => {
  const { world, body, parts } = asked;
  const activity = activityOf(body);
  if ('status' in activity) return activity;
  const found = reach(world, parts[0] ?? '');
  if ('status' in found) return found;
  if (activity.type === 'typing') return { status: 201, json: { id: world.nextId() }, about: found.conversation.id };
  const { conversation, root } = found;
  const held = addMessage(world, {
    conversation,
    ...(root !== '' && { root }),
    from: world.bot.id,
    text: activity.text,
  });
  return { status: 201, json: { id: held.id }, about: held.id };
};

const updateActivity = ({ world, body, parts }: Asked): Outcome => {
  const activity = activityOf(body);
  if ('status' in activity) return activity;
  const held = own(world, parts);
  if ('status' in held) return held;
  held.text = activity.text;
  held.edits += 1;
  return { status: 200, json: { id: held.id }, about: held.id };
};

const deleteActivity = ({ world, parts }: Asked): Outcome => {
  const held = own(world, parts);
  if ('status' in held) return held;
  held.conversation.messages.delete(held.id);
  return { status: 200, about: held.id };
};

/** A conversation with one person of the tenant, or a new thread in a channel. */
const createConversation = ({ world, body }: Asked): Outcome => {
  const asked = objectIn(body);
  const [member] = Array.isArray(asked?.['members']) ? asked['members'] : [];
  const id: unknown = typeof member === 'object' && member !== null && 'id' in member ? member.id : undefined;
  if (typeof id !== 'string' || !world.names.has(id)) return failed(400, 'BadArgument', 'members names nobody here');
  const name = `a:1${Buffer.from(id).toString('base64url')}`;
  if (!world.conversations.has(name)) world.conversations.set(name, conversationOf(name, 'personal'));
  return { status: 201, json: { id: name }, about: name };
};

const getMembers = ({ world, parts }: Asked): Outcome => {
  const found = reach(world, parts[0] ?? '');
  if ('status' in found) return found;
  const members = [...world.people].map(([name, id]) => ({ id, name, tenantId: world.tenant, userRole: 'user' }));
  return { status: 200, json: members, about: found.conversation.id };
};

const getPicture = ({ world, parts }: Asked): Outcome => {
  const file = world.files.get(parts[0] ?? '');
  if (file === undefined || !file.picture) return failed(404, 'AttachmentNotFound');
  return { status: 200, bytes: { mediaType: file.mediaType, content: file.bytes }, about: file.id };
};

function activityOf(body: string): { type: string; text: string } | Outcome {
  if (body.length * 2 > MOST_BYTES) return failed(413, 'MessageSizeTooBig', 'Message size too large.');
  const { type, text } = objectIn(body) ?? {};
  if (type === 'typing') return { type, text: '' };
  if (type !== 'message') return failed(400, 'BadSyntax', 'Activity type is missing or not supported');
  return typeof text === 'string' && text !== '' ? { type, text } : failed(400, 'BadSyntax', 'Message text is missing');
}

function reach(world: World, id: string): { conversation: Conversation; root: string } | Outcome {
  const found = findThread(world, id);
  if (found === undefined) return failed(404, 'ConversationNotFound', 'Conversation not found.');
  if (found.conversation.hasBot) return found;
  return failed(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
}

/** A message of the bot's, which alone it may change. */
function own(world: World, [conversation = '', id = '']: readonly string[]): Held | Outcome {
  const found = reach(world, conversation);
  if ('status' in found) return found;
  const held = found.conversation.messages.get(id);
  if (held === undefined) return failed(404, 'ActivityNotFoundInConversation', 'The activity was not found.');
  return held.fromBot ? held : failed(403, 'ForbiddenOperationException', 'The bot did not write this activity.');
}

/** Below `/amer/<tenant>/`. */
const at = (path: string): RegExp => new RegExp(`^/amer/[^/]+/v3/${path}$`);
const guarded = { guarded: true, limited: true } as const;
const nameOfSend = ({ body }: Asked): string => (objectIn(body)?.['type'] === 'typing' ? 'sendTyping' : 'sendActivity');

export const connectorRoutes: readonly Route[] = [
  {
    ...guarded,
    method: 'POST',
    pattern: at('conversations/([^/]+)/activities'),
    call: nameOfSend,
    run: sendActivity,
  },
  {
    ...guarded,
    method: 'POST',
    pattern: at('conversations/([^/]+)/activities/([^/]+)'),
    call: 'replyToActivity',
    run: sendActivity,
  },
  {
    ...guarded,
    method: 'PUT',
    pattern: at('conversations/([^/]+)/activities/([^/]+)'),
    call: 'updateActivity',
    run: updateActivity,
  },
  {
    ...guarded,
    method: 'DELETE',
    pattern: at('conversations/([^/]+)/activities/([^/]+)'),
    call: 'deleteActivity',
    run: deleteActivity,
  },
  { ...guarded, method: 'POST', pattern: at('conversations'), call: 'createConversation', run: createConversation },
  { ...guarded, method: 'GET', pattern: at('conversations/([^/]+)/members'), call: 'getMembers', run: getMembers },
  {
    guarded: true,
    limited: false,
    method: 'GET',
    pattern: at('attachments/([^/]+)/views/original'),
    call: 'getAttachment',
    run: getPicture,
  },
];
