import { appId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import { dropUnusedBits, saveBits } from './embeddings.ts';
import { asJson } from './rows.ts';
import type { SearchPlace } from './search.ts';

/** What passages are of: a message, or a file that was read. */
export type Source = {
  readonly kind: 'message' | 'document';
  /** The id of the message or of the file. */
  readonly source: string;
};

/** A text of which it is not known yet what it means. */
export type Unembedded = Source & {
  /** Its beginning. */
  readonly text: string;
  /** Names the whole text: it may change meanwhile. */
  readonly hash: string;
};

/** A part of a text. */
export type Passage = Source &
  Pick<Unembedded, 'hash'> & {
    readonly part: number;
    readonly digest: string;
    /** In characters as PostgreSQL counts them, from 0. */
    readonly start: number;
    readonly length: number;
    /** Undefined: no server would tell. */
    readonly bits: string | undefined;
  };

/** Days that are looked back. */
const DAYS = 90;

/** Characters of a text that are looked at. */
const LOOKED_AT = 60_000;

/** Texts that are read at once. */
const MOST = 200;

type Fragment = ReturnType<Transaction>;

/** Whether any policy has what texts mean looked up. */
export async function isAnywhereOn(tx: Transaction): Promise<boolean> {
  const rows = await tx`
    select 1 from switchboard.organizations
    where organization_id = current_setting('switchboard.organization')::uuid and policy->'memory'->'vectors' = 'true'
    union all select 1 from switchboard.policies
    where organization_id = current_setting('switchboard.organization')::uuid and policy->'memory'->'vectors' = 'true' limit 1`;
  return rows.length > 0;
}

/** Channels in which there are any. */
export async function placesToEmbed(tx: Transaction, model: string): Promise<readonly SearchPlace[]> {
  const anywhere: Fragment = tx`true`;
  const rows = await tx<{ app: string; install: string; channel: string }[]>`
    ${wanting(tx, model, anywhere)} select distinct app, install, channel from wanting`;
  return rows.map(({ app, ...row }) => ({ ...row, app: appId(app) }));
}

/** The newest of a channel. */
export async function textsToEmbed(
  tx: Transaction,
  model: string,
  { app, install, channel }: SearchPlace,
): Promise<readonly Unembedded[]> {
  const there: Fragment = tx`i.app_id = ${app} and i.external_id = ${install} and t.channel = ${channel}`;
  const rows = await tx<Unembedded[]>`${wanting(tx, model, there)}
    select kind, source, left(text, ${LOOKED_AT}) as text, md5(text) as hash from wanting order by at desc limit ${MOST}`;
  return [...new Map(rows.map((row) => [`${row.kind} ${row.source}`, row])).values()];
}

/** What was said and read there of late and has no passages of this model: what search looks in, but for our own answers. */
function wanting(tx: Transaction, model: string, there: Fragment): Fragment {
  return tx`
    with said as materialized (
      select i.app_id as app, i.external_id as install, t.channel, m.id, m.text, m.sent_at as at, m.author_kind, m.command, m.attachments <> '[]' as has_files
      from switchboard.threads t
      join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
      join switchboard.messages m on m.organization_id = t.organization_id and m.thread_id = t.id and m.state <> 'waiting'
        and m.sent_at > greatest(now() - make_interval(days => ${DAYS}), coalesce(t.forgotten_at, '-infinity'))
      where t.organization_id = current_setting('switchboard.organization')::uuid and ${there}
    ), texts as (
      select app, install, channel, 'message' as kind, id::text as source, text, at from said
      where text <> '' and command is null and author_kind <> 'self'
      union all
      select s.app, s.install, s.channel, 'document', f.id, f.text, s.at from said s
      join switchboard.message_files l on l.organization_id = current_setting('switchboard.organization')::uuid and l.message_id = s.id
      join switchboard.files f on f.organization_id = l.organization_id and f.id = l.file_id and f.text <> ''
      where s.has_files
    ), wanting as (
      select * from texts where not exists (select 1 from switchboard.passages k
        where k.organization_id = current_setting('switchboard.organization')::uuid and k.kind = texts.kind and k.source = texts.source
          and k.model = ${model})
    )`;
}

/** Keeps passages of texts that are what they were, in place of any before; what was edited or deleted meanwhile gets none. */
export async function savePassages(tx: Transaction, model: string, passages: readonly Passage[]): Promise<void> {
  const same = await lockSame(tx, passages);
  const kept = passages.filter(({ kind, source, hash }) => same.has(keyOf(kind, source, hash)));
  const before = await dropRows(tx, kept);
  await saveBits(
    tx,
    model,
    kept.flatMap(({ digest, bits }) => (bits === undefined ? [] : [{ digest, bits }])),
  );
  const rows = kept.map(({ bits: _bits, hash: _hash, ...row }) => row);
  await tx`
    insert into switchboard.passages (organization_id, kind, source, part, digest, model, start, length)
    select current_setting('switchboard.organization')::uuid, kind, source, part, digest, ${model}, start, length
    from json_to_recordset(${asJson(tx, rows)}) as r(kind text, source text, part int, digest text, start int, length int)
    on conflict do nothing`;
  await dropUnusedBits(tx, before);
}

/** Takes away what is known of texts that are changed or deleted, in the transaction that has them locked. */
export async function dropPassages(tx: Transaction, kind: Source['kind'], sources: readonly string[]): Promise<void> {
  if (sources.length === 0) return;
  const of = sources.map((source) => ({ kind, source }));
  await dropUnusedBits(tx, await dropRows(tx, of));
}

const keyOf = (...parts: readonly string[]): string => parts.join(' ');

/** In the order of deletions: messages, then files. */
async function lockSame(tx: Transaction, passages: readonly Passage[]): Promise<ReadonlySet<string>> {
  const idsOf = (kind: Source['kind']): string[] => [
    ...new Set(passages.filter((one) => one.kind === kind).map(({ source }) => source)),
  ];
  type Row = { source: string; hash: string };
  const messages = await tx<Row[]>`select id::text as source, md5(text) as hash from switchboard.messages
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${idsOf('message')}::uuid[]) order by id for share`;
  const files = await tx<Row[]>`select id as source, md5(text) as hash from switchboard.files
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${idsOf('document')}::text[]) order by id for share`;
  return new Set([
    ...messages.map(({ source, hash }) => keyOf('message', source, hash)),
    ...files.map(({ source, hash }) => keyOf('document', source, hash)),
  ]);
}

/** @returns the digests that they had. */
async function dropRows(tx: Transaction, of: readonly Source[]): Promise<readonly string[]> {
  const sources = of.map(({ kind, source }) => ({ kind, source }));
  const rows = await tx<{ digest: string }[]>`
    delete from switchboard.passages k using (
      select distinct kind, source from json_to_recordset(${asJson(tx, sources)}) as r(kind text, source text)
    ) r
    where k.organization_id = current_setting('switchboard.organization')::uuid and k.kind = r.kind and k.source = r.source
      and k.source = any(${sources.map(({ source }) => source)}::text[])
    returning k.digest`;
  return rows.map(({ digest }) => digest);
}
