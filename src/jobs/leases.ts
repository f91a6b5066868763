import { LEASE_MS, type Lease } from '../db/mailbox.ts';
import type { Store } from '../db/store.ts';
import type { OrganizationId } from '../model/ids.ts';
import { every, type Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';

/** A lease that this process keeps renewing until it is let go. */
export type HeldLease = {
  /** Aborts when the lease is lost, or the process hands its threads over. */
  readonly signal: AbortSignal;
  /** Milliseconds that the lease surely lasts: 0 or less when it may have been lost. */
  readonly leftMs: () => number;
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
};

/** Between two rounds enough of a lease is left for a whole call to a platform, and for one round that fails. */
const RENEW_EVERY_MS = 3_000;

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
  const expiring = every(clock, LOOK_EVERY_MS, closing.signal, expire);

  return {
    hold(organization, lease, takenAt) {
      const entry: Held = { organization, lease, lost: new AbortController(), goodUntil: takenAt + LEASE_MS };
      held.add(entry);
      return {
        signal: entry.lost.signal,
        leftMs: () => entry.goodUntil - clock.now(),
        letGo: () => void held.delete(entry),
      };
    },
    abortAll: () => held.forEach((entry) => entry.lost.abort()),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all([renewing, expiring]);
    },
  };
}
