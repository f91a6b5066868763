import type { Place } from '../model/event.ts';
import type { AppId, MessageId, OrganizationId, ThreadId, TurnId } from '../model/ids.ts';
import { threadId } from '../model/ids.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { installKey, threadKey } from './keys.ts';
import { lockLive, lockThreads } from './leases.ts';
import type { Lease } from './mailbox.ts';

/** Why a message is there that nobody wrote: no platform's message can say so. */
export const SCHEDULED = 'scheduled';

/** Why a follow-up is not answered. */
export const NO_PART = 'the bot takes no part in this thread';

/** Where a message is said that had no place yet. */
export type Reached = {
  readonly lease: Lease;
  readonly app: AppId;
  readonly message: MessageId;
  readonly place: Place;
};

/** Gives the thread of a scheduled message its place; false: the lease is lost. */
export type Reach = (organization: OrganizationId, reached: Reached) => Promise<boolean>;

export const openReach =
  (db: Database): Reach =>
  (organization, { lease, app, message, place }) =>
    inOrganization(db, organization, async (tx) => {
      const [live] = await lockLive(tx, [{ lease }]);
      if (live !== true) return false;
      await insertInstall(tx, app, place.install);
      await tx`update switchboard.threads set install_id = ${installKey(app, place.install)}, channel = ${place.channel}, external_id = ${place.thread}
        where organization_id = current_setting('switchboard.organization')::uuid and id = ${lease.thread}`;
      await tx`update switchboard.messages set address = ${place.address}
        where organization_id = current_setting('switchboard.organization')::uuid and id = ${message}`;
      return true;
    });

/** A direct conversation may belong to another install than the one it was asked for in. */
async function insertInstall(tx: Transaction, app: AppId, install: string): Promise<void> {
  await tx`insert into switchboard.installs (organization_id, id, app_id, external_id, state)
    values (current_setting('switchboard.organization')::uuid, ${installKey(app, install)}, ${app}, ${install}, 'active') on conflict do nothing`;
}

/** A turn that was said by itself, and the conversation that people have under it. */
export type Under = { readonly app: AppId; readonly place: Place };

type Said = {
  readonly lease: Lease;
  readonly turn: TurnId;
  readonly outcome: string;
  readonly under?: Under | undefined;
};

/** As `lockThreads`, with the threads under what was said: all in one order, so that nobody waits for each other in a ring. */
export async function lockWithUnder(tx: Transaction, items: readonly Said[]): ReturnType<typeof lockThreads> {
  const under = items.flatMap((item) => (item.under === undefined ? [] : [keyOf(item.under)]));
  if (under.length > 0)
    await tx`select 1 from switchboard.threads where organization_id = current_setting('switchboard.organization')::uuid
      and id = any(${[...under, ...items.map((item) => item.lease.thread)]}::uuid[]) order by id for update`;
  return lockThreads(tx, items);
}

const keyOf = ({ app, place }: Under): ThreadId => threadKey(app, place);

/**
 * What was said by itself goes on in the conversation under it: there the bot takes part now, and the model is told what
 * it said. What people answered faster than this is answered after all.
 */
export async function moveUnder(tx: Transaction, items: readonly Said[]): Promise<void> {
  for (const { lease, turn, outcome, under } of items) {
    if (under === undefined || outcome !== 'answered') continue;
    const thread = keyOf(under);
    const { app, place } = under;
    await insertInstall(tx, app, place.install);
    await tx`insert into switchboard.threads as t (organization_id, id, install_id, channel, external_id, engaged)
      values (current_setting('switchboard.organization')::uuid, ${thread}, ${installKey(app, place.install)}, ${place.channel}, ${place.thread}, true)
      on conflict (organization_id, id) do update set engaged = true`;
    await tx`update switchboard.turns set thread_id = ${thread}
      where organization_id = current_setting('switchboard.organization')::uuid and id = ${turn}`;
    await tx`update switchboard.messages set thread_id = ${thread}, address = ${place.address}
      where organization_id = current_setting('switchboard.organization')::uuid and thread_id = ${lease.thread} and turn_id = ${turn}`;
    const early = await tx<{ thread_id: string }[]>`update switchboard.messages m set state = 'waiting', reason = null
      from switchboard.turns t
      where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = ${thread} and m.state = 'ignored'
        and m.reason = ${NO_PART} and t.organization_id = m.organization_id and t.id = ${turn} and m.received_at >= t.started_at
      returning m.thread_id`;
    const wakes = new Set(early.map((row) => threadId(row.thread_id)));
    await enqueueDrains(
      tx,
      [...wakes].map((one) => ({ thread: one, inMs: 0 })),
    );
  }
}
