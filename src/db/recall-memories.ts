import type { AppId, ThreadId, TurnId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** What a turn asks for before a model is asked. */
export type RecallAsk = {
  readonly turn: TurnId;
  readonly thread: ThreadId;
  readonly app: AppId;
  /** The platform's ids of the place and of who asks. */
  readonly install: string;
  readonly channel: string;
  readonly person: string;
  /** The version of the prompt that the turn is given, where it is another one than was written when it began. */
  readonly template: string | undefined;
};

/** Something that is told to the model each time. */
export type Pinned = {
  readonly scope: 'person' | 'channel' | 'organization';
  readonly kind: 'fact' | 'preference' | 'instruction';
  readonly text: string;
};

/** What was said in a thread before its last messages. */
export type Summary = { readonly text: string; readonly untilMs: number; readonly tainted: boolean };

export type Recalled = { readonly pinned: readonly Pinned[]; readonly summary: Summary | undefined };

/** Of one subject: what was kept first falls off first. */
const MOST_PINNED = 60;

/** What is remembered of who asks and of the place, instructions first and then the newest; never of anybody else. */
export async function recallMemories(tx: Transaction, asks: readonly RecallAsk[]): Promise<readonly Recalled[]> {
  const accounts = await linkedOf(tx, asks);
  const owners = asks.flatMap(({ app, install, channel, person }, at) => [
    { at, scope: 'organization', app: null, install: '', subject: '' },
    { at, scope: 'channel', app, install, subject: channel },
    ...(accounts.get(at) ?? [{ app, person }]).map((one) => ({
      at,
      scope: 'person',
      app: one.app,
      install: '',
      subject: one.person,
    })),
  ]);
  const [pinned, summaries] = await Promise.all([
    readPinned(tx, owners),
    readSummaries(
      tx,
      asks.map(({ thread }) => thread),
    ),
    noteTemplates(tx, asks),
  ]);
  return asks.map(({ thread }, at) => ({ pinned: pinned.get(at) ?? [], summary: summaries.get(thread) }));
}

async function readPinned(tx: Transaction, owners: readonly object[]): Promise<ReadonlyMap<number, readonly Pinned[]>> {
  const rows = await tx<(Pinned & { at: number })[]>`
    select r.at, m.scope, m.kind, m.text from json_to_recordset(${asJson(tx, owners)}) as r(at int, scope text, app uuid, install text, subject text)
    cross join lateral (
      (select k.scope, k.kind, k.text, k.created_at from switchboard.memories k
        where k.organization_id = current_setting('switchboard.organization')::uuid and k.app_id = r.app
          and k.install = r.install and k.subject = r.subject and k.scope = r.scope and k.pinned
        order by k.kind = 'instruction' desc, k.created_at desc limit ${MOST_PINNED})
      union all
      (select k.scope, k.kind, k.text, k.created_at from switchboard.memories k
        where k.organization_id = current_setting('switchboard.organization')::uuid and k.app_id is null and r.app is null
          and k.scope = 'organization' and k.pinned
        order by k.kind = 'instruction' desc, k.created_at desc limit ${MOST_PINNED})
    ) m order by m.kind = 'instruction' desc, m.created_at desc, m.text`;
  return new Map(
    [...Map.groupBy(rows, (row) => row.at)].map(([at, own]) => [
      at,
      own.map(({ scope, kind, text }) => ({ scope, kind, text })),
    ]),
  );
}

async function readSummaries(tx: Transaction, threads: readonly ThreadId[]): Promise<ReadonlyMap<string, Summary>> {
  const rows = await tx<(Summary & { thread: string })[]>`
    select thread_id as thread, text, until_ms::float8 as "untilMs", tainted from switchboard.summaries
    where organization_id = current_setting('switchboard.organization')::uuid and thread_id = any(${[...threads]}::uuid[])`;
  return new Map(rows.map(({ thread, ...summary }) => [thread, summary]));
}

/** A turn says which wording it was given. */
async function noteTemplates(tx: Transaction, asks: readonly RecallAsk[]): Promise<void> {
  const rows = asks.flatMap(({ turn, template }) => (template === undefined ? [] : [{ turn, template }]));
  if (rows.length === 0) return;
  await tx`update switchboard.turns t set template = r.template from json_to_recordset(${asJson(tx, rows)}) as r(turn uuid, template text)
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = r.turn and t.template is distinct from r.template
      and t.id = any(${rows.map((row) => row.turn)}::uuid[])`;
}

/** Somebody on one platform. */
type Known = { readonly app: AppId; readonly person: string };

/** For most people there is one account, and nothing more is asked. */
async function linkedOf(tx: Transaction, asks: readonly RecallAsk[]): Promise<ReadonlyMap<number, readonly Known[]>> {
  const rows = asks.map(({ app, install, person }, at) => ({ at, app, install, person }));
  const linked = await tx<{ at: number }[]>`
    select r.at from json_to_recordset(${asJson(tx, rows)}) as r(at int, app uuid, install text, person text)
    cross join lateral (select 1 from switchboard.people p where p.organization_id = current_setting('switchboard.organization')::uuid
      and p.app_id = r.app and p.install = r.install and p.id = r.person and p.one_with is not null) p`;
  const found = await Promise.all(
    linked.map(async ({ at }) => {
      const ask = asks[at];
      return [at, ask === undefined ? [] : await accountsOf(tx, ask)] as const;
    }),
  );
  return new Map(found);
}

/** All accounts of a person, this one first. */
export async function accountsOf(tx: Transaction, of: Known): Promise<readonly Known[]> {
  const rows = await tx<Known[]>`
    select distinct p.app_id as app, p.id as person from switchboard.people p
    where p.organization_id = current_setting('switchboard.organization')::uuid
      and p.one_with in (select o.one_with from switchboard.people o where o.organization_id = p.organization_id
        and o.app_id = ${of.app} and o.id = ${of.person})`;
  return [of, ...rows.filter(({ app, person }) => app !== of.app || person !== of.person)];
}
