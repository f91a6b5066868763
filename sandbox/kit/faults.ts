import { openPlanned } from './planned.ts';

/**
 * What is to go wrong with the next calls.
 *
 * - `refuse`: answer `status` without performing (429 with `retryAfterMs`).
 * - `perform-then-fail`: perform, then answer `status`.
 * - `perform-then-hang`: perform, then never answer.
 * - `perform-then-reset`: perform, then cut the connection.
 * - `reset`: cut the connection without performing.
 * - `slow`: wait `delayMs`, then go on as usual.
 */
export type Fault = {
  /** The call's name as the ledger writes it; `*` for every call. */
  readonly call: string;
  readonly kind: 'refuse' | 'perform-then-fail' | 'perform-then-hang' | 'perform-then-reset' | 'reset' | 'slow';
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly delayMs?: number;
  /** How many calls it hits. Default 1. */
  readonly times?: number;
};

export type Faults = {
  readonly plan: (fault: Fault) => void;
  /** The fault that the call runs into now, used up by asking. */
  readonly next: (call: string) => Fault | undefined;
  /** How many calls are still to run into one. */
  readonly left: () => number;
  readonly clear: () => void;
};

export function openFaults(): Faults {
  const { plan, take, left, clear } = openPlanned<Fault>();
  return {
    plan: (fault) => plan(fault, fault.times),
    left,
    clear,
    next: (call) => take((fault) => fault.call === '*' || fault.call === call),
  };
}
