/** Seeds that failed once, each with the bug that it found. */
export const KNOWN_SEEDS: readonly { readonly seed: number; readonly story: string }[] = [];
