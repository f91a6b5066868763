import { CODE_GOOD_FOR_MIN, type Account } from '../db/links.ts';
import type { StoredMessage } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import { placeOf, type Agent, type TurnContext } from './agent.ts';

/** Codes that one account may try in an hour. */
const GUESSES = 5;
const HOUR_MS = 3_600_000;

/** Milliseconds that telling a code may take. */
const TELL_WITHIN_MS = 10_000;

/**
 * `link` gives a code, for the eyes of who asked alone; `link CODE` on another account makes both one person.
 * @returns what everybody there may read.
 */
export async function link(agent: Agent, context: TurnContext, message: StoredMessage, code: string): Promise<string> {
  return code === '' ? giveCode(agent, context, message) : useCode(agent, context, message, code);
}

export async function unlink(agent: Agent, context: TurnContext, message: StoredMessage): Promise<string> {
  const was = await agent.deeds.people.unlink(context.organization, accountOf(context, message));
  return was ? 'This account is linked with no other any more.' : 'This account is linked with no other.';
}

const accountOf = ({ mailbox: { app, install } }: TurnContext, { authorId: person }: StoredMessage): Account => ({
  app,
  install,
  person,
});

/** It is whispered, never part of an answer: answers are kept. */
async function giveCode(agent: Agent, context: TurnContext, message: StoredMessage): Promise<string> {
  const { adapter, access, mailbox, organization, signal, log } = context;
  if (adapter.whisper === undefined)
    return 'Here everybody would see the code. Say `link` to me on another platform, and bring the code here.';
  const code = await agent.deeds.people.giveCode(organization, accountOf(context, message));
  const text = [
    `Your code is \`${code}\`. Within ${CODE_GOOD_FOR_MIN} minutes say \`link ${code}\` to me with your other account.`,
    'Give it to nobody: who uses it is one person with you.',
  ].join('\n\n');
  const within = AbortSignal.any([signal, AbortSignal.timeout(TELL_WITHIN_MS)]);
  try {
    await adapter.whisper(access, placeOf(mailbox, message), { person: message.authorId, text }, within);
    return 'I have told you a code that only you can see.';
  } catch (thrown) {
    log.info({ reason: toFailure(thrown, 'unavailable').message }, 'a code could not be told');
    return 'I could not tell you the code here without others seeing it. Write to me directly, or use the slash command.';
  }
}

async function useCode(agent: Agent, context: TurnContext, message: StoredMessage, code: string): Promise<string> {
  const { organization, mailbox } = context;
  const { granted, inMs } = await agent.store.grant(organization, {
    holds: [],
    slots: [{ key: `link/${mailbox.app}/${message.authorId}`, windows: [{ most: GUESSES, everyMs: HOUR_MS }] }],
    share: 1,
    patienceMs: 0,
  });
  if (!granted || inMs > 0) return `These were ${GUESSES} codes in an hour: try again later.`;
  const outcome = await agent.deeds.people.useCode(organization, accountOf(context, message), code);
  if (outcome === 'linked') return 'Linked: both accounts are one person for me now. `unlink` takes it back.';
  if (outcome === 'same') return 'It is this account that asked for the code: use it with your other one.';
  return `There is no such code. A code is good for ${CODE_GOOD_FOR_MIN} minutes and for one use; \`link\` gives a new one.`;
}
