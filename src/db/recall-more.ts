import type { AppId, OrganizationId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
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

export function openRecallMore(db: Database, search: Search): RecallMore {
  return async (organization, { place, person, words, most }) => {
    const [said, [documents, remembered]] = await Promise.all([
      search(organization, place, { words, most }),
      inOrganization(db, organization, (tx) =>
        Promise.all([searchDocuments(tx, place, words), searchMemories(tx, { ...place, person }, words)]),
      ),
    ]);
    const asNotes = said.map(({ who, isBot, at, text }): Note => ({
      what: 'said',
      who: isBot ? who : who || 'somebody',
      at,
      text,
      name: '',
    }));
    return merged([asNotes, documents, remembered]).slice(0, most);
  };
}

type Row = { readonly who: string; readonly at_ms: number; readonly text: string; readonly name: string };

const noteOf =
  (what: Note['what']) =>
  ({ who, at_ms: atMs, text, name }: Row): Note => ({ what, who, at: new Date(atMs), text, name });

/** What was read out of files that were sent to the channel: the passages that fit. Of what was deleted nothing is left. */
async function searchDocuments(
  tx: Transaction,
  { app, install, channel }: SearchPlace,
  words: string,
): Promise<readonly Note[]> {
  const query = tx`replace(plainto_tsquery('simple', ${words})::text, ' & ', ' | ')::tsquery`;
  const rows = await tx<Row[]>`
    with documents as materialized (
      select m.author_name as who, m.sent_at as at, left(f.text, ${LOOKED_AT}) as text, coalesce(m.attachments->l.ordinal->>'name', '') as name
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
    select who, (extract(epoch from at) * 1000)::float8 as at_ms, name,
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
): Promise<readonly Note[]> {
  const query = tx`replace(plainto_tsquery('simple', ${words})::text, ' & ', ' | ')::tsquery`;
  const rows = await tx<Row[]>`
    select '' as who, (extract(epoch from created_at) * 1000)::float8 as at_ms, scope as name, text from switchboard.memories
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app}
      and (scope = 'person' and install = '' and subject = ${person} or scope = 'channel' and install = ${install} and subject = ${channel})
      and to_tsvector('simple', text) @@ ${query}
    order by ts_rank(to_tsvector('simple', text), ${query}) desc, created_at desc limit 20`;
  return rows.map(noteOf('remembered'));
}

/** By reciprocal rank: the first of each list come first. Pure. */
function merged(lists: readonly (readonly Note[])[]): readonly Note[] {
  return lists
    .flatMap((list) => list.map((note, index) => ({ note, score: 1 / (SMOOTH + index) })))
    .toSorted((one, other) => other.score - one.score)
    .map(({ note }) => note);
}
