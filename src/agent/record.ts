import type { NewAsk } from '../db/journal.ts';
import type { StoredMessage } from '../db/mailbox.ts';
import type { NewControl } from '../db/posts.ts';
import type { Ended, StepEnd, TurnEnd } from '../db/turns.ts';
import type { ModelFault } from '../llm/provider.ts';
import type { Card } from '../model/card.ts';
import type { Called } from '../model/reply.ts';
import { Failure, type FailureCode } from '../model/failure.ts';
import type { TurnId } from '../model/ids.ts';
import type { Shown } from '../outbox/update-post.ts';
import type { Writer } from '../outbox/writer.ts';
import type { Agent, TurnContext } from './agent.ts';
import { ModelFailed } from './generate.ts';
import { underOf } from './reach.ts';

/** What a turn came to say, and the journaled steps that it took. */
export type Spoken = {
  readonly text: string;
  readonly steps: readonly StepEnd[];
  /** Something external was read for it. */
  readonly tainted?: boolean;
  readonly card?: Card | undefined;
  readonly controls?: readonly NewControl[];
  /** Whom it may call. */
  readonly calls?: readonly Called[];
  /** Who had it stopped: the text is what was said until then. */
  readonly stoppedBy?: string;
};

/** A turn whose answer is visible whole. */
export type Delivered = Spoken & {
  readonly turn: TurnId;
  readonly asked: readonly StoredMessage[];
  readonly posts: readonly Shown[];
};

/** A turn that went wrong. */
export type Failed = {
  readonly turn: TurnId;
  readonly writer: Writer;
  readonly failure: Failure | ModelFailed;
  /** When only delivering it failed. */
  readonly said: Spoken | undefined;
  readonly stopWriting: () => void;
  /** The person who asked can be told that there is no answer. */
  readonly tellable: boolean;
  /** Offered to that person below it. */
  readonly again: Pick<Spoken, 'card' | 'controls'>;
};

/** Writes that a turn ended with an answer that is visible whole; whether messages are left in the thread. */
export async function recordAnswered(agent: Agent, context: TurnContext, said: Delivered): Promise<boolean> {
  const posts = said.posts.map((post) => ({ ordinal: post.ordinal, state: 'sent', externalId: post.id }));
  const { more, changed } = await end(agent, context, {
    turn: said.turn,
    outcome: 'answered',
    failed: false,
    answer: said.text,
    tainted: said.tainted ?? false,
    stoppedBy: said.stoppedBy ?? null,
    error: null,
    retryInMs: 0,
    steps: said.steps,
    posts,
    under: underOf(context, said.asked, said.posts),
  });
  if (changed) return more;
  const firstReceived = Math.min(...said.asked.map((message) => message.receivedAt.getTime()));
  const seconds = (agent.clock.wall() - firstReceived) / 1000;
  agent.metrics.replied.observe(seconds);
  context.log.info({ turn: said.turn, parts: posts.length, messages: said.asked.length, seconds }, 'answered');
  return more;
}

/** Tries of one turn before it is given up, and the seconds between them. */
const PAUSES_S = [1, 2, 5, 15, 60, 300, 900];

const PASSING_FAULTS: ReadonlySet<ModelFault> = new Set(['rate', 'server', 'connection', 'stall', 'garbage']);
const PASSING_CODES: ReadonlySet<FailureCode> = new Set(['rate-limited', 'unavailable', 'unknown-outcome']);

/** Puts a failed turn off, or gives it up: visible to the person who asked, kept with its reason for an admin. */
export async function recordFailed(agent: Agent, context: TurnContext, failed: Failed): Promise<boolean> {
  const { failure, turn } = failed;
  if (failure instanceof Failure && failure.code === 'aborted') throw failure;
  if (context.signal.aborted) throw new Failure('aborted', 'the turn was handed over', { cause: failure });

  const known = { turn, ...outcomeOf(failed), stoppedBy: null, error: failure.message, posts: [] };
  // A limit says when there is room again, not that something is wrong: waiting for it is no step towards giving up.
  const limited = failure instanceof Failure && failure.code === 'rate-limited';
  const failures = limited ? 0 : (context.mailbox.turn?.failures ?? 0);
  const retryInMs = isPassing(failure) ? pauseAfter(failures, failure, agent.clock.random()) : undefined;
  if (retryInMs !== undefined) {
    failed.stopWriting();
    await Promise.allSettled([failed.writer.delivered]);
    context.log.warn({ turn, retryInMs, reason: failure.message }, 'a turn is put off');
    const posts = surelyShown(agent, failed.writer);
    return (await end(agent, context, { ...known, posts, outcome: 'deferred', failed: !limited, retryInMs })).more;
  }
  context.log.error({ turn, reason: failure.message }, 'a turn is given up');
  if (failed.tellable) await tellPerson(agent, context, failed);
  return (await end(agent, context, { ...known, outcome: 'dead', failed: true, retryInMs: 0 })).more;
}

