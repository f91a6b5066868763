import { randomUUID } from 'node:crypto';
import { appId, type AppId } from '../model/ids.ts';
import { Failure } from '../model/failure.ts';
import { nextOccurrence } from '../model/occurrence.ts';
import type { Transaction } from './database.ts';

/** What is to be said by itself. */
export type NewSchedule = {
  readonly app: AppId;
  /** The platform's ids. */
  readonly install: string;
  readonly to: Whereto;
  /** `say`: the text itself; `ask`: the text is what the model is asked. */
  readonly kind: 'say' | 'ask';
  readonly text: string;
  readonly when: When;
  readonly createdBy: string;
  /** Named by whoever may add the same one again after a crash: it is there once. */
  readonly id?: string;
};

/** Whom or where it reaches. */
export type Whereto = { readonly person: string } | { readonly channel: string; readonly title?: string };

/** Once, or again and again by the clocks of a zone. */
export type When = { readonly at: Date } | { readonly cron: string; readonly timeZone: string };

export type Schedule = {
  readonly id: string;
  readonly app: AppId;
  readonly install: string;
  readonly to: Whereto;
  readonly kind: 'say' | 'ask';
  readonly text: string;
  /** Undefined: once. */
  readonly cron: string | undefined;
  readonly timeZone: string;
  /** Undefined: there is no next time. */
  readonly nextAt: Date | undefined;
  readonly paused: boolean;
};

/** Schedules of one organization, at most. */
export const MOST_SCHEDULES = 200;

export type ScheduleRow = {
  id: string;
  app_id: string;
  install: string;
  channel: string | null;
  person: string | null;
  title: string | null;
  kind: 'say' | 'ask';
  text: string;
  cron: string | null;
  time_zone: string;
  next_ms: number | null;
  paused: boolean;
};

/** Columns as `ScheduleRow` has them, of a schedule `s`. */
export const columnsOf = (tx: Transaction): ReturnType<Transaction> =>
  tx`s.id, s.app_id, s.install, s.channel, s.person, s.title, s.kind, s.text, s.cron, s.time_zone, s.paused,
    (extract(epoch from s.next_at) * 1000)::float8 as next_ms`;

/** @throws Failure `invalid` for a time that never comes, `refused` when there are too many already. */
export async function addSchedule(tx: Transaction, schedule: NewSchedule): Promise<Schedule> {
  const [same] = schedule.id === undefined ? [] : await read(tx, tx`s.id = ${schedule.id}`);
  return same ?? add(tx, schedule.id ?? randomUUID(), schedule);
}

async function add(tx: Transaction, id: string, schedule: NewSchedule): Promise<Schedule> {
  const { app, install, to, kind, text, when, createdBy } = schedule;
  // Locked, so that two who add the last one at the same time are counted one after the other.
  await tx`select 1 from switchboard.organizations where organization_id = current_setting('switchboard.organization')::uuid for update`;
  const [known] = await tx<{ count: number; now: number }[]>`
    select count(*)::int as count, (extract(epoch from now()) * 1000)::float8 as now from switchboard.schedules
    where organization_id = current_setting('switchboard.organization')::uuid`;
  if ((known?.count ?? 0) >= MOST_SCHEDULES)
    throw new Failure('refused', `there are ${MOST_SCHEDULES} schedules already: remove one first`);
  const first = 'at' in when ? when.at : nextOccurrence(when, new Date(known?.now ?? 0));
  if (first === undefined) throw new Failure('invalid', 'this cron is never due');
  const [person, channel, title] = 'person' in to ? [to.person, null, null] : [null, to.channel, to.title ?? null];
  const [cron, timeZone] = 'at' in when ? [null, 'UTC'] : [when.cron, when.timeZone];
  await tx`insert into switchboard.schedules
      (organization_id, id, app_id, install, channel, person, title, kind, text, cron, time_zone, next_at, created_by)
    values (current_setting('switchboard.organization')::uuid, ${id}, ${app}, ${install}, ${channel}, ${person}, ${title}, ${kind},
      ${text}, ${cron}, ${timeZone}, ${first.toISOString()}, ${createdBy})`;
  const [row] = await read(tx, tx`s.id = ${id}`);
  if (row === undefined) throw new Error('a schedule was written and is not there');
  return row;
}

/** The next due first. */
export function listSchedules(tx: Transaction): Promise<readonly Schedule[]> {
  return read(tx, tx`true`);
}

/** What is due while it is paused is not said, also not later; false: there is no such schedule. */
export async function pauseSchedule(tx: Transaction, id: string): Promise<boolean> {
  const { count } = await tx`update switchboard.schedules set paused = true
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
  return count > 0;
}

/** Goes on with the next time from now on; undefined: there is no such schedule. @throws Failure `refused`: its time is over. */
export async function resumeSchedule(tx: Transaction, id: string): Promise<Schedule | undefined> {
  const [row] = await tx<{ cron: string | null; time_zone: string; next_ms: number | null; now: number }[]>`
    select cron, time_zone, (extract(epoch from next_at) * 1000)::float8 as next_ms, (extract(epoch from now()) * 1000)::float8 as now
    from switchboard.schedules where organization_id = current_setting('switchboard.organization')::uuid and id = ${id} and paused for update`;
  if (row !== undefined) {
    const { cron, time_zone: timeZone, next_ms: at, now } = row;
    const once = at === null || at < now ? undefined : new Date(at);
    const next = cron === null ? once : nextOccurrence({ cron, timeZone }, new Date(now));
    if (next === undefined) throw new Failure('refused', 'its time is over: add it anew, and remove this one');
    await tx`update switchboard.schedules set paused = false, next_at = ${next.toISOString()}
      where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
  }
  const [schedule] = await read(tx, tx`s.id = ${id}`);
  return schedule;
}

/** False: there is no such schedule. */
export async function removeSchedule(tx: Transaction, id: string): Promise<boolean> {
  const { count } = await tx`delete from switchboard.schedules
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
  return count > 0;
}

/** The platform's ids of the installs of an app that something was ever heard of. */
export async function knownInstalls(tx: Transaction, app: AppId): Promise<readonly string[]> {
  const rows = await tx<{ external_id: string }[]>`select external_id from switchboard.installs
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app} order by external_id`;
  return rows.map((row) => row.external_id);
}

export function toSchedule(row: ScheduleRow): Schedule {
  const { channel, person, title } = row;
  return {
    id: row.id,
    app: appId(row.app_id),
    install: row.install,
    to: person === null ? { channel: channel ?? '', ...(title !== null && { title }) } : { person },
    kind: row.kind,
    text: row.text,
    cron: row.cron ?? undefined,
    timeZone: row.time_zone,
    nextAt: row.next_ms === null ? undefined : new Date(row.next_ms),
    paused: row.paused,
  };
}

async function read(tx: Transaction, which: ReturnType<Transaction>): Promise<readonly Schedule[]> {
  const rows = await tx<ScheduleRow[]>`select ${columnsOf(tx)} from switchboard.schedules s
    where s.organization_id = current_setting('switchboard.organization')::uuid and ${which} order by s.next_at nulls last, s.id`;
  return rows.map(toSchedule);
}
