import type { PlatformName } from './world.ts';

/** The call that makes a first post, as each stand-in's ledger names it. */
export const POST_CALLS: Readonly<Record<PlatformName, string>> = {
  slack: 'chat.postMessage',
  discord: 'POST /channels/:c/messages',
  teams: 'sendActivity',
  github: 'POST /repos/:o/:r/pulls/:n/comments/:id/replies',
};
