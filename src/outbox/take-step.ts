import type { StoredPost } from '../db/mailbox.ts';
import type { NewControl, PostOutcome } from '../db/posts.ts';
import { Failure, type FailureCode } from '../model/failure.ts';
import type { Clock } from '../observe/clock.ts';
import { createPost, type Held, type Made } from './create-post.ts';
import { fileOf } from './file-out.ts';
import type { Wanted } from './layout.ts';
import { lookUp, traceOf } from './look-up.ts';
import type { Step } from './next-step.ts';
import type { Outbox, Target } from './outbox.ts';
import { removePost, updatePost, type Shown } from './update-post.ts';

/** What a writer has come to. */
export type Progress = {
  readonly posts: Map<number, Shown>;
  /** Rows of earlier workers that were not taken up yet. */
  readonly open: Map<number, StoredPost>;
  /** Whether the platform takes files, as far as was tried. */
  files: boolean;
  /** While the text grows no further post is begun before then: `clock.now()`. */
  createAfter: number;
};

/** What the step is for. */
export type Aim = { readonly wanted: Wanted; readonly controls: readonly NewControl[] };

type Taken = Exclude<Step, { kind: 'wait' | 'done' }>;
type Creation = Extract<Step, { kind: 'create' }>;

/** Takes one step, and remembers what came of it. */
export async function takeStep(
  outbox: Outbox,
  target: Target,
  progress: Progress,
  { step, ...aim }: Aim & { readonly step: Taken },
): Promise<void> {
  const { posts, open } = progress;
  if (step.kind === 'update') {
    const { text, upTo, card } = step.want;
    const priority = aim.wanted.complete ? 'final' : 'delta';
    const wish = { text, upTo, card, calls: aim.wanted.calls, close: step.close, priority } as const;
    const post = await updatePost(outbox, target, step.post, wish);
    posts.set(post.ordinal, post);
    if (post.closed) await outbox.store.settle(target.organization, outcomeOf(target, post, 'closed'));
  } else if (step.kind === 'disown') {
    const post = { ...step.post, upTo: undefined };
    await outbox.store.settle(target.organization, outcomeOf(target, post, 'closed'));
    posts.set(post.ordinal, post);
  } else if (step.kind === 'clear') {
    await clear(outbox, target, step.post);
    open.delete(step.post.ordinal);
  } else if (step.kind === 'remove') {
    await removePost(outbox, target, step.post, step.mayStay);
    posts.delete(step.post.ordinal);
    await outbox.store.settle(target.organization, outcomeOf(target, step.post, 'dead'));
  } else {
    await create(outbox, target, progress, { ...aim, step });
  }
}

async function create(
  outbox: Outbox,
  target: Target,
  progress: Progress,
  { step, wanted, controls }: Aim & { readonly step: Creation },
): Promise<void> {
  const { ordinal, file } = step.want;
  const made = await make(outbox, target, progress, { step, wanted, controls }).catch((thrown: unknown) => {
    if (!file || !isRefusal(target, thrown)) throw thrown;
    target.log.warn({ reason: thrown.message }, 'an answer cannot be sent as a file: it goes on in posts');
    progress.files = false;
  });
  if (made === undefined) return;
  const at = outbox.clock.now();
  if ('heldMs' in made) {
    progress.createAfter = at + made.heldMs;
    return;
  }
  progress.open.delete(ordinal);
  const shows = made.shows === step.want.text;
  const post: Shown = {
    id: made.id,
    ordinal,
    attempt: made.attempt,
    text: made.shows,
    streaming: made.streaming,
    changedAt: at,
    madeAt: at,
    heldUntil: -Infinity,
    lateUntil: undefined,
    closed: false,
    upTo: shows ? step.want.upTo : undefined,
    card: shows ? step.want.card : undefined,
  };
  progress.posts.set(ordinal, post);
  // The last post of a whole answer is settled together with the end of the turn.
  if (!(wanted.complete && wanted.kept && step.last && made.shows === step.text))
    await outbox.store.settle(target.organization, outcomeOf(target, post, 'sent'));
}

function make(
  outbox: Outbox,
  target: Target,
  { open }: Progress,
  { step, wanted, controls }: Aim & { readonly step: Creation },
): Promise<Made | Held> {
  const { want, text, card, streaming } = step;
  return createPost(outbox, target, {
    ordinal: want.ordinal,
    text,
    card,
    calls: wanted.calls,
    streaming,
    file: want.file ? fileOf(wanted.text) : undefined,
    growing: !wanted.complete,
    answer: wanted.complete && wanted.kept ? { text: wanted.text, card: wanted.card, controls } : null,
    earlier: open.get(want.ordinal),
  });
}

const REFUSALS: ReadonlySet<FailureCode> = new Set(['refused', 'unauthorized', 'too-large', 'invalid']);

/** The platform takes no such file there. A file of which nobody can tell whether it was sent is another matter. */
function isRefusal({ adapter }: Target, thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && REFUSALS.has(thrown.code) && adapter.findPost !== undefined;
}

/** An earlier try of the turn had more parts, and one of them may be visible though nobody saw it made. */
async function clear(outbox: Outbox, target: Target, post: StoredPost): Promise<void> {
  const found = await lookUp(outbox, target, post.ordinal, traceOf(outbox, post));
  const id = found === 'untold' ? undefined : found?.id;
  const shown = adopt(outbox.clock, post, id ?? '');
  if (id !== undefined) await removePost(outbox, target, shown);
  await outbox.store.settle(target.organization, { ...outcomeOf(target, shown, 'dead'), externalId: id ?? null });
}

/** A post that another worker made. */
export function adopt(clock: Clock, post: StoredPost, id: string): Shown {
  const longAgo = -Infinity;
  const closed = post.state === 'closed';
  return {
    id,
    ordinal: post.ordinal,
    attempt: post.attempts,
    // Of one that is sent it is kept only when its turn was put off in good order.
    text: post.state === 'sent' ? post.text : undefined,
    streaming: post.streaming,
    changedAt: longAgo,
    madeAt: clock.now(),
    heldUntil: longAgo,
    lateUntil: undefined,
    closed,
    upTo: closed ? post.text : undefined,
    card: undefined,
  };
}

function outcomeOf(target: Target, post: Shown, state: 'sent' | 'closed' | 'dead'): PostOutcome {
  return {
    turn: target.turn,
    ordinal: post.ordinal,
    attempt: post.attempt,
    state,
    externalId: post.id,
    streaming: post.streaming,
    error: null,
    ...(state === 'closed' && { upTo: post.upTo ?? null }),
  };
}
