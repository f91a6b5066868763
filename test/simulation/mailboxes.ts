import { EDITED_EARLY, type Accepted, type MessageRow as AcceptedMessage } from '../../src/db/deliveries.ts';
import { LEASE_MS, type Busy, type Mailbox, type TakeRequest } from '../../src/db/mailbox.ts';
import type { TurnBegin } from '../../src/db/turns.ts';
import { appId, messageId, threadId, turnId } from '../../src/model/ids.ts';
import { enqueue } from './queue.ts';
import type { MessageRow, Tables, ThreadRow, TurnRow } from './rows.ts';

const isWeak = (row: { readonly why: string }): boolean => row.why === 'overheard' || row.why === 'follow-up';

/** As `acceptDeliveries`. */
export function accept(tables: Tables, accepted: Accepted): true {
  const { delivery, threads, messages, installs } = accepted;
  if (tables.get('deliveries', delivery.delivery_id) === undefined)
    tables.put('deliveries', delivery.delivery_id, { id: delivery.delivery_id });
  const installOf = new Map(installs.map((install) => [install.id, install.external_id]));
  for (const thread of threads)
    if (tables.get('threads', thread.id) === undefined)
      tables.put('threads', thread.id, {
        id: thread.id,
        install: installOf.get(thread.install_id) ?? '',
        channel: thread.channel,
        external: thread.external_id,
        engaged: false,
        owner: null,
        until: 0,
        fence: 0,
      });
  for (const message of messages)
    if (acceptMessage(tables, message)) enqueue(tables, message.thread_id, tables.now(), false);
  changeMessages(tables, accepted);
  return true;
}

/** Edits and deletions, also of messages that have not come yet. */
function changeMessages(tables: Tables, { early, edits, deletions }: Accepted): void {
  for (const row of early)
    if (tables.get('messages', row.id) === undefined) tables.put('messages', row.id, { ...row, turn: null });
  for (const { id, version, text, attachments } of edits) {
    const known = tables.get('messages', id);
    if (known !== undefined) tables.put('messages', id, { ...known, version, text, attachments });
  }
  for (const { id } of deletions) {
    const known = tables.get('messages', id);
    if (known === undefined) continue;
    const unanswered = known.state === 'waiting' && known.turn === null;
    const ended = { state: 'ignored', reason: 'deleted by its author before it was answered' } as const;
    tables.put('messages', id, { ...known, text: '', attachments: [], anchor: null, ...(unanswered && ended) });
  }
}

/** Whether it waits to be answered now. */
function acceptMessage(tables: Tables, row: AcceptedMessage): boolean {
  const known = tables.get('messages', row.id);
  if (known === undefined) {
    tables.put('messages', row.id, { ...row, turn: null });
    return row.state === 'waiting';
  }
  const early = known.reason === EDITED_EARLY;
  const untouched = (known.state === 'ignored' || known.state === 'waiting') && known.turn === null;
  if (!untouched || !(early || (isWeak(known) && !isWeak(row)))) return false;
  const { why, state, reason, address, has_past } = row;
  const text = early ? known.text : row.text;
  tables.put('messages', row.id, { ...known, why, state, reason, address, has_past, text });
  return state === 'waiting';
}

const inOrder = (one: MessageRow, other: MessageRow): number =>
  Date.parse(one.sent_at) - Date.parse(other.sent_at) || (one.external_id < other.external_id ? -1 : 1);

export function messagesOf(tables: Tables, thread: string): readonly MessageRow[] {
  return tables
    .all('messages')
    .filter((message) => message.thread_id === thread)
    .toSorted(inOrder);
}

/** As `takeMailboxes`, for one thread. */
export function takeMailbox(tables: Tables, app: string, request: TakeRequest): Mailbox | Busy {
  const thread = tables.get('threads', request.thread);
  if (thread === undefined) return { busyForMs: 0 };
  const now = tables.now();
  const held = thread.owner === request.owner && thread.fence === request.fence && request.fence > 0;
  const isOver = thread.until <= now || thread.until > now + 2 * LEASE_MS;
  if (!isOver && !held) return { busyForMs: thread.until - now };
  const taken: ThreadRow = { ...thread, owner: request.owner, until: now + LEASE_MS, fence: thread.fence + 1 };
  tables.put('threads', thread.id, taken);
  const messages = messagesOf(tables, thread.id);
  const waiting = messages.filter((message) => message.state === 'waiting');
  const running = tables.all('turns').find((turn) => turn.thread === thread.id && turn.state === 'running');
  return {
    lease: { thread: threadId(thread.id), owner: request.owner, fence: taken.fence },
    app: appId(app),
    install: thread.install,
    installActive: true,
    channel: thread.channel,
    external: thread.external,
    engaged: thread.engaged,
    inDoubt: 'repeat',
    waiting: waiting.map(toStored),
    history: [],
    turn: running && toRunning(tables, running, { waiting, abandoned: !held && thread.owner !== null }),
  };
}

function toStored(row: MessageRow): Mailbox['waiting'][number] {
  return {
    id: messageId(row.id),
    authorId: row.author_id,
    authorName: row.author_name,
    text: row.text,
    attachments: [],
    anchor: undefined,
    address: row.address,
    why: row.why,
    hasPast: row.has_past,
    correlation: row.correlation,
    sentAt: new Date(row.sent_at),
    receivedAt: new Date(row.received_at),
  };
}

function toRunning(
  tables: Tables,
  row: TurnRow,
  read: { waiting: readonly MessageRow[]; abandoned: boolean },
): Mailbox['turn'] {
  const now = tables.now();
  const posts = tables.all('posts').filter((post) => post.turn === row.id);
  return {
    id: turnId(row.id),
    attempts: row.attempts,
    failures: row.failures,
    crashes: row.crashes + (read.abandoned && row.retryAt === null ? 1 : 0),
    waitMs: Math.max(0, (row.retryAt ?? now) - now),
    answer: row.answer ?? undefined,
    messages: read.waiting.filter((message) => message.turn === row.id).map((message) => messageId(message.id)),
    posts: posts
      .toSorted((one, other) => one.ordinal - other.ordinal)
      .map(({ ordinal, state, nonce, text, external, streaming, attempts, attemptedAt }) => ({
        ordinal,
        state,
        nonce,
        externalId: external ?? undefined,
        text: text ?? undefined,
        streaming,
        attempts,
        attemptedMsAgo: Math.max(0, now - attemptedAt),
      })),
  };
}

/** As `beginTurns`. */
export function beginTurn(tables: Tables, { turn: id, thread, messages, crashes }: TurnBegin): void {
  const known = tables.get('turns', id);
  const anew = {
    id,
    thread,
    state: 'running' as const,
    attempts: 1,
    failures: 0,
    crashes,
    retryAt: null,
    answer: null,
    error: null,
    startedAt: tables.moment(),
  };
  const again = known && { ...known, attempts: known.attempts + 1, crashes, retryAt: null, error: null };
  tables.put('turns', id, again ?? anew);
  for (const message of messages) {
    const row = tables.get('messages', message);
    if (row?.state === 'waiting') tables.put('messages', message, { ...row, turn: id });
  }
}
