/** Seeds that failed once, each with the bug that it found. The simulation has changed since the first ones: docs/reliability.md. */
export const KNOWN_SEEDS: readonly { readonly seed: number; readonly story: string }[] = [
  {
    seed: 63_240,
    story: 'an edit that a worker gave up with its lease arrived after the final one of the next worker',
  },
  {
    seed: 91_304,
    story:
      'the same by another way: the database’s clock was set, the lease was gone, and the edit was still on its way',
  },
];
