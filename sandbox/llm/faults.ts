import { openPlanned } from '../kit/planned.ts';

/**
 * What is to go wrong with the next request. `afterTokens` are sent first (default 3).
 *
 * - `status`: an error of the protocol's own shape with this HTTP status, perhaps with a `retryAfter` header.
 * - `auth`, `context`: the errors for a wrong key and for a prompt that is too long.
 * - `reset-at-once`: the connection is cut before any answer.  `html`: a proxy's page, with status 200.
 * - `late`: the first byte comes after `delayMs`.  `drip`: a token every `delayMs`.
 * - `stall`: silence in mid-stream.  `cut`: the stream ends without its terminator.  `reset`: the connection breaks.
 * - `malformed`: an event that is no JSON.  `odd`: one that is JSON of another shape.  `error-event`: an error in the stream.
 * - `open-end`: everything is sent, but the connection stays open.
 * - `policy`: the provider's filter stops the answer.  `empty`: an answer without text.  `endless`: it repeats for ever.
 */
export type LlmFault = {
  readonly kind:
    | 'status'
    | 'auth'
    | 'context'
    | 'reset-at-once'
    | 'html'
    | 'late'
    | 'drip'
    | 'stall'
    | 'cut'
    | 'reset'
    | 'malformed'
    | 'odd'
    | 'error-event'
    | 'open-end'
    | 'policy'
    | 'empty'
    | 'endless';
  readonly status?: number;
  /** The header's value: seconds, or an HTTP date. */
  readonly retryAfter?: string;
  readonly delayMs?: number;
  readonly afterTokens?: number;
  /** How many requests it hits. Default 1. */
  readonly times?: number;
};

export type LlmFaults = {
  readonly plan: (fault: LlmFault) => void;
  /** The fault of the request that comes now, used up by asking. */
  readonly next: () => LlmFault | undefined;
  /** How many requests are still to run into one. */
  readonly left: () => number;
  readonly clear: () => void;
};

export function openLlmFaults(): LlmFaults {
  const { plan, take, left, clear } = openPlanned<LlmFault>();
  return { plan: (fault) => plan(fault, fault.times), left, clear, next: () => take(() => true) };
}
