/** How long targets take to their first word. It is of one process, and forgets what is old. */
export type Latencies = {
  readonly note: (key: string, ms: number) => void;
  /** Milliseconds on average, recent ones weighing more; undefined: not measured of late. */
  readonly of: (key: string) => number | undefined;
};

/** Of a new measurement. */
const WEIGHT = 0.3;
/** A target that was slow is tried again after this: nobody else would find out that it no longer is. */
const FORGOTTEN_MS = 300_000;
const KEPT = 10_000;

export function openLatencies(now: () => number): Latencies {
  const all = new Map<string, { readonly ms: number; readonly at: number }>();
  const of = (key: string): number | undefined => {
    const known = all.get(key);
    return known !== undefined && now() - known.at < FORGOTTEN_MS ? known.ms : undefined;
  };
  return {
    of,
    note(key, ms) {
      const before = of(key);
      all.delete(key);
      all.set(key, { ms: before === undefined ? ms : before + (ms - before) * WEIGHT, at: now() });
      const [oldest] = all.keys();
      if (all.size > KEPT && oldest !== undefined) all.delete(oldest);
    },
  };
}
