import type { StoredPost } from '../db/mailbox.ts';
import type { Decided, NewControl, PostOutcome } from '../db/posts.ts';
import type { Card } from '../model/card.ts';
import type { Called } from '../model/reply.ts';
import { Failure } from '../model/failure.ts';
import type { Clock } from '../observe/clock.ts';
import { createPost } from './create-post.ts';
import { isInDoubt, lookUp, traceOf } from './look-up.ts';
import { dividing, nextStep, type Step, type Wanted } from './next-step.ts';
import type { Outbox, Target } from './outbox.ts';
import { removePost, updatePost, type Shown } from './update-post.ts';

/** Makes the posts of one answer follow its text while it grows, and at its end be the text. */
export type Writer = {
  /** The text so far. It may also shrink: the model began anew. */
  readonly write: (text: string) => void;
  /** Nothing more will come. */
  readonly finish: (text: string, ending?: Ending) => void;
  /**
   * Writes nothing more, and resolves when the call that is under way has ended: with whether all that was changed has surely
   * arrived. Rejects with the Failure that stopped it.
   */
  readonly leave: () => Promise<boolean>;
  /** A post of it can be seen. */
  readonly isVisible: () => boolean;
  /** Resolves when every part is visible, with the posts; rejects with the Failure that stopped it. */
  readonly delivered: Promise<readonly Shown[]>;
};

/** How a text ends. */
export type Ending = {
  /** Below it. */
  readonly card?: Card | undefined;
  /** What can be clicked on the card, and what that means. */
  readonly controls?: readonly NewControl[];
  /** Whom it may call. */
  readonly calls?: readonly Called[];
  /** It is said instead of an answer, and not kept as one. */
  readonly instead?: boolean;
};

/** What is there already, and how to go on with it. */
export type Earlier = {
  readonly posts: readonly StoredPost[];
  /** Nothing is changed before the whole text is there: the posts show an answer that is given anew. */
  readonly whole: boolean;
  /** Whoever wrote them has surely ended: no change of theirs can still arrive. */
  readonly settled: boolean;
};

/**
 * Starts writing. The same loop serves a new answer and one that an earlier worker left half-way: it compares the parts
 * that should be visible with the posts that are, and takes the first step that brings them closer.
 */
export function openWriter(outbox: Outbox, target: Target, { posts: earlier, whole, settled }: Earlier): Writer {
  const { clock } = outbox;
  const startedAt = clock.now();
  let wanted: Wanted = { text: '', card: undefined, calls: [], complete: false, kept: true };
  let controls: readonly NewControl[] = [];
  let left = false;
  const posts = adoptSent(clock, target, earlier, settled);
  let wake = Promise.withResolvers<void>();
  const divide = dividing(target.adapter.limits);
  /** During a wait for its time a longer text changes nothing: dividing it anew at every token would cost more than the model. */
  let onlyEndWakes = false;

  const set = (next: typeof wanted): void => {
    wanted = next;
    if (next.complete || !onlyEndWakes) wake.resolve();
  };

  const run = async (): Promise<readonly Shown[]> => {
    let saved = false;
    const open = new Map(earlier.map((post) => [post.ordinal, post]));
    for (;;) {
      wake = Promise.withResolvers();
      if (left) return posts;
      const now = { wanted, ageMs: clock.now() - startedAt };
      const step = nextStep(clock, target, posts, { ...now, whole, divide, doubts: doubtsIn(open) });
      // A decided answer is on the disk before its end is shown: after a crash the model is not asked once more. The first
      // post takes it along by itself.
      if (step.kind === 'done') return posts;
      const decided = wanted.complete && wanted.kept && !saved && posts.length > 0;
      if (decided) saved = await save(outbox, target, { text: wanted.text, card: wanted.card, controls });
      if (step.kind === 'wait') {
        onlyEndWakes = step.for !== 'text';
        await untilWokenOrLate(clock, wake.promise, step.ms, target.signal);
        onlyEndWakes = false;
      } else {
        await take(outbox, target, { posts, open, wanted: now.wanted, controls }, step);
        // Where a placeholder goes first, whoever has lost the thread meanwhile leaves that behind, and not an answer: it is
        // saved anew, which only the holder of the lease can.
        if (step.kind === 'create') saved = now.wanted.complete && target.adapter.limits.findable;
      }
    }
  };

  const delivered = run();
  delivered.catch(() => {});
  return {
    write: (text) => set({ text, card: undefined, calls: [], complete: false, kept: true }),
    finish(text, ending = {}) {
      controls = ending.controls ?? [];
      set({ text, card: ending.card, calls: ending.calls ?? [], complete: true, kept: ending.instead !== true });
    },
    leave() {
      left = true;
      wake.resolve();
      return delivered.then((all) => all.every(({ lateUntil = -Infinity }) => lateUntil < clock.now()));
    },
    isVisible: () => posts.length > 0,
    delivered,
  };
}

