import { messageId, turnId, type ThreadId } from '../model/ids.ts';
import type { Card } from '../model/card.ts';
import type { CommandCall } from '../model/commands.ts';
import type { Attachment, CodeAnchor } from '../model/message.ts';
import type { Transaction } from './database.ts';
import type { RunningTurn, StoredMessage, StoredPost } from './mailbox.ts';
import { askedIn, type Step } from './step.ts';

/** Messages and answers of the past that a turn is given. */
export const HISTORY = 40;

/** Messages that one turn answers together at most; the rest waits for the next one. */
const TOGETHER = 200;

export type MessageRow = {
  id: string;
  thread_id: string;
  state: string;
  turn_id: string | null;
  author_id: string;
  author_name: string;
  author_kind: 'human' | 'bot' | 'self';
  command: CommandCall | null;
  external_id: string;
  forgotten: boolean;
  text: string;
  attachments: readonly Attachment[];
  anchor: CodeAnchor | null;
  address: string;
  why: string;
  has_past: boolean;
  correlation: string;
  sent_ms: number;
  received_ms: number;
};

export async function readMessages(tx: Transaction, ids: readonly ThreadId[]): Promise<Map<string, MessageRow[]>> {
  const columns = tx`m.id, m.thread_id, m.state, m.turn_id, m.author_id, m.author_name, m.author_kind, m.command, m.text, m.attachments, m.anchor,
    m.address, m.why, m.has_past, m.correlation, m.external_id, m.sent_at, m.received_at`;
  const rows = await tx<MessageRow[]>`
    select m.*, m.sent_at <= wanted.forgotten_at as forgotten, (extract(epoch from m.sent_at) * 1000)::float8 as sent_ms, (extract(epoch from m.received_at) * 1000)::float8 as received_ms
    from (select id as thread, forgotten_at from switchboard.threads
      where organization_id = current_setting('switchboard.organization')::uuid and id = any(${[...ids]}::uuid[])) wanted
    cross join lateral (
      (select ${columns} from switchboard.messages m
        where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = wanted.thread and m.state = 'waiting'
        order by m.sent_at, m.external_id limit ${TOGETHER})
      union all
      (select ${columns} from switchboard.messages m
        where m.organization_id = current_setting('switchboard.organization')::uuid and m.thread_id = wanted.thread and m.state <> 'waiting'
        order by m.sent_at desc limit ${HISTORY})
    ) m
    order by m.sent_at, m.external_id`;
  return Map.groupBy(rows, (row) => row.thread_id);
}

export type TurnRow = {
  id: string;
  thread_id: string;
  state: string;
  attempts: number;
  failures: number;
  crashes: number;
  runs: number;
  retries: boolean;
  wait_ms: number;
  answer: string | null;
  card: Card | null;
  is_command: boolean;
  tainted: boolean;
  at_ms: number;
};

const turnColumns = (tx: Transaction): ReturnType<Transaction> =>
  tx`t.id, t.thread_id, t.state, t.attempts, t.failures, t.crashes, t.runs, t.answer, t.card, t.tainted, coalesce(t.template like ${COMMANDS}, false) as is_command,
    t.started_at, (extract(epoch from t.started_at) * 1000)::float8 as at_ms,
    greatest(0, coalesce(extract(epoch from t.retry_at - now()) * 1000, 0))::float8 as wait_ms, t.retry_at is not null as retries`;

/** What runs, and the last answers. */
export async function readTurns(tx: Transaction, ids: readonly ThreadId[]): Promise<readonly TurnRow[]> {
  return tx<TurnRow[]>`
    select t.* from unnest(${[...ids]}::uuid[]) as wanted(thread)
    cross join lateral (
      (select ${turnColumns(tx)} from switchboard.turns t
        where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = wanted.thread and t.state = 'running')
      union all
      (select ${turnColumns(tx)} from switchboard.turns t
        where t.organization_id = current_setting('switchboard.organization')::uuid and t.thread_id = wanted.thread and t.state = 'answered'
        order by t.started_at desc limit ${HISTORY})
    ) t
    order by t.started_at`;
}

/** Turns by their ids: to be answered anew, however long ago they were answered. */
export async function readOlderTurns(tx: Transaction, ids: readonly string[]): Promise<readonly TurnRow[]> {
  if (ids.length === 0) return [];
  return tx<TurnRow[]>`select ${turnColumns(tx)} from switchboard.turns t
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = any(${[...ids]}::uuid[]) order by t.started_at`;
}

