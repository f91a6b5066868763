/** One call that a stand-in was asked to make, and whether it performed it. */
export type Entry = {
  readonly at: Date;
  readonly call: string;
  /** False: refused, rate-limited or failed before anything changed. */
  readonly performed: boolean;
  readonly status: number;
  /** What it was about: a message id, a channel. Never a token. */
  readonly about: string;
};

/** What a stand-in did, in order: the truth that tests count in. */
export type Ledger = {
  readonly entries: readonly Entry[];
  readonly write: (entry: Omit<Entry, 'at'>) => void;
  /** How often a call was performed. */
  readonly performed: (call: string) => number;
  readonly clear: () => void;
};

export function openLedger(most = 200_000): Ledger {
  const entries: Entry[] = [];
  return {
    entries,
    write(entry) {
      if (entries.length >= most) entries.shift();
      entries.push({ at: new Date(), ...entry });
    },
    performed: (call) => entries.filter((entry) => entry.call === call && entry.performed).length,
    clear: () => void entries.splice(0),
  };
}
