import type { Transaction } from './database.ts';
import type { SearchPlace } from './search.ts';

/** What somebody looks for, as a model understands it. */
export type Meaning = {
  readonly model: string;
  /** 1024 signs, as `0` and `1`. */
  readonly bits: string;
};

export type Near = {
  readonly what: 'said' | 'document';
  /** Of the message or of the file. */
  readonly id: string;
  /** Empty: nobody knows. */
  readonly who: string;
  readonly atMs: number;
  readonly text: string;
  /** Of a document. */
  readonly name: string;
};

/** The newest of a channel, which are looked at. */
const MOST_MESSAGES = 10_000;

/**
 * Signs that may differ, of 1024. Of vectors that have nothing to do with each other half of them do: their cosine is 0. This is one
 * of 0.22, as the share of signs that differ is that of their angle in 180°.
 */
const FAR = 440;

/** What means the like of what is looked for, in one channel, the nearest first: its passage that is nearest. */
export async function searchNear(
  tx: Transaction,
  { app, install, channel }: SearchPlace,
  { model, bits }: Meaning,
): Promise<readonly Near[]> {
  const far = tx`bit_count(e.bits # ${bits}::text::bit(1024))`;
  return tx<Near[]>`
    with said as materialized (
      select m.id, m.author_name as who, m.sent_at as at, m.attachments, m.command
      from switchboard.threads t
      join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
      join switchboard.messages m on m.organization_id = t.organization_id and m.thread_id = t.id and m.state <> 'waiting'
        and m.sent_at > coalesce(t.forgotten_at, '-infinity')
      where t.organization_id = current_setting('switchboard.organization')::uuid and i.app_id = ${app} and i.external_id = ${install}
        and t.channel = ${channel}
      order by m.sent_at desc limit ${MOST_MESSAGES}
    ), spots as (
      select 'message' as kind, id::text as source, who, at, '' as name from said where command is null
      union all
      select 'document', l.file_id, s.who, s.at, coalesce(s.attachments->l.ordinal->>'name', '') from said s
      join switchboard.message_files l on l.organization_id = current_setting('switchboard.organization')::uuid and l.message_id = s.id
      where s.attachments <> '[]'
    ), ranked as (
      select distinct on (s.kind, s.source) s.*, k.start, k.length, ${far} as far
      from spots s
      join switchboard.passages k on k.organization_id = current_setting('switchboard.organization')::uuid
        and k.kind = s.kind and k.source = s.source and k.model = ${model}
      join switchboard.embeddings e on e.organization_id = k.organization_id and e.digest = k.digest
      where ${far} <= ${FAR}
      order by s.kind, s.source, far, s.at desc
    )
    select case kind when 'message' then 'said' else kind end as what, source as id, who, (extract(epoch from at) * 1000)::float8 as "atMs", name,
      substr(case kind
        when 'message' then (select m.text from switchboard.messages m
          where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = source::uuid)
        else (select f.text from switchboard.files f where f.organization_id = current_setting('switchboard.organization')::uuid and f.id = source)
      end, start + 1, length) as text
    from ranked order by far, at desc limit 20`;
}
