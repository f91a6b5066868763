import type { Deeds } from '../../src/db/deeds.ts';

/** Where nobody gives commands. */
export const noDeeds: Deeds = {
  stop: () => Promise.resolve({ here: 0, elsewhere: 0 }),
  again: () => Promise.resolve(false),
  forget: () => Promise.resolve(),
  used: () => Promise.reject(new Error('nothing is counted here')),
  press: () => Promise.resolve({ kind: 'refused', reason: 'nothing can be clicked here' }),
  grant: () => Promise.resolve('nothing is wished here'),
  reached: () => Promise.resolve(false),
  people: {
    known: () => Promise.resolve([]),
    keep: () => Promise.resolve(),
    giveCode: () => Promise.reject(new Error('nobody is linked here')),
    useCode: () => Promise.resolve('unknown'),
    unlink: () => Promise.resolve(false),
  },
  memory: {
    recall: () => Promise.resolve({ pinned: [], summary: undefined }),
    keep: () => Promise.reject(new Error('nothing is remembered here')),
    list: () => Promise.resolve([]),
    forget: () => Promise.resolve(false),
    forgetAll: () => Promise.resolve(0),
    instruct: () => Promise.reject(new Error('nothing is remembered here')),
    askForSummary: () => Promise.resolve(),
    cached: () => Promise.resolve(null),
    keepAnswer: () => Promise.resolve(true),
    unsummarized: () => Promise.resolve(undefined),
    saveSummary: () => Promise.resolve(false),
  },
};
