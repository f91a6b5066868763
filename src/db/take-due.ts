import { randomUUID } from 'node:crypto';
import { messageId, organizationId, threadId, type OrganizationId } from '../model/ids.ts';
import { lastOccurrence, nextOccurrence } from '../model/occurrence.ts';
import { enqueueDrains } from '../queue/enqueue.ts';
import { inOrganization, inSystem, type Database, type Transaction } from './database.ts';
import { deriveId } from './derive-id.ts';
import { installKey } from './keys.ts';
import { columnsOf, toSchedule, type Schedule, type ScheduleRow } from './schedules.ts';
import { SCHEDULED } from './scheduled.ts';

/** A schedule whose moment has come. */
export type Due = { readonly organization: OrganizationId; readonly id: string };

/** What is due by the database's clock, over all organizations, the oldest first. */
export async function listDue(db: Database, most: number): Promise<readonly Due[]> {
  const rows = await inSystem(
    db,
    (tx) => tx<{ organization_id: string; id: string }[]>`select organization_id, id from switchboard.schedules
      where next_at <= now() and next_at is not null and not paused order by next_at limit ${most}`,
  );
  return rows.map((row) => ({ organization: organizationId(row.organization_id), id: row.id }));
}

/**
 * Puts what a schedule says into the mailbox of a thread of its own and moves the schedule on: one transaction. So each
 * occurrence becomes one message whoever dies when, and from there on it is answered like any other. Of several that are due
 * at once (nothing ran for a while) only the last is said.
 * @returns false: another process has it, or has had it.
 */
export function takeDue(db: Database, { organization, id }: Due): Promise<boolean> {
  return inOrganization(db, organization, async (tx) => {
    const [row] = await tx<(ScheduleRow & { now: number })[]>`
      select ${columnsOf(tx)}, (extract(epoch from now()) * 1000)::float8 as now from switchboard.schedules s
      where s.organization_id = current_setting('switchboard.organization')::uuid and s.id = ${id} and not s.paused and s.next_at <= now()
      for update of s skip locked`;
    const schedule = row && toSchedule(row);
    if (schedule?.nextAt === undefined || row === undefined) return false;
    const now = new Date(row.now);
    await insertMessage(tx, schedule, lastDue(schedule, schedule.nextAt, now));
    await moveOn(tx, schedule, now);
    return true;
  });
}

/** A schedule that cannot be taken is put aside, where its list shows it: it would be tried each second for ever. */
export async function setAside(db: Database, { organization, id }: Due): Promise<void> {
  await inOrganization(
    db,
    organization,
    (tx) => tx`update switchboard.schedules set paused = true
      where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`,
  );
}

function lastDue({ cron, timeZone }: Schedule, first: Date, now: Date): Date {
  const last = cron === undefined ? undefined : lastOccurrence({ cron, timeZone }, now);
  return last !== undefined && last > first ? last : first;
}

/** What is said once is gone then: its message is what is kept of it. */
async function moveOn(tx: Transaction, { id, cron, timeZone }: Schedule, now: Date): Promise<void> {
  if (cron === undefined) {
    await tx`delete from switchboard.schedules where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
    return;
  }
  const next = nextOccurrence({ cron, timeZone }, now)?.toISOString() ?? null;
  await tx`update switchboard.schedules set next_at = ${next}
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
}

/**
 * A message in a thread that has no place yet: the turn asks the platform for it, because no connection is held while a
 * platform is called. Until then the thread's external id is empty, and the message's address says whom it is to reach.
 */
async function insertMessage(tx: Transaction, schedule: Schedule, at: Date): Promise<void> {
  const { id, app, install, to, kind, text } = schedule;
  const occurrence = at.toISOString();
  const thread = threadId(deriveId('scheduled-thread', id, occurrence));
  const message = messageId(deriveId('scheduled-message', id, occurrence));
  const channel = 'channel' in to ? to.channel : '';
  const command = kind === 'say' ? tx.json({ name: 'say', text: '' }) : null;
  await tx`insert into switchboard.installs (organization_id, id, app_id, external_id, state)
    values (current_setting('switchboard.organization')::uuid, ${installKey(app, install)}, ${app}, ${install}, 'active') on conflict do nothing`;
  await tx`insert into switchboard.threads (organization_id, id, install_id, channel, external_id)
    values (current_setting('switchboard.organization')::uuid, ${thread}, ${installKey(app, install)}, ${channel}, '') on conflict do nothing`;
  const { count } =
    await tx`insert into switchboard.messages (organization_id, id, thread_id, external_id, version, author_id, author_name,
      author_kind, text, attachments, address, why, has_past, command, state, correlation, sent_at)
    values (current_setting('switchboard.organization')::uuid, ${message}, ${thread}, ${`${id}/${occurrence}`}, '1', 'schedule', 'Schedule',
      'human', ${text}, '[]', ${JSON.stringify(to)}, ${SCHEDULED}, false, ${command}, 'waiting', ${randomUUID()}, now())
    on conflict do nothing`;
  if (count > 0) await enqueueDrains(tx, [{ thread, inMs: 0 }]);
}
