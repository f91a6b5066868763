import type { StoredPost } from '../db/mailbox.ts';
import type { Decided, NewControl } from '../db/posts.ts';
import type { Card } from '../model/card.ts';
import type { Called } from '../model/reply.ts';
import { Failure } from '../model/failure.ts';
import type { Clock } from '../observe/clock.ts';
import { dividing } from './divide.ts';
import type { Wanted } from './layout.ts';
import { isInDoubt } from './look-up.ts';
import { nextStep } from './next-step.ts';
import type { Outbox, Target } from './outbox.ts';
import { adopt, takeStep, type Progress } from './take-step.ts';
import type { Shown } from './update-post.ts';

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
  /** The posts as far as they are made, in their order. */
  readonly posts: () => readonly Shown[];
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

const NOTHING: Wanted = { text: '', card: undefined, calls: [], complete: false, kept: true };

/**
 * Starts writing. The same loop serves a new answer and one that an earlier worker left half-way: it compares the parts
 * that should be visible with the posts that are, and takes the first step that brings them closer.
 */
export function openWriter(outbox: Outbox, target: Target, { posts: earlier, whole, settled }: Earlier): Writer {
  const { clock } = outbox;
  const startedAt = clock.now();
  let wanted: Wanted = NOTHING;
  let controls: readonly NewControl[] = [];
  let left = false;
  const progress = progressOf(clock, target, earlier, settled);
  let wake = Promise.withResolvers<void>();
  const divide = dividing(target.adapter.limits);
  /** During a wait for its time a longer text changes nothing: dividing it anew at every token would cost more than the model. */
  let onlyEndWakes = false;

  const set = (next: typeof wanted): void => {
    if (next.complete || next.text.length < wanted.text.length || !onlyEndWakes) wake.resolve();
    wanted = next;
  };

  const run = async (): Promise<readonly Shown[]> => {
    let saved = false;
    for (;;) {
      wake = Promise.withResolvers();
      if (left) return inOrder(progress.posts);
      const aim = { wanted, controls };
      const given = { wanted, whole, divide, ageMs: clock.now() - startedAt, doubts: doubtsIn(progress) };
      const step = nextStep(clock, target, progress.posts, { ...given, ...progress });
      // A decided answer is on the disk before its end is shown: after a crash the model is not asked once more. The first
      // post takes it along by itself.
      if (step.kind === 'done') return inOrder(progress.posts);
      const decided = wanted.complete && wanted.kept && !saved && progress.posts.size > 0;
      if (decided) saved = await save(outbox, target, { text: wanted.text, card: wanted.card, controls });
      if (step.kind === 'wait') {
        onlyEndWakes = step.for !== 'text';
        await untilWokenOrLate(clock, wake.promise, step.ms, target.signal);
        onlyEndWakes = false;
      } else {
        await takeStep(outbox, target, progress, { ...aim, step });
        // Where a placeholder goes first, whoever has lost the thread meanwhile leaves that behind, and not an answer: it is
        // saved anew, which only the holder of the lease can.
        if (step.kind === 'create') saved = aim.wanted.complete && target.adapter.limits.findable;
      }
    }
  };

  const delivered = run();
  delivered.catch(() => {});
  return {
    write: (text) => set({ ...NOTHING, text }),
    finish(text, ending = {}) {
      controls = ending.controls ?? [];
      set({ text, card: ending.card, calls: ending.calls ?? [], complete: true, kept: ending.instead !== true });
    },
    async leave() {
      left = true;
      wake.resolve();
      return (await delivered).every(({ lateUntil = -Infinity }) => lateUntil < clock.now());
    },
    posts: () => inOrder(progress.posts),
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

function progressOf(clock: Clock, target: Target, earlier: readonly StoredPost[], settled: boolean): Progress {
  const open = new Map(earlier.map((post) => [post.ordinal, post]));
  return { posts: adoptSent(clock, target, earlier, settled), open, files: true, createAfter: -Infinity };
}

function adoptSent(
  clock: Clock,
  { adapter }: Target,
  earlier: readonly StoredPost[],
  settled: boolean,
): Map<number, Shown> {
  // Whoever had the turn before us may have been in the middle of a change, and given it up.
  const lateUntil = settled ? undefined : clock.now() + adapter.limits.lateMs;
  const isThere = ({ state }: StoredPost): boolean => state === 'sent' || state === 'closed';
  return new Map(
    earlier.flatMap((post) =>
      isThere(post) && post.externalId !== undefined
        ? [[post.ordinal, withDoubt(adopt(clock, post, post.externalId), lateUntil)] as const]
        : [],
    ),
  );
}

/** Of what a post surely shows nobody's change can still be on its way. */
const withDoubt = (post: Shown, lateUntil: number | undefined): Shown =>
  post.text === undefined ? { ...post, lateUntil } : post;

const inOrder = (posts: ReadonlyMap<number, Shown>): readonly Shown[] =>
  [...posts.values()].toSorted((one, other) => one.ordinal - other.ordinal);

async function save(outbox: Outbox, target: Target, answer: Decided): Promise<true> {
  const live = await outbox.store.saveAnswer(target.organization, { lease: target.lease, turn: target.turn, answer });
  if (!live) throw new Failure('aborted', 'the lease was lost before the answer was saved');
  return true;
}

function doubtsIn({ open }: Progress): readonly StoredPost[] {
  return [...open.values()].filter(isInDoubt);
}
