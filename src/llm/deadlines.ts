import { failed, failedBy } from './errors.ts';
import type { Carried, Deadlines, ModelEvent, ToolCall, Usage } from './provider.ts';

type Reason = Extract<ModelEvent, { kind: 'done' }>['reason'];

/** What a protocol's reader tells: events, and what keeps a stream alive without being text. */
export type Step =
  | ModelEvent
  /** The model is at work: it thinks, or fills in something that is not shown, of so many characters. */
  | { readonly kind: 'beat'; readonly size?: number }
  /** The answer is whole, and only trailers (usage, `[DONE]`) may follow: from here on nothing can make it fail. */
  | { readonly kind: 'whole'; readonly reason: Reason };

export type Attempt = {
  readonly deadlines: Deadlines;
  readonly maxOutputTokens: number;
  /** Kept out of every message. */
  readonly secret: string | undefined;
  /** Makes the request. It must end when `signal` aborts, and may throw whatever it likes. */
  readonly open: (signal: AbortSignal) => AsyncIterable<Step>;
};

/** Trailers come at once; a server that keeps the connection open after them must not hold back the answer. */
const TRAILERS_WITHIN_MS = 2000;
/** Characters that one token can hold at most, with room: a server that goes beyond ignores its limit. */
const CHARACTERS_PER_TOKEN = 64;

type State = {
  /** Characters of text. */
  text: number;
  /** Characters of all, text and what is not shown. */
  size: number;
  /** Held back until the answer is whole. */
  readonly calls: ToolCall[];
  carried: Carried | undefined;
  usage: Usage | undefined;
  whole: Reason | undefined;
  alive: boolean;
};

/**
 * Runs one attempt to its one end. Neither SDK's time-out covers the body, so the three deadlines are watched here;
 * whatever ends the attempt also closes its connection. Calls and what is carried are told when the answer is whole, and
 * only then; usage, when known, comes once, right before the end.
 */
export async function* withDeadlines(attempt: Attempt, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
  const closer = new AbortController();
  const state = begun();
  const watch = watchTime(attempt.deadlines, signal);
  const steps = attempt.open(closer.signal)[Symbol.asyncIterator]();
  let end: ModelEvent | undefined = signal.aborted ? failed('aborted', 'ended before it began') : undefined;
  try {
    while (end === undefined) {
      const step = await nextStep(steps, watch, state, attempt.secret);
      if (step.kind === 'text' && step.text !== '') yield step;
      end = take(step, state, attempt.maxOutputTokens);
    }
    if (end.kind === 'done') yield* heldBack(state, end.reason);
    if (state.usage !== undefined) yield { kind: 'usage', usage: state.usage };
    yield end;
  } finally {
    watch.stop();
    closer.abort();
    // Not awaited: an iterator that waits for a dead connection would hold us up.
    steps.return?.().then(undefined, () => undefined);
  }
}

const begun = (): State => ({
  text: 0,
  size: 0,
  calls: [],
  carried: undefined,
  usage: undefined,
  whole: undefined,
  alive: false,
});

function* heldBack({ carried, calls }: State, reason: Reason): Generator<ModelEvent> {
  if (carried !== undefined) yield { kind: 'carried', carried };
  if (reason === 'tools') yield* calls.map((call) => ({ kind: 'call', call }) as const);
}

/** Updates the state by one step; the event that ends the attempt, if this one does. */
function take(step: Step, state: State, maxOutputTokens: number): ModelEvent | undefined {
  if (step.kind === 'failed') return step;
  if (step.kind === 'done') return endOf(step.reason, state);
  note(step, state);
  const tooMuch = state.size > maxOutputTokens * CHARACTERS_PER_TOKEN + 1000;
  return tooMuch ? failed('garbage', 'the server sent far more text than was asked for') : undefined;
}

function note(step: Exclude<Step, { kind: 'failed' | 'done' }>, state: State): void {
  if (step.kind === 'usage') state.usage = step.usage;
  else if (step.kind === 'whole') state.whole = step.reason;
  else if (step.kind === 'call') state.calls.push(step.call);
  else if (step.kind === 'carried') state.carried = step.carried;
  else state.alive = true;
  if (step.kind === 'text') state.text += step.text.length;
  state.size += step.kind === 'text' ? step.text.length : step.kind === 'beat' ? (step.size ?? 0) : 0;
}

/** Servers end answers with calls by several reasons; what was said decides. */
function endOf(reason: Reason, { text, calls }: State): ModelEvent {
  if (reason === 'length' && calls.length > 0 && text === 0) {
    // The last of them may be half a call, which still can be valid JSON.
    return failed('garbage', 'the answer reached its limit within a tool call');
  }
  if (reason !== 'length' && calls.length > 0) return { kind: 'done', reason: 'tools' };
  if (text > 0) return { kind: 'done', reason: reason === 'length' ? 'length' : 'stop' };
  return failed('garbage', 'the model answered with nothing');
}

async function nextStep(
  steps: AsyncIterator<Step>,
  watch: Watch,
  state: State,
  secret: string | undefined,
): Promise<Step> {
  const whole: Step | undefined = state.whole && { kind: 'done', reason: state.whole };
  const limit = whole !== undefined ? 'trailers' : state.alive ? 'idle' : 'first';
  // The promise may stay behind when time wins; it then ends with the connection, and nobody is to hear of it.
  const pending = steps.next().then(
    (result): Step =>
      result.done === true
        ? failed('connection', 'the server ended the stream before the answer was whole')
        : result.value,
    (thrown: unknown): Step => failedBy(thrown, secret),
  );
  const step = await Promise.race([pending, watch.until(limit)]);
  const ended = step.kind === 'failed' || step.kind === 'done';
  return ended && whole !== undefined ? whole : step;
}

type Watch = {
  readonly until: (limit: 'first' | 'idle' | 'trailers') => Promise<Step>;
  readonly stop: () => void;
};

/** One timer for all: it fires at the next deadline of those that hold. Times are milliseconds of the monotonic clock. */
function watchTime(deadlines: Deadlines, signal: AbortSignal): Watch {
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let settle: ((step: Step) => void) | undefined;
  const onAbort = (): void => settle?.(failed('aborted', 'ended while the model was answering'));
  signal.addEventListener('abort', onAbort, { once: true });
  const atOf = (limit: 'first' | 'idle' | 'trailers'): number => {
    if (limit === 'first') return begun + deadlines.firstTokenMs;
    return performance.now() + (limit === 'idle' ? deadlines.idleMs : Math.min(deadlines.idleMs, TRAILERS_WITHIN_MS));
  };
  return {
    until(limit) {
      clearTimeout(timer);
      return new Promise((resolve) => {
        settle = resolve;
        if (signal.aborted) return onAbort();
        const at = atOf(limit);
        const total = begun + deadlines.totalMs;
        const late = at < total ? lateMessage(limit, deadlines) : `no whole answer within ${deadlines.totalMs} ms`;
        timer = setTimeout(() => resolve(failed('stall', late)), Math.max(0, Math.min(at, total) - performance.now()));
      });
    },
    stop() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

function lateMessage(limit: 'first' | 'idle' | 'trailers', { firstTokenMs, idleMs }: Deadlines): string {
  return limit === 'first' ? `no text within ${firstTokenMs} ms` : `silent for ${idleMs} ms in mid-answer`;
}
