import type { Transaction } from './database.ts';

/** A conversation as it stands in a list. */
export type ListedConversation = {
  readonly id: string;
  readonly app: string;
  readonly platform: string;
  /** The platform's ids. */
  readonly install: string;
  readonly installName: string | null;
  readonly channel: string;
  readonly thread: string;
  /** ISO times, to the microsecond. */
  readonly activeAt: string;
  readonly createdAt: string;
  /** The message of somebody else that came last, its first 200 characters. */
  readonly last: {
    readonly author: string;
    readonly text: string;
    readonly state: string;
    readonly reason: string | null;
    readonly at: string;
  } | null;
  /** The turn that began last. */
  readonly turn: { readonly id: string; readonly state: string; readonly error: string | null } | null;
};

/** What is looked for; undefined: anything. */
export type ConversationFilter = {
  readonly app: string | undefined;
  /** The platform's ids. */
  readonly install: string | undefined;
  readonly channel: string | undefined;
  /** Of the last message of somebody else or the last turn. */
  readonly state: 'waiting' | 'running' | 'answered' | 'ignored' | 'dead' | undefined;
  /** Who wrote in it: the platform's id. */
  readonly person: string | undefined;
  /** Words as they stand in a message or an answer. */
  readonly text: string | undefined;
};

export type ConversationPage = {
  readonly rows: readonly ListedConversation[];
  /** So many were looked at, and the last of them: there may be more behind it. Undefined: all were looked at. */
  readonly lookedTo: { readonly at: string; readonly id: string } | undefined;
};

/**
 * Conversations that one page looks at, so that it takes a bounded time however few of them fit: by what stands in their rows, and by
 * all that was said in them. The second takes 0.3 ms each (`npm run lists`).
 */
const MOST_LOOKED_AT = 2_000;
const MOST_READ = 250;

/** The most active first, from behind `after`. */
export async function listConversations(
  tx: Transaction,
  filter: ConversationFilter,
  { after, most }: { readonly after: { readonly at: string; readonly id: string } | undefined; readonly most: number },
): Promise<ConversationPage> {
  const looked = isEmpty(filter) ? most : filter.text === undefined ? MOST_LOOKED_AT : MOST_READ;
  const rows = await tx<(ListedConversation & { fits: boolean })[]>`
    with looked as materialized (
      select t.* from switchboard.threads t where t.organization_id = current_setting('switchboard.organization')::uuid
        ${after === undefined ? tx`` : tx`and (t.active_at, t.id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
      order by t.active_at desc, t.id desc limit ${looked}
    ), fitting as (
      select t.*, i.app_id, i.external_id as install, i.name as install_name, a.platform from looked t
      join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
      join switchboard.apps a on a.organization_id = t.organization_id and a.id = i.app_id
      where true ${placed(tx, filter)} ${wrote(tx, filter)} ${inState(tx, filter)}
      order by t.active_at desc, t.id desc limit ${most}
    )
    select t.id, t.app_id as app, t.platform, t.install, t.install_name as "installName", t.channel, t.external_id as thread,
      to_json(t.active_at)#>>'{}' as "activeAt", to_json(t.created_at)#>>'{}' as "createdAt",
      (select json_build_object('author', m.author_name, 'text', left(m.text, 200), 'state', m.state, 'reason', m.reason, 'at', m.sent_at)
        from switchboard.messages m where m.organization_id = t.organization_id and m.thread_id = t.id ${notOwn(tx)} order by m.sent_at desc limit 1) as last,
      (select json_build_object('id', r.id, 'state', r.state, 'error', r.error)
        from switchboard.turns r where r.organization_id = t.organization_id and r.thread_id = t.id order by r.started_at desc limit 1) as turn
    from fitting t order by t.active_at desc, t.id desc`;
  if (isEmpty(filter) || rows.length === most) return { rows, lookedTo: undefined };
  return { rows, lookedTo: await lookedTo(tx, after, looked) };
}

const isEmpty = (filter: ConversationFilter): boolean => Object.values(filter).every((value) => value === undefined);

type Fragment = ReturnType<Transaction>;

function placed(tx: Transaction, { app, install, channel }: ConversationFilter): Fragment {
  return tx`${app === undefined ? tx`` : tx`and i.app_id = ${app}`}
    ${install === undefined ? tx`` : tx`and i.external_id = ${install}`}
    ${channel === undefined ? tx`` : tx`and t.channel = ${channel}`}`;
}

function wrote(tx: Transaction, { person, text }: ConversationFilter): Fragment {
  const byPerson: Fragment =
    person === undefined
      ? tx``
      : tx`and exists (select 1 from switchboard.messages m where m.organization_id = t.organization_id and m.thread_id = t.id and m.author_id = ${person})`;
  if (text === undefined) return byPerson;
  const words = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return tx`${byPerson} and (
    exists (select 1 from switchboard.messages m where m.organization_id = t.organization_id and m.thread_id = t.id and m.text ilike ${words})
    or exists (select 1 from switchboard.turns r where r.organization_id = t.organization_id and r.thread_id = t.id and r.answer ilike ${words}))`;
}

function inState(tx: Transaction, { state }: ConversationFilter): Fragment {
  if (state === undefined) return tx``;
  if (state === 'running' || state === 'dead')
    return tx`and exists (select 1 from switchboard.turns r where r.organization_id = t.organization_id and r.thread_id = t.id and r.state = ${state})`;
  return tx`and ${state} = (select m.state from switchboard.messages m
    where m.organization_id = t.organization_id and m.thread_id = t.id ${notOwn(tx)} order by m.sent_at desc limit 1)`;
}

/** Some platforms send us what we have said: that is no message that waits for an answer. */
const notOwn = (tx: Transaction): Fragment => tx`and m.author_kind <> 'self'`;

async function lookedTo(
  tx: Transaction,
  after: { readonly at: string; readonly id: string } | undefined,
  looked: number,
): Promise<ConversationPage['lookedTo']> {
  const [row] = await tx<{ at: string; id: string }[]>`
    select to_json(t.active_at)#>>'{}' as at, t.id from switchboard.threads t
    where t.organization_id = current_setting('switchboard.organization')::uuid
      ${after === undefined ? tx`` : tx`and (t.active_at, t.id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by t.active_at desc, t.id desc offset ${looked - 1} limit 1`;
  return row;
}
