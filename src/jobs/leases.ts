import type { Told } from '../db/leases.ts';
import { LEASE_MS, type Lease } from '../db/mailbox.ts';
import type { Store } from '../db/store.ts';
import type { OrganizationId } from '../model/ids.ts';
import { every, type Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';

type Listener = (told: Told) => void;

/** A lease that this process keeps renewing until it is let go. */
export type HeldLease = {
  /** Aborts when the lease is lost, or the process hands its threads over. */
  readonly signal: AbortSignal;
  /** Milliseconds that the lease surely lasts: 0 or less when it may have been lost. */
  readonly leftMs: () => number;
  /** Calls again and again with what there is to know about the thread, until it is let go. */
  readonly watch: (listener: Listener) => void;
  readonly letGo: () => void;
};

export type LeaseKeeper = {
  /** @param takenAt `clock.now()` before the lease was asked for. */
  readonly hold: (organization: OrganizationId, lease: Lease, takenAt: number) => HeldLease;
  /** Aborts every held lease: the process hands its threads over. */
  readonly abortAll: () => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

type Held = {
  readonly organization: OrganizationId;
  readonly lease: Lease;
  readonly lost: AbortController;
  goodUntil: number;
  listener: Listener | undefined;
};

/** Between two rounds enough of a lease is left for a whole call to a platform, and for one round that fails. */
const RENEW_EVERY_MS = 3_000;

/** Milliseconds between two looks at what became known: somebody who presses "stop" waits for it. */
const WATCH_EVERY_MS = 400;

/** Milliseconds after which a lease that ran out ends its turn; before each call it is asked anyway. */
const LOOK_EVERY_MS = 1_000;

/** Renews all leases of this process together, and aborts at once what was lost or could not be renewed in time. */
export function openLeaseKeeper({ store, clock, log }: { store: Store; clock: Clock; log: Log }): LeaseKeeper {
  const held = new Set<Held>();
  const closing = new AbortController();

  const renew = async (organization: OrganizationId, group: readonly Held[]): Promise<void> => {
    const askedAt = clock.now();
    const leases = group.map((entry) => entry.lease);
    const lost = new Set(await store.renew(organization, leases));
    for (const entry of group) {
      if (lost.has(entry.lease)) entry.lost.abort();
      else entry.goodUntil = Math.max(entry.goodUntil, askedAt + LEASE_MS);
    }
  };

  const round = async (): Promise<void> => {
    const groups = Map.groupBy(held, (entry) => entry.organization);
    const outcomes = await Promise.allSettled([...groups].map(([organization, group]) => renew(organization, group)));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') log.warn({ error: outcome.reason as unknown }, 'leases could not be renewed');
  };

  const expire = (): void => {
    for (const entry of held) if (clock.now() > entry.goodUntil) entry.lost.abort();
  };
  // A round that hangs must not keep the next one from being tried.
  const renewing = every(clock, RENEW_EVERY_MS, closing.signal, () => void round());
  const watching = every(clock, WATCH_EVERY_MS, closing.signal, () => watchAll(store, held));
  const expiring = every(clock, LOOK_EVERY_MS, closing.signal, expire);

  return {
    hold(organization, lease, takenAt) {
      const entry: Held = {
        organization,
        lease,
        lost: new AbortController(),
        goodUntil: takenAt + LEASE_MS,
        listener: undefined,
      };
      held.add(entry);
      return {
        signal: entry.lost.signal,
        leftMs: () => entry.goodUntil - clock.now(),
        watch: (listener) => void (entry.listener = listener),
        letGo: () => void held.delete(entry),
      };
    },
    abortAll: () => held.forEach((entry) => entry.lost.abort()),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all([renewing, watching, expiring]);
    },
  };
}

/** Tells all who listen what there is to know. What cannot be read now is read the next time. */
async function watchAll(store: Store, held: ReadonlySet<Held>): Promise<void> {
  const watched = [...held].filter((entry) => entry.listener !== undefined && !entry.lost.signal.aborted);
  const groups = Map.groupBy(watched, (entry) => entry.organization);
  await Promise.allSettled([...groups].map(([organization, group]) => tell(store, organization, group)));
}

async function tell(store: Store, organization: OrganizationId, group: readonly Held[]): Promise<void> {
  const byLease = new Map(group.map((entry) => [entry.lease, entry]));
  for (const told of await store.told(organization, [...byLease.keys()])) byLease.get(told.lease)?.listener?.(told);
}
