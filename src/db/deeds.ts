import type { AppId, OrganizationId, ThreadId } from '../model/ids.ts';
import { threadId, turnId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import type { Click } from './controls.ts';
import { openPeople, type People } from './people.ts';
import { press, type Pressed, type Presser } from './press.ts';
import { openReach, type Reach } from './scheduled.ts';
import { grantWish, redoTurn, stopThreads, type Wished } from './wishes.ts';

/** A person in a place; a command has a thread of its own where the platform gives it none. */
export type Spot = {
  readonly app: AppId;
  readonly thread: ThreadId;
  /** The platform's ids. */
  readonly install: string;
  readonly channel: string;
  readonly person: string;
};

/** What the answers of a place have used. Tokens; US dollars as far as prices are known. */
export type Used = {
  readonly answers: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly dollars: number;
};

export type Stopped = { readonly here: number; readonly elsewhere: number };

/** What commands do, each in a transaction of its own. Done twice they are as done once. */
export type Deeds = {
  /** Has the person's running answers there stopped: how many were, just now in the thread itself, and elsewhere. */
  readonly stop: (organization: OrganizationId, spot: Spot, by: string) => Promise<Stopped>;
  /** Has the last answer there given anew; false: there is none. */
  readonly again: (organization: OrganizationId, spot: Spot) => Promise<boolean>;
  /** What was said in the thread up to now is not told to the model any more. */
  readonly forget: (organization: OrganizationId, thread: ThreadId) => Promise<void>;
  readonly used: (
    organization: OrganizationId,
    spot: Spot,
  ) => Promise<{ readonly thread: Used; readonly person: Used }>;
  /** Does what somebody wishes of an answer. */
  readonly grant: (organization: OrganizationId, wished: Wished) => Promise<string>;
  /** Uses a button and does what it means. */
  readonly press: (organization: OrganizationId, click: Click, said: Presser) => Promise<Pressed>;
  readonly reached: Reach;
  readonly people: People;
};

export function openDeeds(db: Database): Deeds {
  return {
    stop: (organization, spot, by) => inOrganization(db, organization, (tx) => stopThere(tx, spot, by)),
    again: (organization, spot) => inOrganization(db, organization, (tx) => againThere(tx, spot)),
    forget: (organization, thread) =>
      inOrganization(db, organization, async (tx) => {
        await tx`update switchboard.threads set forgotten_at = now()
          where organization_id = current_setting('switchboard.organization')::uuid and id = ${thread}`;
      }),
    used: (organization, spot) => inOrganization(db, organization, (tx) => used(tx, spot)),
    grant: (organization, wished) => inOrganization(db, organization, (tx) => grantWish(tx, wished)),
    press: (organization, click, presser) => inOrganization(db, organization, (tx) => press(tx, click, presser)),
    reached: openReach(db),
    people: openPeople(db),
  };
}

/** The newest threads of a channel in which somebody's last answer is looked for. */
const MOST_THREADS = 200;

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
      and t.channel = ${channel} and t.id <> ${thread} and m.author_id = ${person}`;
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

async function againThere(tx: Transaction, { thread, app, install, channel, person }: Spot): Promise<boolean> {
  const last = await tx<{ id: string }[]>`
    with places as (
      select ${thread}::uuid as id, true as here
      union all
      (select t.id, false from switchboard.threads t
        join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
        where t.organization_id = current_setting('switchboard.organization')::uuid and i.app_id = ${app} and i.external_id = ${install}
          and t.channel = ${channel} order by t.created_at desc limit ${MOST_THREADS})
    )
    select r.id from places
    join switchboard.turns r on r.organization_id = current_setting('switchboard.organization')::uuid and r.thread_id = places.id
    where r.state in ('answered', 'dead') and coalesce(r.template, '') not like 'command:%' and r.started_at > now() - interval '24 hours'
      and (places.here or exists (select 1 from switchboard.messages m
        where m.organization_id = r.organization_id and m.thread_id = r.thread_id and m.turn_id = r.id and m.author_id = ${person}))
    order by places.here desc, r.started_at desc limit 1`;
  const [row] = last;
  return row !== undefined && redoTurn(tx, turnId(row.id));
}

/** A person's accounts are all that are linked with the one at hand. */
async function used(tx: Transaction, { thread, app, person }: Spot): Promise<{ thread: Used; person: Used }> {
  const [row] = await tx<{ thread: Used; person: Used }[]>`
    with accounts as (
      select ${app}::uuid as app_id, ${person}::text as id
      union
      select p.app_id, p.id from switchboard.people p where p.organization_id = current_setting('switchboard.organization')::uuid
        and p.one_with in (select o.one_with from switchboard.people o where o.organization_id = p.organization_id and o.app_id = ${app} and o.id = ${person})
    ), own as (
      select r.id, r.thread_id = ${thread} as here,
        exists (select 1 from switchboard.messages m join accounts a on a.id = m.author_id and a.app_id = i.app_id
          where m.organization_id = r.organization_id and m.thread_id = r.thread_id and m.turn_id = r.id) as mine
      from switchboard.turns r
      join switchboard.threads h on h.organization_id = r.organization_id and h.id = r.thread_id
      join switchboard.installs i on i.organization_id = h.organization_id and i.id = h.install_id
      where r.organization_id = current_setting('switchboard.organization')::uuid and r.started_at > now() - interval '30 days'
        and (r.thread_id = ${thread} or r.id in (select m.turn_id from switchboard.messages m
          where m.organization_id = r.organization_id and m.author_id in (select id from accounts) and m.sent_at > now() - interval '30 days'))
        and coalesce(r.template, '') not like 'command:%' and r.state = 'answered'
    ), spent as (
      select own.*, coalesce(sum((s.usage->>'inputTokens')::numeric + (s.usage->>'cachedInputTokens')::numeric + (s.usage->>'cacheWriteTokens')::numeric), 0) as tokens_in,
        coalesce(sum((s.usage->>'outputTokens')::numeric), 0) as tokens_out, coalesce(sum(s.cost_usd), 0) as dollars
      from own left join switchboard.steps s on s.organization_id = current_setting('switchboard.organization')::uuid and s.turn_id = own.id
      group by own.id, own.here, own.mine
    )
    select json_build_object('answers', count(*) filter (where here), 'tokensIn', coalesce(sum(tokens_in) filter (where here), 0),
        'tokensOut', coalesce(sum(tokens_out) filter (where here), 0), 'dollars', coalesce(sum(dollars) filter (where here), 0)) as thread,
      json_build_object('answers', count(*) filter (where mine), 'tokensIn', coalesce(sum(tokens_in) filter (where mine), 0),
        'tokensOut', coalesce(sum(tokens_out) filter (where mine), 0), 'dollars', coalesce(sum(dollars) filter (where mine), 0)) as person
    from spent`;
  const nothing = { answers: 0, tokensIn: 0, tokensOut: 0, dollars: 0 };
  return row ?? { thread: nothing, person: nothing };
}
