import { afterDeletion, afterEdit, isWeak, type Change, type KnownMessage } from '../../src/db/changes.ts';
import { EDITED_EARLY, type Accepted, type MessageRow as AcceptedMessage } from '../../src/db/deliveries.ts';
import { LEASE_MS, type Busy, type Mailbox, type TakeRequest } from '../../src/db/mailbox.ts';
import type { TurnBegin } from '../../src/db/turns.ts';
import { DEFAULT_POLICY } from '../../src/model/policy.ts';
import { appId, messageId, threadId, turnId } from '../../src/model/ids.ts';
import { enqueue } from './queue.ts';
import { postKey, type MessageRow, type Tables, type ThreadRow, type TurnRow } from './rows.ts';

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
        stirred: false,
      });
  for (const message of messages)
    if (acceptMessage(tables, message)) enqueue(tables, message.thread_id, tables.now(), false);
  changeMessages(tables, accepted);
  return true;
}

/** Edits and deletions, also of messages that have not come yet. */
function changeMessages(tables: Tables, { early, edits, deletions }: Accepted): void {
  for (const row of early)
    if (tables.get('messages', row.id) === undefined) {
      tables.put('messages', row.id, { ...row, turn: null });
      if (row.state === 'waiting') enqueue(tables, row.thread_id, tables.now(), false);
    }
  for (const { id, version, text, attachments, ...edit } of edits) {
    const known = tables.get('messages', id);
    if (known === undefined) continue;
    const change = afterEdit(knownOf(tables, known), { text, ...edit });
    const address = change.why === known.why ? known.address : edit.address;
    const { state, reason, why } = change;
    tables.put('messages', id, { ...known, version, text, attachments, state, reason, why, address });
    follow(tables, known, change);
  }
  for (const { id } of deletions) {
    const known = tables.get('messages', id);
    if (known === undefined) continue;
    const change = afterDeletion(knownOf(tables, known));
    const { state, reason } = change;
    tables.put('messages', id, { ...known, text: '', attachments: [], anchor: null, state, reason });
    follow(tables, known, change);
  }
}

function knownOf(tables: Tables, row: MessageRow): KnownMessage {
  const { state, why, reason, text, author_kind: authorKind, command, turn, sent_at: sentAt } = row;
  const isCommand = command !== null;
  return {
    state,
    why,
    reason,
    text,
    authorKind,
    isCommand,
    inTurn: turn !== null,
    ageMs: tables.now() - Date.parse(sentAt),
  };
}

function follow(tables: Tables, { thread_id: id, turn }: MessageRow, { act }: Change): void {
  if (act === 'none') return;
  const thread = tables.get('threads', id);
  if (act === 'stir' && thread !== undefined) tables.put('threads', id, { ...thread, stirred: true });
  if (act === 'redo')
    for (const row of messagesOf(tables, id))
      if (row.turn === turn && (row.state === 'answered' || row.state === 'dead'))
        tables.put('messages', row.id, { ...row, state: 'waiting', reason: null });
  enqueue(tables, id, tables.now(), false);
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
  if (!untouched || !(early || (isWeak(known.why) && !isWeak(row.why)))) return false;
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
  if (thread.stirred) forgetDecided(tables, thread.id);
  const now = tables.now();
  const held = thread.owner === request.owner && thread.fence === request.fence && request.fence > 0;
  const isOver = thread.until <= now || thread.until > now + 2 * LEASE_MS;
  if (!isOver && !held) return { busyForMs: thread.until - now };
  const taken: ThreadRow = {
    ...thread,
    owner: request.owner,
    until: now + LEASE_MS,
    fence: thread.fence + 1,
    stirred: false,
  };
  tables.put('threads', thread.id, taken);
  const messages = messagesOf(tables, thread.id);
  const waiting = messages.filter((message) => message.state === 'waiting');
  const turns = tables.all('turns').filter((turn) => turn.thread === thread.id);
  const oldestFirst = turns.toSorted((one, other) => one.startedAt - other.startedAt);
  const running =
    turns.find((turn) => turn.state === 'running') ??
    oldestFirst.find((turn) => waiting.some((message) => message.turn === turn.id));
  return {
    lease: { thread: threadId(thread.id), owner: request.owner, fence: taken.fence },
    app: appId(app),
    install: thread.install,
    installActive: true,
    channel: thread.channel,
    external: thread.external,
    engaged: thread.engaged,
    inDoubt: 'repeat',
    policy: DEFAULT_POLICY,
    stopBy: undefined,
    botsInARow: 0,
    waiting: waiting.map(toStored),
    history: [],
    turn: running && toRunning(tables, running, { waiting, kept: held, abandoned: !held && thread.owner !== null }),
  };
}

