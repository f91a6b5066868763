import { inOrganization, type Database } from '../db/database.ts';
import { renewLeases } from '../db/leases.ts';
import { LEASE_MS, type Lease } from '../db/mailbox.ts';
import type { OrganizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';

/** A lease that this process keeps renewing until it is let go. */
export type HeldLease = { readonly signal: AbortSignal; readonly letGo: () => void };

export type LeaseKeeper = {
  readonly hold: (organization: OrganizationId, lease: Lease) => HeldLease;
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

/** Three tries fit into the life of a lease. */
const RENEW_EVERY_MS = LEASE_MS / 3;

/** Renews all leases of this process together, and aborts at once what was lost or could not be renewed in time. */
export function openLeaseKeeper(db: Database, log: Log): LeaseKeeper {
  const held = new Set<Held>();

  const renew = async (organization: OrganizationId, group: readonly Held[]): Promise<void> => {
    const askedAt = performance.now();
    const lost = new Set(
      await inOrganization(db, organization, (tx) =>
        renewLeases(
          tx,
          group.map((entry) => entry.lease),
        ),
      ),
    );
    for (const entry of group) {
      if (lost.has(entry.lease.thread)) entry.lost.abort();
      else entry.goodUntil = askedAt + LEASE_MS;
    }
  };

  const round = async (): Promise<void> => {
    const groups = Map.groupBy(held, (entry) => entry.organization);
    const outcomes = await Promise.allSettled([...groups].map(([organization, group]) => renew(organization, group)));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') log.warn({ error: outcome.reason as unknown }, 'leases could not be renewed');
  };

  // A process that was paused finds its leases stale at the first tick, before it sends anything more.
  const expire = (): void => {
    for (const entry of held) if (performance.now() > entry.goodUntil) entry.lost.abort();
  };
  const renewing = setInterval(() => void round(), RENEW_EVERY_MS);
  const expiring = setInterval(expire, 250);

  return {
    hold(organization, lease) {
      const entry: Held = { organization, lease, lost: new AbortController(), goodUntil: performance.now() + LEASE_MS };
      held.add(entry);
      return { signal: entry.lost.signal, letGo: () => void held.delete(entry) };
    },
    abortAll: () => held.forEach((entry) => entry.lost.abort()),
    async [Symbol.asyncDispose]() {
      clearInterval(renewing);
      clearInterval(expiring);
    },
  };
}