/** What need not be set again: under a tight limit a turn would otherwise use up what it is given for what it did before. */
function surelyShown({ clock }: Agent, writer: Writer): TurnEnd['posts'] {
  const now = clock.now();
  return writer
    .posts()
    .filter(({ closed, streaming, lateUntil = now }) => !closed && !streaming && lateUntil <= now)
    .flatMap(({ ordinal, id, text }) => (text === undefined ? [] : [{ ordinal, state: 'sent', externalId: id, text }]));
}

function outcomeOf({ failure, said }: Failed): Pick<TurnEnd, 'answer' | 'steps'> {
  if (failure instanceof ModelFailed) return { answer: null, steps: [failure.generated.step] };
  return { answer: said?.text ?? null, steps: said?.steps ?? [] };
}

/** Milliseconds, up to two fifths more so that many do not come back at once; undefined after the last try. */
function pauseAfter(tried: number, failure: Failure | ModelFailed, chance: number): number | undefined {
  const seconds = PAUSES_S[tried];
  return seconds === undefined ? undefined : Math.max(seconds * 1000, askedToWait(failure)) * (1 + chance * 0.4);
}

function isPassing(failure: Failure | ModelFailed): boolean {
  if (failure instanceof Failure) return PASSING_CODES.has(failure.code);
  return failure.generated.fault !== undefined && PASSING_FAULTS.has(failure.generated.fault);
}

function askedToWait(failure: Failure | ModelFailed): number {
  return (failure instanceof Failure ? failure.retryInMs : failure.generated.retryInMs) ?? 0;
}

const APOLOGY = 'I could not answer this. An admin of this bot can see the reason and try again.';

/** What the person sees instead of silence. That it could not be shown either is no second failure. */
async function tellPerson(agent: Agent, context: TurnContext, { turn, writer, again }: Failed): Promise<void> {
  const { organization, mailbox } = context;
  const { controls = [] } = again;
  // Written before it can be seen: with a whole answer its buttons are saved by the writer, and this is none.
  if (controls.length > 0) await agent.store.offer(organization, { lease: mailbox.lease, turn, controls });
  writer.finish(APOLOGY, { ...again, instead: true });
  await Promise.allSettled([writer.delivered]);
}

/** Milliseconds after the time for a decision in which the turn is taken up again, to say that nobody decided. */
const AFTER_TIME_MS = 500;

/** Writes that a turn waits for a person. */
export async function recordAsked(
  agent: Agent,
  context: TurnContext,
  { turn, ask }: { readonly turn: TurnId; readonly ask: NewAsk },
): Promise<boolean> {
  context.log.info({ turn, approval: ask.id }, 'a turn waits for a person');
  const { more } = await end(agent, context, {
    turn,
    outcome: 'deferred',
    failed: false,
    answer: null,
    stoppedBy: null,
    error: null,
    retryInMs: ask.forMs + AFTER_TIME_MS,
    waitsFor: ask.id,
    steps: [],
    posts: [],
  });
  return more;
}

/** Writes that a turn ended without an answer, for a reason that is nobody's failure. */
export async function recordIgnored(
  agent: Agent,
  context: TurnContext,
  { turn, reason }: { readonly turn: TurnId; readonly reason: string },
): Promise<boolean> {
  context.log.info({ turn, reason }, 'a turn is not answered');
  const { more } = await end(agent, context, {
    turn,
    outcome: 'ignored',
    failed: false,
    answer: null,
    stoppedBy: null,
    error: reason,
    retryInMs: 0,
    steps: [],
    posts: [],
  });
  return more;
}

async function end(agent: Agent, context: TurnContext, turn: Omit<TurnEnd, 'lease'>): Promise<Ended> {
  const ended = await agent.store.end(context.organization, { ...turn, lease: context.mailbox.lease });
  if (!ended.live) throw new Failure('aborted', 'the lease was lost before the end of the turn was written');
  agent.metrics.turns.inc({ outcome: ended.changed ? 'deferred' : turn.outcome });
  if (ended.changed) context.log.info({ turn: turn.turn }, 'what it answers was changed meanwhile: it goes on');
  return ended;
}
