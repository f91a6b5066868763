import { z } from 'zod';
import { openAct, endAct, findTarget, type StoredAct } from '../db/acts.ts';
import type { Transaction } from '../db/database.ts';
import { press } from '../db/press.ts';
import { giveFeedback, grantWish, type Granted } from '../db/wishes.ts';
import type { Policy } from '../model/policy.ts';

/** What came of an act: kept for the record; `tell` is for the person's eyes alone. */
export type Acted = {
  readonly state: 'done' | 'refused';
  readonly reason: string;
  readonly tell: string | undefined;
};

/** What it is about is just ending: it waits. */
const LATER = { state: 'waiting' } as const;
type Decided = Acted | typeof LATER;

const Happened = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reaction'), messageId: z.string(), emoji: z.string(), added: z.boolean() }),
  z.object({ kind: z.literal('action'), action: z.string(), value: z.string() }),
  z.object({ kind: z.literal('submitted'), action: z.string(), values: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal('pressed'), button: z.enum(['stop', 'again']) }),
]);
type Happened = z.infer<typeof Happened>;
type Reaction = Extract<Happened, { kind: 'reaction' }>;

/**
 * Does what somebody asked for by a reaction, a click, a form or a button of the platform: once, in the caller's transaction.
 * @returns undefined when it was done before.
 */
export async function act(tx: Transaction, id: string): Promise<(Decided & { readonly of: StoredAct }) | undefined> {
  const of = await openAct(tx, id);
  if (of === undefined) return undefined;
  const acted = await decide(tx, of);
  if (acted.state !== 'waiting') await endAct(tx, id, acted);
  return { ...acted, of };
}

const done = (reason: string): Acted => ({ state: 'done', reason, tell: undefined });
const granted = (reason: Granted): Decided => (reason === undefined ? LATER : done(reason));
const refused = (reason: string, tell?: string): Acted => ({ state: 'refused', reason, tell });

async function decide(tx: Transaction, of: StoredAct): Promise<Decided> {
  const { policy } = of;
  if (policy.halt) return refused('the bot is halted here');
  if (of.authorKind !== 'human') return refused('programs press nothing here');
  if (policy.people.deny.includes(of.authorId)) return refused('this person is not answered here');
  const happened = Happened.parse(of.event);
  if (happened.kind === 'reaction') return react(tx, of, happened);
  return happened.kind === 'pressed' ? pressOwn(tx, of, happened.button) : click(tx, of, happened);
}

async function react(tx: Transaction, of: StoredAct, { messageId, emoji, added }: Reaction): Promise<Decided> {
  const { policy, authorId: person, authorName: by } = of;
  const wish = Object.hasOwn(policy.reactions, emoji) ? policy.reactions[emoji] : undefined;
  if (wish === undefined) return refused('this reaction means nothing here');
  const target = await findTarget(tx, of, messageId);
  if (target === undefined) return refused('a reaction to no answer and no question of ours');
  const { turn, thread } = target;
  if (wish === 'good' || wish === 'bad') {
    await giveFeedback(tx, { turn, person, verdict: added ? wish : undefined, comment: null });
    return done(added ? `kept as ${wish}` : 'an opinion is taken back');
  }
  if (!added) return refused('taking this reaction away takes nothing back');
  const stranger = strangerTo(policy, target.askers, person);
  return stranger ?? granted(await grantWish(tx, { wish, turn, thread, person, by, comment: null }));
}

/** A button of the platform's own. */
async function pressOwn(tx: Transaction, of: StoredAct, button: 'stop' | 'again'): Promise<Decided> {
  const { policy, authorId: person, authorName: by } = of;
  const target = await findTarget(tx, of, undefined);
  if (target === undefined) return refused('there is no answer of ours here', 'There is no answer here.');
  const stranger = strangerTo(policy, target.askers, person);
  return stranger ?? granted(await grantWish(tx, { ...target, wish: button, person, by, comment: null }));
}

async function click(
  tx: Transaction,
  of: StoredAct,
  happened: Extract<Happened, { kind: 'action' | 'submitted' }>,
): Promise<Decided> {
  const { app, install, channel, authorId: person, authorName: by, receivedAt } = of;
  const isFilledIn = happened.kind === 'submitted';
  const at = receivedAt;
  const comment = isFilledIn ? Object.values(happened.values).join('\n').trim() || null : null;
  const clicked = { id: happened.action, app, install, channel, person, isFilledIn, at };
  const pressed = await press(tx, clicked, { by, comment });
  if (pressed === undefined) return LATER;
  return pressed.kind === 'refused' ? refused(pressed.reason, pressed.reason) : done(pressed.reason);
}

/** Where only who asked may stop an answer or have it again. */
function strangerTo(policy: Policy, askers: readonly string[], person: string): Acted | undefined {
  if (policy.control === 'anyone' || askers.includes(person)) return undefined;
  return refused('only who asked may do this here', 'Only the person who asked may do this.');
}
