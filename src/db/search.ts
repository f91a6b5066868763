import type { AppId, OrganizationId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';

/** One channel of one organization: what was said elsewhere is not looked at. */
export type SearchPlace = {
  readonly app: AppId;
  /** The platform's ids. */
  readonly install: string;
  readonly channel: string;
};

/** Something that was said there. */
export type Found = {
  /** Of the message, or of the turn whose answer it is. */
  readonly id: string;
  readonly who: string;
  readonly isBot: boolean;
  readonly at: Date;
  readonly text: string;
  /** The platform's thread. */
  readonly thread: string;
};

/** The best first. */
export type Search = (
  organization: OrganizationId,
  place: SearchPlace,
  wanted: { readonly words: string; readonly most: number },
) => Promise<readonly Found[]>;

/** The newest of a channel, which are looked at: 100 ms for 10,000 by their words. */
const MOST_THREADS = 2_000;
const MOST_MESSAGES = 10_000;

/** Characters of a message that are looked at. */
const LOOKED_AT = 20_000;

/** From here on a word counts as spelt nearly the same: with one letter wrong in eight it is 0.6. */
const NEAR = 0.55;
/** Words that are compared by their letters: each costs as much, and short ones are like too many others. */
const MOST_WORDS = 4;
const LONG_WORD = /[\p{L}\p{N}]{4,60}/gu;

/** Added to ranks before they are put together: the usual number of reciprocal rank fusion. */
const SMOOTH = 60;

/** Looks in what people and the bot said in a channel, by words and by letters. */
export function openSearch(db: Database): Search {
  return (organization, place, { words, most }) =>
    inOrganization(db, organization, async (tx) => {
      const byWords = await search(tx, place, inWords(tx, words));
      const byLetters = byWords.length < most ? await nearly(tx, place, words) : [];
      return merged([byWords, byLetters]).slice(0, most);
    });
}

type Row = { id: string; who: string; is_bot: boolean; at_ms: number; text: string; thread: string };

/** How good a text fits; null: not at all. Of a column `text`. */
type Fit = ReturnType<Transaction>;

/** Any of the words; who has more of them is better. */
function inWords(tx: Transaction, words: string): Fit {
  const query = tx`replace(plainto_tsquery('simple', ${words})::text, ' & ', ' | ')::tsquery`;
  const vector = tx`to_tsvector('simple', left(said.text, ${LOOKED_AT}))`;
  return tx`case when ${vector} @@ ${query} then ts_rank(${vector}, ${query}, 1) end`;
}

async function nearly(tx: Transaction, place: SearchPlace, words: string): Promise<readonly Row[]> {
  const [known] = await tx<{ there: boolean }[]>`
    select to_regprocedure('word_similarity(text, text)') is not null as there`;
  if (known?.there !== true) return [];
  const some = [...new Set(words.toLowerCase().match(LONG_WORD) ?? [])].slice(0, MOST_WORDS);
  if (some.length === 0) return [];
  const near: Fit = tx`(select sum(s) from (
    select word_similarity(w, left(said.text, ${LOOKED_AT})) as s from unnest(${some}::text[]) w) near where s >= ${NEAR})`;
  return search(tx, place, near);
}

/** What was forgotten, was a command, or is still waiting is not looked at. */
async function search(tx: Transaction, { app, install, channel }: SearchPlace, fit: Fit): Promise<readonly Row[]> {
  return tx<Row[]>`
    with places as materialized (
      select t.id, t.external_id, t.forgotten_at from switchboard.threads t
      join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
      where t.organization_id = current_setting('switchboard.organization')::uuid
        and i.app_id = ${app} and i.external_id = ${install} and t.channel = ${channel}
      order by t.created_at desc limit ${MOST_THREADS}
    ), said as materialized (
      (select m.id, m.author_name as who, m.author_kind <> 'human' as is_bot, m.sent_at as at, m.text, p.external_id as thread
        from places p join switchboard.messages m
          on m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = p.id
        where m.command is null and m.state <> 'waiting' and m.text <> '' and m.sent_at > coalesce(p.forgotten_at, '-infinity')
        order by m.sent_at desc limit ${MOST_MESSAGES})
      union all
      (select r.id, '', true, r.started_at, r.answer, p.external_id
        from places p join switchboard.turns r
          on r.organization_id = current_setting('switchboard.organization')::uuid and r.thread_id = p.id
        where r.state = 'answered' and r.answer <> '' and r.started_at > coalesce(p.forgotten_at, '-infinity')
          and coalesce(r.template, '') not like 'command:%'
        order by r.started_at desc limit ${MOST_MESSAGES})
    )
    select * from (
      select said.id, said.who, said.is_bot, (extract(epoch from said.at) * 1000)::float8 as at_ms, said.text, said.thread,
        ${fit} as fit from said
    ) judged where fit is not null order by fit desc, at_ms desc limit 50`;
}

/** By reciprocal rank: what stands high in one list, or in both, comes first. Pure. */
function merged(lists: readonly (readonly Row[])[]): readonly Found[] {
  const scores = new Map<string, { row: Row; score: number }>();
  for (const list of lists)
    for (const [index, row] of list.entries()) {
      const known = scores.get(row.id)?.score ?? 0;
      scores.set(row.id, { row, score: known + 1 / (SMOOTH + index) });
    }
  return [...scores.values()]
    .toSorted((one, other) => other.score - one.score)
    .map(({ row }) => ({
      id: row.id,
      who: row.who,
      isBot: row.is_bot,
      at: new Date(row.at_ms),
      text: row.text,
      thread: row.thread,
    }));
}
