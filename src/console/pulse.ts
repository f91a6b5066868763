import { setInterval } from 'node:timers';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import type { OrganizationId } from '../model/ids.ts';

/** What pages are about. */
export const TOPICS = [
  'conversations',
  'deliveries',
  'dead-letters',
  'approvals',
  'installs',
  'models',
  'audit',
] as const;
export type Topic = (typeof TOPICS)[number];

/** Tells of an organization what has changed, until it is told to stop. */
export type Pulse = {
  readonly watch: (organization: OrganizationId, told: (topics: readonly Topic[]) => void) => () => void;
  /** Aborts when nothing more will be told. */
  readonly ended: AbortSignal;
  readonly [Symbol.dispose]: () => void;
};

/** Milliseconds between two looks. Pages are to be right within a second. */
const EVERY_MS = 700;

type Watched = {
  readonly listeners: Set<(topics: readonly Topic[]) => void>;
  seen: Signs | undefined;
  looking: boolean;
};
type Signs = Readonly<Record<Topic, string>>;

/**
 * Looks whether something has changed, once for all who watch an organization in this process; where nobody watches, nothing is
 * asked. Not told by the writers: a NOTIFY takes a lock of the whole database at each commit, and they commit a thousand times
 * a second.
 */
export function openPulse(db: Database, everyMs = EVERY_MS): Pulse {
  const watched = new Map<OrganizationId, Watched>();
  const ended = new AbortController();
  const look = async (organization: OrganizationId, entry: Watched): Promise<void> => {
    if (entry.looking) return;
    entry.looking = true;
    try {
      const signs = await inOrganization(db, organization, readSigns);
      const { seen } = entry;
      const changed = seen === undefined ? [] : TOPICS.filter((topic) => seen[topic] !== signs[topic]);
      entry.seen = signs;
      if (changed.length > 0) for (const listener of entry.listeners) listener(changed);
    } finally {
      entry.looking = false;
    }
  };
  const timer = setInterval(() => {
    // A database that is away is looked at again.
    for (const [organization, entry] of watched) look(organization, entry).catch(() => {});
  }, everyMs);
  timer.unref();
  return {
    watch(organization, told) {
      const entry = watched.get(organization) ?? { listeners: new Set(), seen: undefined, looking: false };
      watched.set(organization, entry);
      entry.listeners.add(told);
      return () => {
        entry.listeners.delete(told);
        if (entry.listeners.size === 0) watched.delete(organization);
      };
    },
    ended: ended.signal,
    [Symbol.dispose]() {
      clearInterval(timer);
      ended.abort();
    },
  };
}

/** Each read by the end of an index, or from a table that stays small. */
async function readSigns(tx: Transaction): Promise<Signs> {
  const organization = tx`organization_id = current_setting('switchboard.organization')::uuid`;
  const [row] = await tx<Signs[]>`
    select
      (select coalesce(max(active_at)::text, '') from switchboard.threads where ${organization})
        || (select coalesce(hashtextextended(string_agg(id::text || coalesce(retry_at::text, ''), ',' order by id), 0), 0) from switchboard.turns where ${organization} and state = 'running') as conversations,
      (select coalesce(max(received_at)::text, '') from switchboard.deliveries where ${organization}) as deliveries,
      (select count(*) || coalesce(max(ended_at)::text, '') from switchboard.turns where ${organization} and state = 'dead') as "dead-letters",
      (select count(*) || coalesce(max(a.asked_at)::text, '') from switchboard.approvals a
        where a.organization_id = current_setting('switchboard.organization')::uuid and a.state = 'asked' and a.expires_at > now()
          and exists (select 1 from switchboard.turns r where r.organization_id = a.organization_id and r.id = a.turn_id and r.state = 'running')) as approvals,
      (select count(*) || coalesce(max(changed_at)::text, '') from switchboard.apps where ${organization})
        || (select count(*) || coalesce(max(changed_at)::text, '') from switchboard.installs where ${organization}) as installs,
      (select count(*) || coalesce(max(changed_at)::text, '') from switchboard.targets where ${organization})
        || (select coalesce(max(updated_at)::text, '') from switchboard.breakers where ${organization}) as models,
      (select coalesce(max(seq), 0)::text from switchboard.audit where ${organization}) as audit`;
  if (row === undefined) throw new Error('a select without a row');
  return row;
}
