import type { Args } from './method.ts';
import { textArg } from './method.ts';
import type { World } from './world.ts';

/** What a method asks of the token; docs: each method's page. One of several is enough where there are several. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'assistant.threads.setStatus': ['chat:write', 'assistant:write'],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.startStream': ['chat:write'],
  'chat.appendStream': ['chat:write'],
  'chat.stopStream': ['chat:write'],
  'conversations.open': ['im:write', 'mpim:write', 'groups:write', 'channels:manage'],
  'files.info': ['files:read'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'reactions.add': ['reactions:write'],
  'reactions.remove': ['reactions:write'],
  'users.info': ['users:read'],
};

const OF_LISTS: Readonly<Record<string, string>> = {
  im: 'im:read',
  mpim: 'mpim:read',
  private_channel: 'groups:read',
  public_channel: 'channels:read',
};

/** Whether a token with these scopes may make the call; undefined scopes are all of them. */
export function mayCall(granted: readonly string[] | undefined, method: string, args: Args, world: World): boolean {
  if (granted === undefined) return true;
  if (method === 'users.conversations') {
    const types = (textArg(args, 'types') || 'public_channel').split(',');
    return types.every((type) => granted.includes(OF_LISTS[type] ?? ''));
  }
  if (method === 'conversations.history' || method === 'conversations.replies') {
    const direct = world.channels.get(textArg(args, 'channel'))?.direct === true;
    return granted.includes(direct ? 'im:history' : 'channels:history');
  }
  const needed = SCOPES[method];
  return needed === undefined || needed.some((scope) => granted.includes(scope));
}
