import type { StepEnd } from './turns.ts';
import { appId, type AppId, type ThreadId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import type { Summary } from './recall-memories.ts';
import { asJson } from './rows.ts';
import { countCalls } from './usage.ts';

/** Something that was said and is in no summary yet. */
export type Uncovered = {
  readonly by: 'user' | 'bot';
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Anybody may have written a part of it: it came with files, stands at code, or is another program's. */
  readonly external: boolean;
};

/** What there is to put in short of one thread. */
export type ToSummarize = {
  readonly app: AppId;
  readonly install: string;
  readonly channel: string;
  readonly summary: Summary | undefined;
  /** Undefined: nothing was ever forgotten here. */
  readonly forgottenMs: number | undefined;
  /** Oldest first. */
  readonly said: readonly Uncovered[];
};

export type NewSummary = {
  readonly thread: ThreadId;
  readonly text: string;
  /** The last of what was read that it covers. */
  readonly untilMs: number;
  /** What it was made from. */
  readonly read: ToSummarize;
  readonly step: StepEnd;
};

/** Messages, and answers, that are read of a thread at once. */
const MOST_READ = 400;

/** What nobody answers any more and no summary covers; undefined: there is no such thread. */
export async function readUnsummarized(tx: Transaction, thread: ThreadId): Promise<ToSummarize | undefined> {
  const [place] = await tx<
    { app: string; install: string; channel: string; forgotten: number | null; summary: Summary | null }[]
  >`select i.app_id as app, i.external_id as install, t.channel, (extract(epoch from t.forgotten_at) * 1000)::float8 as forgotten,
      (select json_build_object('text', s.text, 'untilMs', s.until_ms, 'tainted', s.tainted) from switchboard.summaries s
        where s.organization_id = t.organization_id and s.thread_id = t.id) as summary
    from switchboard.threads t join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = ${thread}`;
  if (place === undefined) return undefined;
  const { app, install, channel, forgotten, summary } = place;
  const afterMs = summary?.untilMs ?? 0;
  const said = await tx<Uncovered[]>`
    with pending as (
      select coalesce(min(m.sent_at), 'infinity') as first from switchboard.messages m
      where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = ${thread} and m.state = 'waiting'
    ), said as (
      (select 'user' as by, m.author_name as name, m.text, m.sent_at as at,
          m.attachments <> '[]' or m.anchor is not null or m.author_kind = 'bot' as external
        from switchboard.messages m, pending
        where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = ${thread} and m.state <> 'waiting'
          and m.author_kind <> 'self' and m.command is null and m.text <> '' and m.sent_at < pending.first
          and m.sent_at > to_timestamp(${Math.max(afterMs, forgotten ?? 0)}::float8 / 1000)
        order by m.sent_at limit ${MOST_READ})
      union all
      (select 'bot', '', t.answer, greatest(t.started_at, asked.last), t.tainted
        from switchboard.turns t
        cross join lateral (select max(m.sent_at) as last, min(m.sent_at) as first from switchboard.messages m
          where m.organization_id = t.organization_id and m.thread_id = t.thread_id and m.turn_id = t.id) asked, pending
        where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = ${thread} and t.state = 'answered'
          and t.answer <> '' and coalesce(t.template, '') not like 'command:%' and asked.last < pending.first
          and (${forgotten}::float8 is null or asked.first > to_timestamp(${forgotten}::float8 / 1000))
          and greatest(t.started_at, asked.last) > to_timestamp(${afterMs}::float8 / 1000)
        order by t.started_at limit ${MOST_READ})
    )
    select by, name, text, floor(extract(epoch from at) * 1000)::float8 as "atMs", external from said
    where floor(extract(epoch from at) * 1000) > ${afterMs}::float8 order by at, by desc, text limit ${MOST_READ}`;
  return {
    app: appId(app),
    install,
    channel,
    summary: summary ?? undefined,
    forgottenMs: forgotten ?? undefined,
    said: [...said],
  };
}

/**
 * Keeps a summary, and counts what it has cost in any case.
 * @returns false where what it covers was changed, deleted or forgotten meanwhile: nothing of it is kept.
 */
export async function saveSummary(
  tx: Transaction,
  { thread, text, untilMs, read, step }: NewSummary,
): Promise<boolean> {
  // Whoever deletes a message has its thread locked.
  await tx`select id from switchboard.threads where organization_id = current_setting('switchboard.organization')::uuid and id = ${thread} for update`;
  const now = await readUnsummarized(tx, thread);
  const isSame = now !== undefined && covered(now, untilMs) === covered(read, untilMs);
  if (isSame) {
    const inIt = read.said.filter(({ atMs }) => atMs <= untilMs);
    const tainted = read.summary?.tainted === true || inIt.some(({ external }) => external);
    const row = { thread, text, untilMs, tainted, covers: inIt.length, ...step };
    await tx`
      insert into switchboard.summaries as s (organization_id, thread_id, text, until_ms, tainted, covers, provider, model, usage, cost_usd)
      select current_setting('switchboard.organization')::uuid, thread, text, "untilMs", tainted, covers, provider, model, usage, cost
      from json_to_recordset(${asJson(tx, [row])}) as r(thread uuid, text text, "untilMs" bigint, tainted boolean, covers int, provider text, model text, usage jsonb, cost numeric)
      on conflict (organization_id, thread_id) do update set text = excluded.text, until_ms = excluded.until_ms, tainted = excluded.tainted,
        covers = s.covers + excluded.covers, provider = excluded.provider, model = excluded.model, usage = excluded.usage,
        cost_usd = s.cost_usd + excluded.cost_usd, updated_at = now()`;
  }
  await countCalls(tx, [{ steps: [step], answered: false }]);
  return isSame;
}

/** Names what a summary would be made from. */
const covered = ({ summary, forgottenMs, said }: ToSummarize, untilMs: number): string =>
  JSON.stringify([summary ?? null, forgottenMs ?? null, said.filter(({ atMs }) => atMs <= untilMs)]);

/** Asks for a thread to be put in short; asked for again before that is done it is done once. */
export async function askForSummary(tx: Transaction, threads: readonly ThreadId[]): Promise<void> {
  for (const thread of threads.toSorted()) await tx`select switchboard_system.enqueue_summary(${thread}::uuid)`;
}

/** A summary that covers something that is taken away is none any more. */
export async function dropSummaries(
  tx: Transaction,
  gone: readonly { readonly thread_id: string; readonly sent_at: string }[],
): Promise<void> {
  if (gone.length === 0) return;
  await tx`delete from switchboard.summaries s using json_to_recordset(${asJson(tx, gone)}) as r(thread_id uuid, sent_at timestamptz)
    where s.organization_id = current_setting('switchboard.organization')::uuid and s.thread_id = r.thread_id
      and floor(extract(epoch from r.sent_at) * 1000) <= s.until_ms`;
}