/** Leaves no timer behind: a stream wakes its writer many times. */
async function untilWokenOrLate(clock: Clock, woken: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const inTime = clock.after(ms, end);
  signal.addEventListener('abort', end);
  await Promise.race([woken, late]);
  inTime();
  signal.removeEventListener('abort', end);
  if (signal.aborted) throw new Failure('aborted', 'ended while waiting');
}

function adoptSent(clock: Clock, { adapter }: Target, earlier: readonly StoredPost[], settled: boolean): Shown[] {
  const posts: Shown[] = [];
  for (const post of earlier)
    if (post.state === 'sent' && post.externalId !== undefined)
      posts[post.ordinal] = {
        ...adopt(clock, post, post.externalId),
        // Whoever had the turn before us may have been in the middle of a change, and given it up.
        lateUntil: settled ? undefined : clock.now() + adapter.limits.lateMs,
      };
  return posts;
}

function adopt(clock: Clock, post: StoredPost, id: string): Shown {
  const longAgo = -Infinity;
  return {
    id,
    ordinal: post.ordinal,
    attempt: post.attempts,
    text: undefined,
    streaming: post.streaming,
    changedAt: longAgo,
    madeAt: clock.now(),
    heldUntil: longAgo,
    lateUntil: undefined,
  };
}

async function save(outbox: Outbox, target: Target, answer: Decided): Promise<true> {
  const live = await outbox.store.saveAnswer(target.organization, { lease: target.lease, turn: target.turn, answer });
  if (!live) throw new Failure('aborted', 'the lease was lost before the answer was saved');
  return true;
}

type Progress = {
  readonly posts: Shown[];
  readonly open: Map<number, StoredPost>;
  readonly wanted: Wanted;
  readonly controls: readonly NewControl[];
};

async function take(
  outbox: Outbox,
  target: Target,
  progress: Progress,
  step: Exclude<Step, { kind: 'wait' | 'done' }>,
): Promise<void> {
  const { posts, open, wanted, controls } = progress;
  if (step.kind === 'update') {
    const priority = wanted.complete ? 'final' : 'delta';
    const wish = { text: step.text, card: step.card, calls: wanted.calls, close: step.close, priority } as const;
    posts[step.post.ordinal] = await updatePost(outbox, target, step.post, wish);
  } else if (step.kind === 'clear') {
    await clear(outbox, target, step.post);
    open.delete(step.post.ordinal);
  } else if (step.kind === 'remove') {
    await removePost(outbox, target, step.post);
    posts.length = step.post.ordinal;
    await outbox.store.settle(target.organization, outcomeOf(target, step.post, 'dead'));
  } else {
    const { ordinal, text, card, streaming } = step;
    const answer = wanted.complete && wanted.kept ? { text: wanted.text, card: wanted.card, controls } : null;
    const part = { ordinal, text, card, calls: wanted.calls, streaming, answer, earlier: open.get(ordinal) };
    const made = await createPost(outbox, target, part);
    open.delete(ordinal);
    const at = outbox.clock.now();
    const { id, attempt, shows } = made;
    const times = { changedAt: at, madeAt: at, heldUntil: -Infinity, lateUntil: undefined };
    const post: Shown = { id, ordinal, attempt, text: shows, streaming: made.streaming, ...times };
    posts[ordinal] = post;
    // The last post of a whole answer is settled together with the end of the turn.
    if (!(wanted.complete && wanted.kept && step.last && shows === text))
      await outbox.store.settle(target.organization, outcomeOf(target, post, 'sent'));
  }
}

/** An earlier try of the turn had more parts, and one of them may be visible though nobody saw it made. */
async function clear(outbox: Outbox, target: Target, post: StoredPost): Promise<void> {
  const found = await lookUp(outbox, target, post.nonce, traceOf(outbox, post));
  const shown = adopt(outbox.clock, post, found?.id ?? '');
  if (found !== undefined) await removePost(outbox, target, shown);
  await outbox.store.settle(target.organization, {
    ...outcomeOf(target, shown, 'dead'),
    externalId: found?.id ?? null,
  });
}

function doubtsIn(open: ReadonlyMap<number, StoredPost>): readonly StoredPost[] {
  return [...open.values()].filter(isInDoubt);
}

function outcomeOf(target: Target, post: Shown, state: 'sent' | 'dead'): PostOutcome {
  return {
    turn: target.turn,
    ordinal: post.ordinal,
    attempt: post.attempt,
    state,
    externalId: post.id,
    streaming: post.streaming,
    error: null,
  };
}
