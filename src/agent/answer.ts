import type { StoredMessage } from '../db/mailbox.ts';
import { DELETED } from '../db/changes.ts';
import { Failure, toFailure } from '../model/failure.ts';
import type { TurnId } from '../model/ids.ts';
import type { Target } from '../outbox/outbox.ts';
import { patienceOf } from '../outbox/pace.ts';
import { openWriter, type Earlier, type Writer } from '../outbox/writer.ts';
import type { Question } from './ask.ts';
import { placeOf, type Agent, type TurnContext } from './agent.ts';
import { ModelFailed } from './generate.ts';
import { limit } from './limits.ts';
import { breakLoop } from './loops.ts';
import { obey } from './obey.ts';
import { offerAgain } from './offer.ts';
import { lacksPlace, reachPlace } from './reach.ts';
import { BURIED_AFTER, type Plan } from './plan.ts';
import { recordAnswered, recordAsked, recordFailed, recordIgnored, type Spoken } from './record.ts';
import { askerOf, say, stopped } from './say.ts';
import { showWork, type Signs } from './show.ts';

/** A plan that says something, or takes something back. */
export type SpeakingPlan = Exclude<Plan, { kind: 'leave' | 'isolate' }>;

/** What a turn came to, before it is delivered. */
type Outcome = Spoken | Question | 'again' | { readonly ignored: string };

const NOTHING: Earlier = { posts: [], whole: false, settled: true };

/**
 * Runs one planned turn: decide what is said → deliver → record.
 * @returns whether messages are left and the lease is still held.
 * @throws Failure `aborted` when the lease was lost or the process hands over: nothing more may be written or sent.
 */
export async function answer(agent: Agent, given: TurnContext, plan: SpeakingPlan): Promise<boolean> {
  const context = forTurn(given, plan.turn);
  const { turn, asked } = plan;
  const halt = new AbortController();
  const signal = AbortSignal.any([context.signal, halt.signal]);
  const stoppedByReader = (): void => stopForReader(agent, context, plan);
  const target = { ...targetOf(context, turn, asked), signal, stoppedByReader };
  const { turn: earlier, policy } = context.mailbox;
  const writer = openWriter(
    agent.outbox,
    target,
    earlier === undefined ? NOTHING : { ...earlier, whole: earlier.anew },
  );
  const signs = plan.kind === 'say' ? showSigns(agent, context, { target, writer, asked }) : undefined;
  let said: Spoken | undefined;
  let ended: 'done' | 'failed' | undefined;
  try {
    const outcome = await decide(agent, context, plan, writer);
    if (outcome === 'again') return await leave(agent, context, writer);
    if ('ignored' in outcome) return await takeBack(agent, context, writer, { turn, reason: outcome.ignored });
    if ('ask' in outcome) return await waitForPerson(agent, context, writer, { turn, question: outcome });
    said = outcome;
    writer.finish(said.text, said);
    const posts = await writer.delivered;
    ended = 'done';
    return await recordAnswered(agent, context, { turn, asked, ...said, posts });
  } catch (thrown) {
    ended = 'failed';
    const failure = thrown instanceof ModelFailed ? thrown : toFailure(thrown, 'unavailable');
    const stopWriting = (): void => halt.abort();
    // One that ended its process once more after it was given up is not even apologised for.
    const isAnswerable = failure instanceof ModelFailed || (plan.kind === 'bury' && plan.crashes === BURIED_AFTER);
    const tellable = isAnswerable && !lacksPlace(context.mailbox, asked);
    const again = offerAgain(policy, '', askerOf(asked));
    return await recordFailed(agent, context, { turn, writer, failure, said, stopWriting, tellable, again });
  } finally {
    signs?.end(ended);
    halt.abort();
  }
}

/** What is obeyed while another turn waits for a person has nothing to do with that one. */
function forTurn(context: TurnContext, turn: TurnId): TurnContext {
  const { mailbox } = context;
  return mailbox.turn === undefined || mailbox.turn.id === turn
    ? context
    : { ...context, mailbox: { ...mailbox, turn: undefined } };
}

