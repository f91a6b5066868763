import type { PlatformName } from './world.ts';

/** The call that makes a first post, as each stand-in's ledger names it. */
export const POST_CALLS: Readonly<Record<PlatformName, string>> = {
  slack: 'chat.postMessage',
  discord: 'POST /channels/:c/messages',
  teams: 'sendActivity',
  github: 'POST /repos/:o/:r/pulls/:n/comments/:id/replies',
};

/** The call that changes a post. */
export const EDIT_CALLS: Readonly<Record<PlatformName, string>> = {
  slack: 'chat.update',
  discord: 'PATCH /channels/:c/messages/:m',
  teams: 'updateActivity',
  github: 'PATCH /repos/:o/:r/pulls/comments/:id',
};
