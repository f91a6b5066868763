import type { Price } from './price.ts';
import type { Provider } from './provider.ts';

/** What becomes of that which a server is sent, from the strictest: it is forgotten, kept for a while, or trained on. */
export const RETENTIONS = ['none', 'kept', 'trains'] as const;
export type Retention = (typeof RETENTIONS)[number];

/** Where a request can go: one model of one server, as an organization set it up. */
export type Target = {
  /** Unique in its organization. */
  readonly name: string;
  /**
   * What its breaker and its latency are kept under: unique in the whole hub, so that no organization's key or bill closes
   * another's target. Absent: the name, for a hub of one organization.
   */
  readonly key?: string;
  readonly provider: Provider;
  /** The model's name as its server knows it. */
  readonly model: string;
  readonly can: { readonly tools: boolean; readonly sees: boolean };
  /** Input and output together. */
  readonly windowTokens: number;
  readonly maxOutputTokens: number;
  /** Where its servers stand, for instance `eu`; undefined: that is not known. */
  readonly region: string | undefined;
  readonly retention: Retention;
  /** undefined: not known, and then it is not used. */
  readonly price: Price | undefined;
  /** 0 to 1, by the organization's own judgement. */
  readonly quality: number;
  /** The same for tasks that it does better or worse. */
  readonly qualityFor?: Readonly<Record<string, number>>;
};

export const keyOf = ({ key, name }: Target): string => key ?? name;