function showSigns(
  agent: Agent,
  { signal, mailbox }: TurnContext,
  {
    target,
    writer,
    asked,
  }: { readonly target: Target; readonly writer: Writer; readonly asked: readonly StoredMessage[] },
): Signs {
  const work = {
    isVisible: () => writer.posts().length > 0,
    question: questionOf(asked)?.external ?? '',
    signs: mailbox.policy.signs,
  };
  // The last sign is still shown when the writer has been told to stop.
  return showWork(agent.outbox, { ...target, signal }, work);
}

/** Somebody pressed a button that the platform tells of only when we go on: the same as any other stop. */
function stopForReader(agent: Agent, { organization, mailbox, log }: TurnContext, { turn, asked }: SpeakingPlan): void {
  const question = questionOf(asked);
  const { thread } = mailbox.lease;
  const by = question?.authorName ?? '';
  const wished = { wish: 'stop', turn, thread, person: question?.authorId ?? '', by, comment: null } as const;
  agent.deeds.grant(organization, wished).catch((thrown: unknown) => {
    log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'a stop could not be written');
  });
}

/** The message that is answered, of all that are. */
function questionOf(asked: readonly StoredMessage[]): StoredMessage | undefined {
  return asked.findLast((message) => message.why !== 'follow-up') ?? asked.at(-1);
}

/** Leaves the turn where it is, to be gone on with from the mailbox as it is now. */
async function leave(agent: Agent, context: TurnContext, writer: Writer): Promise<boolean> {
  if (await writer.leave()) return true;
  // A change may still arrive: whoever takes the thread next does not trust what is visible.
  const { lease } = context.mailbox;
  await agent.store.giveBack(context.organization, { lease, ignored: [], againInMs: 0 });
  return false;
}

function targetOf(context: TurnContext, turn: TurnId, asked: readonly StoredMessage[]): Target {
  const { mailbox, organization, adapter, access, signal, leaseLeftMs, log } = context;
  const place = placeOf(mailbox, questionOf(asked) ?? mailbox.turn);
  const { app, lease, inDoubt } = mailbox;
  const patienceMs = patienceOf(mailbox.turn?.attempts ?? 0);
  return { organization, app, turn, lease, adapter, access, place, inDoubt, signal, leaseLeftMs, patienceMs, log };
}

/** What is said, each kind of plan in its own way. */
async function decide(agent: Agent, context: TurnContext, plan: SpeakingPlan, writer: Writer): Promise<Outcome> {
  const { asked } = plan;
  const { policy } = context.mailbox;
  if (plan.kind === 'bury') throw new Failure('refused', `its process ended ${plan.crashes} times, at last alone`);
  if (plan.kind === 'reach') {
    await reachPlace(agent, context, asked);
    return 'again';
  }
  if (plan.kind === 'withdraw') return { ignored: `${DELETED} while it was being answered` };
  // What was read for an answer by a process that ended is not gone into: it counts as external. A schedule's text is no answer.
  if (plan.kind === 'deliver')
    return { text: plan.text, card: plan.card, steps: [], tainted: asked[0]?.command === undefined };
  if (plan.kind === 'stop') return stopped(policy, { by: plan.by, text: '', asker: askerOf(asked) }, []);
  if (plan.kind === 'obey') return obey(agent, context, asked[0], plan.command);
  return sayWithinLimits(agent, context, plan, writer);
}

async function sayWithinLimits(
  agent: Agent,
  context: TurnContext,
  { turn, asked, begin }: SpeakingPlan,
  writer: Writer,
): Promise<Outcome> {
  const loop = await breakLoop(agent, context, asked);
  if (loop !== undefined) return { ignored: loop };
  const limited = await limit(agent, context, asked);
  return limited ?? say(agent, context, { turn, asked, claimed: begin.step?.seq, writer });
}

/** Shows what a person is asked, and leaves the turn until that is decided. */
async function waitForPerson(
  agent: Agent,
  context: TurnContext,
  writer: Writer,
  { turn, question }: { readonly turn: TurnId; readonly question: Question },
): Promise<boolean> {
  writer.finish(question.text, { card: question.card, instead: true });
  await writer.delivered;
  return recordAsked(agent, context, { turn, ask: question.ask });
}

/** Takes away what was posted of an answer that is not given after all. */
async function takeBack(
  agent: Agent,
  context: TurnContext,
  writer: Writer,
  end: { readonly turn: TurnId; readonly reason: string },
): Promise<boolean> {
  writer.finish('', { instead: true });
  await writer.delivered;
  return recordIgnored(agent, context, end);
}
