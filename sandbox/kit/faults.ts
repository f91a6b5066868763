/**
 * What is to go wrong with the next calls.
 *
 * - `refuse`: answer `status` without performing (429 with `retryAfterMs`).
 * - `perform-then-fail`: perform, then answer `status`.
 * - `perform-then-hang`: perform, then never answer.
 * - `reset`: cut the connection without performing.
 * - `slow`: wait `delayMs`, then go on as usual.
 */
export type Fault = {
  /** The call's name as the ledger writes it; `*` for every call. */
  readonly call: string;
  readonly kind: 'refuse' | 'perform-then-fail' | 'perform-then-hang' | 'reset' | 'slow';
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
  readonly clear: () => void;
};

export function openFaults(): Faults {
  const planned: { fault: Fault; left: number }[] = [];
  return {
    plan: (fault) => void planned.push({ fault, left: fault.times ?? 1 }),
    next(call) {
      const hit = planned.find((entry) => entry.left > 0 && (entry.fault.call === '*' || entry.fault.call === call));
      if (hit === undefined) return undefined;
      hit.left -= 1;
      return hit.fault;
    },
    clear: () => void planned.splice(0),
  };
}