function forgetDecided(tables: Tables, thread: string): void {
  for (const turn of tables.all('turns'))
    if (turn.thread === thread && turn.state === 'running') tables.put('turns', turn.id, { ...turn, answer: null });
}

function toStored(row: MessageRow): Mailbox['waiting'][number] {
  return {
    id: messageId(row.id),
    authorId: row.author_id,
    authorName: row.author_name,
    authorKind: row.author_kind,
    command: row.command ?? undefined,
    external: row.external_id,
    turn: row.turn === null ? undefined : turnId(row.turn),
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
  read: { waiting: readonly MessageRow[]; kept: boolean; abandoned: boolean },
): Mailbox['turn'] {
  const now = tables.now();
  const posts = tables.all('posts').filter((post) => post.turn === row.id);
  const messages = read.waiting.filter((message) => message.turn === row.id).map((message) => messageId(message.id));
  const anew = row.state !== 'running';
  return {
    id: turnId(row.id),
    anew,
    settled: read.kept || row.state === 'answered',
    attempts: row.attempts,
    failures: anew ? 0 : row.failures,
    crashes: anew ? 0 : row.crashes + (read.abandoned && row.retryAt === null ? 1 : 0),
    waitMs: anew ? 0 : Math.max(0, (row.retryAt ?? now) - now),
    answer: anew ? undefined : (row.answer ?? undefined),
    card: undefined,
    runs: row.runs + (anew ? 1 : 0),
    journal: row.steps.map((step) => ({ kind: 'model', ...step, wanted: undefined })),
    messages,
    address: messages.length > 0 ? undefined : addressOf(tables, row),
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

/** As `readAddresses`. */
function addressOf(tables: Tables, { id, thread, state }: TurnRow): string | undefined {
  if (state !== 'running') return undefined;
  const own = messagesOf(tables, thread).filter((message) => message.turn === id);
  return (own.findLast(({ why }) => why !== 'follow-up') ?? own.at(-1))?.address;
}

/** As `beginTurns`. */
export function beginTurn(tables: Tables, begin: TurnBegin): void {
  forgetShown(tables, begin);
  const { turn: id, thread, messages, crashes, step } = begin;
  const known = tables.get('turns', id);
  const steps = claimed(known?.steps, step);
  const anew = {
    id,
    thread,
    state: 'running' as const,
    attempts: 1,
    failures: 0,
    crashes,
    runs: 0,
    steps,
    retryAt: null,
    answer: null,
    error: null,
    startedAt: tables.moment(),
  };
  const isRunning = known?.state === 'running';
  const { answer = null, failures = 0 } = isRunning ? known : {};
  const again = known && {
    ...known,
    state: 'running' as const,
    answer,
    failures,
    attempts: known.attempts + 1,
    crashes,
    runs: known.runs + (isRunning ? 0 : 1),
    steps,
    retryAt: null,
    error: null,
  };
  tables.put('turns', id, again ?? anew);
  for (const message of messages) {
    const row = tables.get('messages', message);
    if (row?.state === 'waiting') tables.put('messages', message, { ...row, turn: id });
  }
}

function forgetShown(tables: Tables, { turn, resumes }: TurnBegin): void {
  if (!resumes) return;
  for (const post of tables.all('posts').filter((one) => one.turn === turn && one.state === 'sent'))
    tables.put('posts', postKey(turn, post.ordinal), { ...post, text: null });
}

/** The journal with a model's call that is claimed. */
function claimed(steps: TurnRow['steps'] = [], step: TurnBegin['step']): TurnRow['steps'] {
  return step === undefined ? steps : [...steps, { seq: step.seq, run: step.run }];
}
