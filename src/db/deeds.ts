import type { AppId, OrganizationId, ThreadId } from '../model/ids.ts';
import { threadId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import type { Click } from './controls.ts';
import { lastAnswer } from './last-answer.ts';
import { openMemory, type MemoryBook } from './memory.ts';
import { openPeople, type People } from './people.ts';
import { press, type Pressed, type Presser } from './press.ts';
import { openReach, type Reach } from './scheduled.ts';
import { readUsed, type UsedThere } from './usage.ts';
import { grantWish, redoTurn, stopThreads, type Granted, type Wished } from './wishes.ts';

/** A person in a place; a command has a thread of its own where the platform gives it none. */
export type Spot = {
  readonly app: AppId;
  readonly thread: ThreadId;
  /** The platform's ids. */
  readonly install: string;
  readonly channel: string;
  readonly person: string;
};

export type Stopped = { readonly here: number; readonly elsewhere: number };

/** What commands do, each in a transaction of its own. Done twice they are as done once. */
export type Deeds = {
  /**
   * How many answers were stopped just now in the thread itself; and, where nothing was ever answered in it, so that it cannot be
   * meant, has what runs for the person in the channel's other threads stopped.
   */
  readonly stop: (organization: OrganizationId, spot: Spot, by: string) => Promise<Stopped>;
  /** Has the last answer there given anew; false: there is none. */
  readonly again: (organization: OrganizationId, spot: Spot) => Promise<boolean>;
  /** What was said in the thread up to now is not told to the model any more. */
  readonly forget: (organization: OrganizationId, thread: ThreadId) => Promise<void>;
  readonly used: (organization: OrganizationId, spot: Spot) => Promise<UsedThere>;
  /** Does what somebody wishes of an answer. */
  readonly grant: (organization: OrganizationId, wished: Wished) => Promise<Granted>;
  /** Uses a button and does what it means; undefined: not yet. */
  readonly press: (organization: OrganizationId, click: Click, said: Presser) => Promise<Pressed | undefined>;
  readonly reached: Reach;
  readonly people: People;
  readonly memory: MemoryBook;
};

export function openDeeds(db: Database): Deeds {
  return {
    stop: (organization, spot, by) => inOrganization(db, organization, (tx) => stopThere(tx, spot, by)),
    again: (organization, spot) => inOrganization(db, organization, (tx) => againThere(tx, spot)),
    forget: (organization, thread) =>
      inOrganization(db, organization, async (tx) => {
        await tx`update switchboard.threads set forgotten_at = now()
          where organization_id = current_setting('switchboard.organization')::uuid and id = ${thread}`;
        await tx`delete from switchboard.summaries
          where organization_id = current_setting('switchboard.organization')::uuid and thread_id = ${thread}`;
      }),
    used: (organization, spot) =>
      inOrganization(db, organization, async (tx) => readUsed(tx, spot, await lastAnswer(tx, spot))),
    grant: (organization, wished) => inOrganization(db, organization, (tx) => grantWish(tx, wished)),
    press: (organization, click, presser) => inOrganization(db, organization, (tx) => press(tx, click, presser)),
    reached: openReach(db),
    people: openPeople(db),
    memory: openMemory(db),
  };
}

/** Seconds within which an answer counts as stopped by a command that came while it was written. */
const JUST_NOW_S = 60;

async function stopThere(
  tx: Transaction,
  { thread, app, install, channel, person }: Spot,
  by: string,
): Promise<Stopped> {
  const running = await tx<{ id: string }[]>`
    select distinct t.id from switchboard.threads t
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    join switchboard.turns r on r.organization_id = t.organization_id and r.thread_id = t.id and r.state = 'running'
    join switchboard.messages m on m.organization_id = r.organization_id and m.thread_id = t.id and m.turn_id = r.id
    where t.organization_id = current_setting('switchboard.organization')::uuid and i.app_id = ${app} and i.external_id = ${install}
      and t.channel = ${channel} and t.id <> ${thread} and m.author_id = ${person}
      and not exists (select 1 from switchboard.turns o where o.organization_id = t.organization_id and o.thread_id = ${thread}
        and coalesce(o.template, '') not like 'command:%')`;
  const [here] = await tx<{ count: number }[]>`
    select count(*)::int as count from switchboard.turns where organization_id = current_setting('switchboard.organization')::uuid
      and thread_id = ${thread} and stopped_by is not null and ended_at > now() - make_interval(secs => ${JUST_NOW_S})`;
  const elsewhere = await stopThreads(
    tx,
    running.map((row) => threadId(row.id)),
    by,
  );
  return { here: here?.count ?? 0, elsewhere };
}

async function againThere(tx: Transaction, spot: Spot): Promise<boolean> {
  const last = await lastAnswer(tx, spot);
  return last !== undefined && redoTurn(tx, last);
}
