import { randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { acceptDeliveries } from '../db/deliveries.ts';
import { groupCommit } from '../db/group-commit.ts';
import { openPolicies } from '../db/policies.ts';
import type { Delivery, Place } from '../model/event.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import { translate } from './translate.ts';

/** Whose delivery it is. */
export type Recipient = { readonly organization: OrganizationId; readonly app: AppId };

/**
 * Resolves with the delivery's correlation id once its rows are committed; only then may it be acknowledged.
 * @throws Failure `unavailable` when the database cannot take it: the sender must be told to try again.
 */
export type Accept = (recipient: Recipient, delivery: Delivery, receivedAt: Date) => Promise<string>;

/** The one way in. Deliveries that come close together share a transaction. */
export function openAccept(db: Database): Accept {
  const commit = groupCommit(db, acceptDeliveries);
  const policies = openPolicies(db);
  return async (recipient, delivery, receivedAt) => {
    const correlation = randomUUID();
    const { organization, app } = recipient;
    const book = await policies(organization);
    const arrival = { app, correlation, receivedAt, policyOf: (place: Place) => book(app, place) };
    await commit(organization, translate(delivery, arrival));
    return correlation;
  };
}