/** Turns that obeyed a command have a template of this name: they are no part of the conversation. */
const COMMANDS = 'command:%';

export type PostRow = {
  turn_id: string;
  ordinal: number;
  state: StoredPost['state'];
  nonce: string;
  external_id: string | null;
  text: string | null;
  streaming: boolean;
  attempts: number;
  attempted_ms: number;
};

/** The posts of turns that go on: most threads have none. */
export async function readPosts(tx: Transaction, turns: readonly string[]): Promise<readonly PostRow[]> {
  if (turns.length === 0) return [];
  return tx<PostRow[]>`
    select p.turn_id, p.ordinal, p.state, p.nonce, p.external_id, p.text, p.streaming, p.attempts,
      greatest(0, extract(epoch from now() - p.attempted_at) * 1000)::float8 as attempted_ms
    from switchboard.posts p
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.turn_id = any(${[...turns]}::uuid[])
    order by p.ordinal`;
}

/** Where turns are answered: what is left of deleted questions still tells it. */
export async function readAddresses(tx: Transaction, turns: readonly TurnRow[]): Promise<ReadonlyMap<string, string>> {
  if (turns.length === 0) return new Map();
  const rows = await tx<{ turn_id: string; address: string }[]>`
    select distinct on (m.turn_id) m.turn_id, m.address from switchboard.messages m
    where m.organization_id = current_setting('switchboard.organization')::uuid and m.turn_id = any(${turns.map(({ id }) => id)}::uuid[])
      and m.thread_id = any(${turns.map((turn) => turn.thread_id)}::uuid[])
    order by m.turn_id, m.why = 'follow-up', m.sent_at desc`;
  return new Map(rows.map((row) => [row.turn_id, row.address]));
}

export function toMessage(row: MessageRow): StoredMessage {
  return {
    id: messageId(row.id),
    authorId: row.author_id,
    authorName: row.author_name,
    authorKind: row.author_kind,
    command: row.command ?? undefined,
    external: row.external_id,
    turn: row.turn_id === null ? undefined : turnId(row.turn_id),
    text: row.text,
    attachments: row.attachments,
    anchor: row.anchor ?? undefined,
    address: row.address,
    why: row.why,
    hasPast: row.has_past,
    correlation: row.correlation,
    sentAt: new Date(row.sent_ms),
    receivedAt: new Date(row.received_ms),
  };
}

/**
 * @param kept the thread is still ours, from the turn's last round.
 * @param abandoned the thread's last lease was not given back: whoever held it ended in the middle of this turn.
 */
export function toTurn(
  row: TurnRow,
  read: {
    waiting: readonly MessageRow[];
    posts: readonly PostRow[];
    journals: ReadonlyMap<string, readonly Step[]>;
    addresses: ReadonlyMap<string, string>;
    kept: boolean;
    abandoned: boolean;
  },
): RunningTurn {
  const { waiting, posts, journals, kept, abandoned } = read;
  const anew = row.state !== 'running';
  const journal = journals.get(row.id) ?? [];
  // Who asks a person leaves only when all of that is shown.
  const asks = !abandoned && askedIn(journal) !== undefined;
  return {
    id: turnId(row.id),
    anew,
    settled: kept || asks || row.state === 'answered',
    attempts: row.attempts,
    ...(anew ? BEGUN_ANEW : goingOn(row, abandoned)),
    runs: row.runs + (anew ? 1 : 0),
    journal,
    messages: waiting.filter((message) => message.turn_id === row.id).map((message) => messageId(message.id)),
    address: read.addresses.get(row.id),
    posts: posts
      .filter((post) => post.turn_id === row.id)
      .map((post) => ({
        ordinal: post.ordinal,
        state: post.state,
        nonce: post.nonce,
        externalId: post.external_id ?? undefined,
        text: post.text ?? undefined,
        streaming: post.streaming,
        attempts: post.attempts,
        attemptedMsAgo: post.attempted_ms,
      })),
  };
}

const BEGUN_ANEW = { failures: 0, crashes: 0, waitMs: 0, answer: undefined, card: undefined };

function goingOn(
  { failures, crashes, retries, wait_ms: waitMs, answer, card }: TurnRow,
  abandoned: boolean,
): Pick<RunningTurn, keyof typeof BEGUN_ANEW> {
  const died = abandoned && !retries ? 1 : 0;
  return { failures, crashes: crashes + died, waitMs, answer: answer ?? undefined, card: card ?? undefined };
}
