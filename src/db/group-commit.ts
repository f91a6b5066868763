import { Failure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import { byKey, type Database, type Durability, type Transaction } from './database.ts';

/** Writes one item with whatever else waits for the same organization; resolves after the commit that holds it. */
export type GroupCommit<Item, Result> = (organization: OrganizationId, item: Item) => Promise<Result>;

/** Items of one transaction. Bounds how much one bad item can delay, and the size of a statement's arrays. */
const MOST = 200;

/** Transactions at once: one is on its way to the disk while the next one gathers. */
const IN_FLIGHT = 1;

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Many small writes as few transactions: what arrives while the previous ones run goes into the next.
 *
 * @param write all items of one organization in one transaction; one result per item, in the same order.
 * An item that makes the transaction fail fails alone: the others of its group are written one by one.
 */
export function groupCommit<Item, Result>(
  db: Database,
  write: (tx: Transaction, items: readonly Item[]) => Promise<readonly Result[]>,
  durability: Durability = 'durable',
): GroupCommit<Item, Result> {
  const waiting = new Map<OrganizationId, Waiting<Item, Result>[]>();
  let inFlight = 0;

  const commit = async (organization: OrganizationId, group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const items = group.map((entry) => entry.item);
      const results = await byKey(db, organization, (tx) => write(tx, items), durability);
      group.forEach((entry, index) => settle(entry, results[index]));
    } catch (thrown) {
      if (group.length === 1 || thrown instanceof Failure) group.forEach((entry) => entry.reject(thrown));
      else for (const entry of group) await commit(organization, [entry]);
    }
  };

  const pump = (): void => {
    for (const [organization, queue] of waiting) {
      if (inFlight >= IN_FLIGHT) return;
      const group = queue.splice(0, MOST);
      // Deleted and set again: the organization goes to the end of the line, so that a busy one starves nobody.
      waiting.delete(organization);
      if (queue.length > 0) waiting.set(organization, queue);
      inFlight += 1;
      void commit(organization, group).finally(() => {
        inFlight -= 1;
        pump();
      });
    }
  };

  return (organization, item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const queue = waiting.get(organization);
    if (queue === undefined) waiting.set(organization, [{ item, resolve, reject }]);
    else queue.push({ item, resolve, reject });
    // After the current tick, so that items that came with one read of the socket go together.
    setImmediate(pump);
    return promise;
  };
}

function settle<Item, Result>(entry: Waiting<Item, Result>, result: Result | undefined): void {
  if (result === undefined) entry.reject(new Error('a group write returned fewer results than items'));
  else entry.resolve(result);
}
