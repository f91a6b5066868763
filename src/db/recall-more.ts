import type { AppId, OrganizationId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { searchNear, type Meaning } from './near.ts';
import type { Search, SearchPlace } from './search.ts';

/** Something that is known, and from whom. */
export type Note = {
  readonly what: 'said' | 'document' | 'remembered';
  /** Empty: the bot. */
  readonly who: string;
  readonly at: Date;
  readonly text: string;
  /** The name of a document. */
  readonly name: string;
};

export type Recollection = {
  readonly place: SearchPlace;
  readonly person: string;
  readonly words: string;
  readonly most: number;
};

/** The best first, of all that was said, read and remembered in a channel. */
export type RecallMore = (organization: OrganizationId, wanted: Recollection) => Promise<readonly Note[]>;

/** Characters of a document that are looked at, around its best place. */
const LOOKED_AT = 200_000;

/** Documents of a channel that are looked at, the newest. */
const MOST_DOCUMENTS = 500;

/** Added to ranks before they are put together: the usual number of reciprocal rank fusion. */
const SMOOTH = 60;

/** What words mean in a place; undefined: nobody tells there. Never rejects. */
export type MeaningOf = (
  organization: OrganizationId,
  place: SearchPlace,
  words: string,
) => Promise<Meaning | undefined>;

export function openRecallMore(db: Database, search: Search, meaningOf?: MeaningOf): RecallMore {
  return async (organization, { place, person, words, most }) => {
    const [said, near, [documents, remembered]] = await Promise.all([
      search(organization, place, { words, most }),
      meaningOf?.(organization, place, words).then((meaning) => nearest(db, organization, place, meaning)),
      inOrganization(db, organization, (tx) =>
        Promise.all([searchDocuments(tx, place, words), searchMemories(tx, { ...place, person }, words)]),
      ),
    ]);
    const asNotes = said.map(({ id, who, isBot, at, text }): Known => {
      const note: Note = { what: 'said', who: isBot ? who : who || 'somebody', at, text, name: '' };
      return { id, note };
    });
    return merged([asNotes, documents, remembered, near ?? []]).slice(0, most);
  };
}

async function nearest(
  db: Database,
  organization: OrganizationId,
  place: SearchPlace,
  meaning: Meaning | undefined,
): Promise<readonly Known[]> {
  if (meaning === undefined) return [];
  const rows = await inOrganization(db, organization, (tx) => searchNear(tx, place, meaning));
  return rows.map(({ id, who, atMs, ...row }) => ({
    id,
    note: { ...row, who: who || 'somebody', at: new Date(atMs) },
  }));
}

type Row = {
  readonly id: string;
  readonly who: string;
  readonly at_ms: number;
  readonly text: string;
  readonly name: string;
};

/** A note with what it is of: several lists may have it. */
export type Known = { readonly id: string; readonly note: Note };

const noteOf =
  (what: Note['what']) =>
  ({ id, who, at_ms: atMs, text, name }: Row): Known => ({ id, note: { what, who, at: new Date(atMs), text, name } });

/** What was read out of files that were sent to the channel: the passages that fit. Of what was deleted nothing is left. */
async function searchDocuments(
  tx: Transaction,
  { app, install, channel }: SearchPlace,
  words: string,
): Promise<readonly Known[]> {
  const query = tx`replace(plainto_tsquery('simple', ${words})::text, ' & ', ' | ')::tsquery`;
  const rows = await tx<Row[]>`
    with documents as materialized (
      select f.id, m.author_name as who, m.sent_at as at, left(f.text, ${LOOKED_AT}) as text, coalesce(m.attachments->l.ordinal->>'name', '') as name
      from switchboard.threads t
      join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
      join switchboard.messages m on m.organization_id = t.organization_id and m.thread_id = t.id and m.state <> 'waiting'
        and m.sent_at > coalesce(t.forgotten_at, '-infinity') and m.attachments <> '[]'
      join switchboard.message_files l on l.organization_id = m.organization_id and l.message_id = m.id
      join switchboard.files f on f.organization_id = l.organization_id and f.id = l.file_id and f.text <> ''
      where t.organization_id = current_setting('switchboard.organization')::uuid and i.app_id = ${app} and i.external_id = ${install}
        and t.channel = ${channel}
      order by m.sent_at desc limit ${MOST_DOCUMENTS}
    )
    select id, who, (extract(epoch from at) * 1000)::float8 as at_ms, name,
      ts_headline('simple', text, ${query}, 'MaxFragments=3, MaxWords=80, MinWords=30, StartSel="", StopSel="", FragmentDelimiter=" … "') as text
    from documents where to_tsvector('simple', text) @@ ${query}
    order by ts_rank(to_tsvector('simple', text), ${query}, 1) desc, at desc limit 20`;
  return rows.map(noteOf('document'));
}

/** What is remembered of who asks and of the channel, also what is not told each time. */
async function searchMemories(
  tx: Transaction,
  { app, install, channel, person }: SearchPlace & { readonly app: AppId; readonly person: string },
  words: string,
): Promise<readonly Known[]> {
  const query = tx`replace(plainto_tsquery('simple', ${words})::text, ' & ', ' | ')::tsquery`;
  const rows = await tx<Row[]>`
    select id, '' as who, (extract(epoch from created_at) * 1000)::float8 as at_ms, scope as name, text from switchboard.memories
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app}
      and (scope = 'person' and install = '' and subject = ${person} or scope = 'channel' and install = ${install} and subject = ${channel})
      and to_tsvector('simple', text) @@ ${query}
    order by ts_rank(to_tsvector('simple', text), ${query}) desc, created_at desc limit 20`;
  return rows.map(noteOf('remembered'));
}

/**
 * By reciprocal rank: what stands high in one list, or in several, comes first, told as the first of them has it. Of the same
 * rank, what is of an earlier list. Pure.
 */
export function merged(lists: readonly (readonly Known[])[]): readonly Note[] {
  const scores = new Map<string, { readonly note: Note; readonly score: number }>();
  for (const list of lists)
    for (const [key, { note, index }] of firstOfEach(list)) {
      const known = scores.get(key);
      scores.set(key, { note: known?.note ?? note, score: (known?.score ?? 0) + 1 / (SMOOTH + index) });
    }
  return [...scores.values()].toSorted((one, other) => other.score - one.score).map(({ note }) => note);
}

/** A document that was sent twice stands there twice. */
function firstOfEach(list: readonly Known[]): ReadonlyMap<string, { readonly note: Note; readonly index: number }> {
  const first = new Map<string, { readonly note: Note; readonly index: number }>();
  for (const [index, { id, note }] of list.entries()) {
    const key = `${note.what} ${id}`;
    if (!first.has(key)) first.set(key, { note, index });
  }
  return first;
}
