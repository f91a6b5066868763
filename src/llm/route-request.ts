import type { ModelEvent, ModelFault, ModelRequest, Usage } from './provider.ts';
import type { Retention } from './target.ts';

/** A request without a model, and what is wanted of the target that answers it. Tools and images are wants by themselves. */
export type RouteRequest = Omit<ModelRequest, 'model'> & {
  readonly needs?: {
    /** One of these. */
    readonly region?: readonly string[];
    /** The worst that is accepted. */
    readonly retention?: Retention;
    /** Names of targets. */
    readonly only?: readonly string[];
  };
  /** What decides among the targets that fit; then their order does. Absent: their order. */
  readonly prefer?: 'order' | 'cost' | 'latency' | 'quality';
  /** By which targets' quality is told apart. */
  readonly task?: string;
  /** All attempts together may cost that much at worst, in US dollars. */
  readonly mostDollars?: number;
  /** All attempts together may take that long. Targets that are slower to their first word come last. */
  readonly mostMs?: number;
};

/** What became of one target in the choice for one attempt, and why. */
export type Considered = {
  /** Its name. */
  readonly target: string;
  /** `next`: it fits, and comes in this order if the chosen one fails. */
  readonly verdict: 'chosen' | 'next' | 'excluded';
  readonly reason: string;
};

/**
 * What a consumer of a router sees. Every attempt begins with `chosen`. After `reset` everything said so far is void and
 * the answer begins anew; `usage` comes once per attempt, and all of them have to be paid.
 */
export type RouterEvent =
  | Exclude<ModelEvent, { kind: 'usage' }>
  | {
      readonly kind: 'usage';
      readonly usage: Usage;
      /** The target's name. */
      readonly target: string;
      /** US dollars; undefined: not known. */
      readonly cost: number | undefined;
    }
  | {
      readonly kind: 'chosen';
      /** The target's name. */
      readonly target: string;
      /** The server's. */
      readonly provider: string;
      readonly model: string;
      /** From 1. */
      readonly attempt: number;
      readonly considered: readonly Considered[];
    }
  | { readonly kind: 'reset'; readonly after: ModelFault };
