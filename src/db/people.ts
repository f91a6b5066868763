import type { AppId, OrganizationId } from '../model/ids.ts';
import type { Person } from '../model/person.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { groupCommit } from './group-commit.ts';
import { openLinks, type Links } from './links.ts';
import { asJson } from './rows.ts';

/** Whose people. The platform's id. */
export type PeopleOf = { readonly app: AppId; readonly install: string };

/** Somebody as the platform told of them; `fresh`: within the last day. */
export type KnownPerson = {
  readonly id: string;
  readonly name: string;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly fresh: boolean;
};

/** What is known of people, each in a transaction of its own. */
export type People = Links & {
  readonly known: (
    organization: OrganizationId,
    of: PeopleOf,
    ids: readonly string[],
  ) => Promise<readonly KnownPerson[]>;
  readonly keep: (organization: OrganizationId, of: PeopleOf, people: readonly Person[]) => Promise<void>;
};

/** Hours after which a platform is asked again. */
const FRESH_H = 24;

export function openPeople(db: Database): People {
  // Nearly every turn asks, and many at once.
  const asking = groupCommit(db, known, 'soon');
  return {
    ...openLinks(db),
    known: (organization, of, ids) => asking(organization, { of, ids }),
    keep: (organization, of, people) => inOrganization(db, organization, (tx) => keep(tx, of, people)),
  };
}

type Asked = { readonly of: PeopleOf; readonly ids: readonly string[] };

async function known(tx: Transaction, asked: readonly Asked[]): Promise<readonly (readonly KnownPerson[])[]> {
  const wanted = asked.flatMap(({ of, ids }, at) => ids.map((id) => ({ at, app: of.app, install: of.install, id })));
  const rows = await tx<(KnownPerson & { at: number })[]>`
    select r.at, p.id, p.name, p.locale, p.time_zone as "timeZone", p.read_at > now() - make_interval(hours => ${FRESH_H}) as fresh
    from json_to_recordset(${asJson(tx, wanted)}) as r(at int, app uuid, install text, id text)
    cross join lateral (select * from switchboard.people p where p.organization_id = current_setting('switchboard.organization')::uuid
      and p.app_id = r.app and p.install = r.install and p.id = r.id) p`;
  const byAsker = Map.groupBy(rows, (row) => row.at);
  return asked.map((_one, at) => (byAsker.get(at) ?? []).map(({ at: _at, ...person }) => person));
}

async function keep(tx: Transaction, { app, install }: PeopleOf, people: readonly Person[]): Promise<void> {
  // In one order, like everybody who writes several: two turns never wait for each other in a ring.
  for (const { id, name, locale, timeZone } of people.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
    await tx`insert into switchboard.people as p (organization_id, app_id, install, id, name, locale, time_zone)
      values (current_setting('switchboard.organization')::uuid, ${app}, ${install}, ${id}, ${name}, ${locale ?? null}, ${timeZone ?? null})
      on conflict (organization_id, app_id, install, id) do update
        set name = excluded.name, locale = coalesce(excluded.locale, p.locale), time_zone = coalesce(excluded.time_zone, p.time_zone), read_at = now()`;
}
