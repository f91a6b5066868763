import type { LlmFault } from '../../sandbox/llm/faults.ts';

/** What goes wrong with the first of two targets, and what a person must see in the end. */
export type Scenario = {
  readonly name: string;
  /** Every request to the first target runs into it, unless it says how many. */
  readonly fault: LlmFault | 'refused';
  /** Whose whole answer it is, or the refusal that is right. */
  readonly ends: 'first' | 'second' | 'policy';
  /** Requests that the first target gets. */
  readonly asked: number;
  /** A part of the answer was seen, and has to be taken back. */
  readonly spoke?: true;
  /** Milliseconds that the server asked for. */
  readonly waitMs?: number;
};

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'rate limit with Retry-After',
    fault: { kind: 'status', status: 429, retryAfter: '0.3', times: 1 },
    ends: 'first',
    asked: 2,
    waitMs: 300,
  },
  { name: 'rate limit without Retry-After', fault: { kind: 'status', status: 429 }, ends: 'second', asked: 2 },
  { name: 'overload', fault: { kind: 'status', status: 529 }, ends: 'second', asked: 2 },
  { name: '5xx', fault: { kind: 'status', status: 502 }, ends: 'second', asked: 2 },
  { name: 'connection refused', fault: 'refused', ends: 'second', asked: 0 },
  { name: 'slow first token', fault: { kind: 'late', delayMs: 4000 }, ends: 'second', asked: 1 },
  { name: 'stall', fault: { kind: 'stall' }, ends: 'second', asked: 1, spoke: true },
  { name: 'connection cut', fault: { kind: 'reset' }, ends: 'second', asked: 2, spoke: true },
  { name: 'truncated without terminator', fault: { kind: 'cut' }, ends: 'second', asked: 2, spoke: true },
  { name: 'malformed chunk', fault: { kind: 'malformed' }, ends: 'second', asked: 1, spoke: true },
  { name: 'HTML with status 200', fault: { kind: 'html' }, ends: 'second', asked: 1 },
  { name: 'content policy', fault: { kind: 'policy' }, ends: 'policy', asked: 1, spoke: true },
  { name: 'context overflow', fault: { kind: 'context' }, ends: 'second', asked: 1 },
  { name: 'refused key', fault: { kind: 'auth' }, ends: 'second', asked: 1 },
  { name: 'error in mid-stream', fault: { kind: 'error-event' }, ends: 'second', asked: 2, spoke: true },
  { name: 'empty answer', fault: { kind: 'empty' }, ends: 'second', asked: 1 },
  { name: 'slow drip', fault: { kind: 'drip', delayMs: 80 }, ends: 'first', asked: 1 },
];
