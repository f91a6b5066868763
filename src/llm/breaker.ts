import type { ModelFault } from './provider.ts';

/** How a target did of late. It is JSON, so that it can be kept where all processes see it. Times are milliseconds of one clock. */
export type BreakerState = {
  /** Outcomes by tenths of the window, oldest first; none while it is open. */
  readonly recent: readonly { readonly from: number; readonly ok: number; readonly failed: number }[];
  /** Failures since the last success, the last few. */
  readonly inRow: readonly number[];
  /** It is asked no more. */
  readonly open?: {
    readonly since: number;
    /** From here on one may try. */
    readonly until: number;
    /** How long it rests this time. */
    readonly restMs: number;
    readonly after: ModelFault;
    /** Somebody tries, and nobody else does before this time: who tries may die. */
    readonly probedUntil?: number;
  };
};

export const CLOSED: BreakerState = { recent: [], inRow: [] };

/** `half-open`: it may be tried, by one. `probed`: somebody does. */
export type Verdict = 'closed' | 'open' | 'half-open' | 'probed';

/** The state of breakers that all who ask the same targets share. Names that are not known are closed. */
export type Breakers = {
  /** The clock of the states' times, in milliseconds. */
  readonly now: () => number;
  /** May be a little old: it is asked before every attempt. */
  readonly read: (names: readonly string[]) => Promise<Readonly<Record<string, BreakerState>>>;
  readonly report: (name: string, outcome: 'ok' | ModelFault) => Promise<void>;
  /** Whether the one who asks is the one who tries, see `claimed`. */
  readonly probe: (name: string) => Promise<boolean>;
};

const WINDOW_MS = 60_000;
const PART_MS = WINDOW_MS / 10;
/** Failures in a row: a busy target with a failure here and there stays closed. */
const IN_ROW = 5;
/** Or this share, of at least so many. */
const SHARE = 0.5;
const LEAST = 10;
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 300_000;
/** Longer than all but the longest answers take. */
const PROBE_MS = 120_000;

/** What says that a target is not well. A key that is refused is so until somebody changes it. */
const COUNTED: ReadonlySet<ModelFault> = new Set(['rate', 'server', 'connection', 'stall', 'garbage', 'auth']);
/** What nothing is known after. Other faults are the request's: the target is well. */
const UNKNOWN: ReadonlySet<ModelFault> = new Set(['aborted', 'unroutable']);

export function verdictOf({ open }: BreakerState, now: number): Verdict {
  if (open === undefined) return 'closed';
  if (now < open.until) return 'open';
  return open.probedUntil !== undefined && now < open.probedUntil ? 'probed' : 'half-open';
}

/** The state once the caller tries; undefined: it must not. Of several at once only one may write what this gives. Pure. */
export function claimed(state: BreakerState, now: number): BreakerState | undefined {
  const { open } = state;
  if (open === undefined || verdictOf(state, now) !== 'half-open') return undefined;
  return { ...state, open: { ...open, probedUntil: now + PROBE_MS } };
}

/** The state after an attempt ended. Pure. */
export function afterOutcome(state: BreakerState, outcome: 'ok' | ModelFault, now: number): BreakerState {
  const counted = outcome !== 'ok' && COUNTED.has(outcome);
  if (state.open !== undefined) return afterOpen(state, outcome, now);
  if (outcome === 'auth') return opened(outcome, LONGEST_REST_MS, now);
  if (outcome !== 'ok' && !counted) return state;
  const next = noted(state, counted, now);
  return outcome !== 'ok' && isTooMuch(next, now) ? opened(outcome, FIRST_REST_MS, now) : next;
}

/** What ends while it is open began before, was the one that tries, or an honest try of somebody who had nothing else. */
function afterOpen(state: BreakerState, outcome: 'ok' | ModelFault, now: number): BreakerState {
  const { open } = state;
  if (open === undefined) return state;
  const { probedUntil, ...rest } = open;
  if (outcome !== 'ok' && UNKNOWN.has(outcome)) return { ...state, open: rest };
  const well = outcome === 'ok' || !COUNTED.has(outcome);
  if (probedUntil === undefined)
    return well ? { ...state, open: { ...rest, until: Math.min(rest.until, now) } } : state;
  if (well) return CLOSED;
  const restMs = outcome === 'auth' ? LONGEST_REST_MS : Math.min(open.restMs * 2, LONGEST_REST_MS);
  return { ...state, open: { since: open.since, until: now + restMs, restMs, after: outcome } };
}

const opened = (after: ModelFault, restMs: number, now: number): BreakerState => ({
  ...CLOSED,
  open: { since: now, until: now + restMs, restMs, after },
});

function noted({ recent, inRow }: BreakerState, failed: boolean, now: number): BreakerState {
  const kept = recent.filter(({ from }) => from > now - WINDOW_MS);
  const last = kept.at(-1);
  const fresh = last !== undefined && now - last.from < PART_MS ? last : undefined;
  const { from, ok, failed: before } = fresh ?? { from: now, ok: 0, failed: 0 };
  const part = failed ? { from, ok, failed: before + 1 } : { from, ok: ok + 1, failed: before };
  return {
    recent: [...(fresh === undefined ? kept : kept.slice(0, -1)), part],
    inRow: failed ? [...inRow, now].slice(-IN_ROW) : [],
  };
}

function isTooMuch({ recent, inRow }: BreakerState, now: number): boolean {
  const [first] = inRow;
  if (inRow.length >= IN_ROW && first !== undefined && first > now - WINDOW_MS) return true;
  const failed = recent.reduce((sum, part) => sum + part.failed, 0);
  const all = failed + recent.reduce((sum, part) => sum + part.ok, 0);
  return all >= LEAST && failed >= all * SHARE;
}
