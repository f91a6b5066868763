import type { Limits } from '../../src/model/adapter.ts';

/** How a kind of platform behaves: the four that there are, as far as sending goes, without their names. */
export type Manner = {
  readonly name: string;
  readonly limits: Limits;
  /** A post can be changed no more after so many changes, at a chance of one in four: some platforms end it by number, others by time. */
  readonly closesAfter?: number;
  /** A second post with the same nonce within so many milliseconds is the first one. */
  readonly knowsNonceForMs: number;
};

const COMMON = {
  part: 120,
  measure: (markdown: string) => markdown.length,
  editEveryMs: undefined,
  appendEveryMs: undefined,
  streamForMs: undefined,
  findable: true,
  readLagMs: 0,
  lateMs: 15_000,
  budgets: [],
} satisfies Limits;

/** The same platform where posts close and long answers become files. */
export function withEnds({ name, knowsNonceForMs, limits }: Manner): Manner {
  const files = limits.findable ? { mostPosts: 2, shareLagMs: limits.readLagMs + SHARE_LATER_MS } : {};
  return { name: `${name}, with ends`, knowsNonceForMs, closesAfter: 1, limits: { ...limits, ...files } };
}

/** A file is shown so many milliseconds later than a post. */
export const SHARE_LATER_MS = 5_000;

export const MANNERS: readonly [Manner, ...Manner[]] = [
  {
    name: 'streams, can be looked up late',
    knowsNonceForMs: 0,
    limits: {
      ...COMMON,
      editEveryMs: 1_500,
      appendEveryMs: 700,
      streamForMs: 240_000,
      readLagMs: 45_000,
      budgets: [
        { calls: ['edit'], per: 'install', windows: [{ most: 12, everyMs: 60_000 }] },
        { calls: ['start'], per: 'install', windows: [{ most: 4, everyMs: 60_000 }] },
        { calls: ['append'], per: 'install', windows: [{ most: 20, everyMs: 60_000 }] },
      ],
    },
  },
  {
    name: 'knows a nonce for a while',
    knowsNonceForMs: 180_000,
    limits: { ...COMMON, editEveryMs: 1_100, readLagMs: 2_000 },
  },
  {
    name: 'cannot be looked up',
    knowsNonceForMs: 0,
    limits: {
      ...COMMON,
      editEveryMs: 2_000,
      findable: false,
      budgets: [{ calls: ['post', 'edit'], per: 'thread', windows: [{ most: 6, everyMs: 30_000 }] }],
    },
  },
  {
    name: 'is written once',
    knowsNonceForMs: 0,
    limits: {
      ...COMMON,
      readLagMs: 25_000,
      budgets: [
        {
          calls: ['post', 'edit'],
          per: 'install',
          windows: [
            { most: 10, everyMs: 60_000 },
            { most: 40, everyMs: 3_600_000 },
          ],
        },
      ],
    },
  },
];
