import { grantOne, openBook, type Grant, type Toll } from '../../src/db/grant.ts';
import type { GiveBack, Told } from '../../src/db/leases.ts';
import { LEASE_MS, type Lease } from '../../src/db/mailbox.ts';
import type { Hold } from '../../src/db/pace.ts';
import type { AnswerDecided, Attempted, Decided, PostAttempt, PostOutcome } from '../../src/db/posts.ts';
import type { Store } from '../../src/db/store.ts';
import type { Ended, TurnEnd } from '../../src/db/turns.ts';
import type { SimulatedDatabase } from './database.ts';
import type { Host } from './host.ts';
import { messagesOf } from './mailboxes.ts';
import { enqueue } from './queue.ts';
import { postKey, isLive, type Tables } from './rows.ts';

/** What src/db/store.ts does in PostgreSQL; test/simulation/store.test.ts holds the two against each other. */
export function openSimulatedStore(database: SimulatedDatabase, host: Host): Store {
  const write =
    <Item, Result>(label: string, act: (tables: Tables, item: Item) => Result, durable: boolean) =>
    (_organization: string, item: Item): Promise<Result> =>
      database.transact(host, label, (tables) => act(tables, item), durable);
  return {
    again: write('again', again, false),
    end: write('end', end, false),
    giveBack: write('giveBack', giveBack, false),
    renew: write('renew', renew, true),
    told: write('told', told, false),
    journal: () => Promise.reject(new Error('no tools are used here')),
    attempt: write('attempt', attempt, true),
    settle: write('settle', settle, true),
    saveAnswer: write('saveAnswer', saveAnswer, true),
    offer: write('offer', () => true, true),
    grant: write('grant', grant, false),
    hold: write('hold', hold, true),
    // Nothing costs anything here, and nobody asks too often.
    budgets: () => Promise.resolve([]),
    reserve: () => Promise.reject(new Error('nothing is held here')),
    settleHold: () => Promise.reject(new Error('nothing is held here')),
    tokens: () => Promise.reject(new Error('nothing is limited here')),
    files: noFiles,
  };
}

/** Nobody attaches anything here. */
const noFiles: Store['files'] = {
  find: () => Promise.resolve([]),
  read: () => Promise.resolve(undefined),
  keep: () => Promise.resolve(),
  keepText: () => Promise.resolve(),
};

export function again(tables: Tables, { thread, inMs }: { thread: string; inMs: number }): true {
  enqueue(tables, thread, tables.now() + inMs, inMs > 0);
  return true;
}

export function renew(tables: Tables, leases: readonly Lease[]): readonly Lease[] {
  const lost = leases.filter((lease) => !isLive(tables, lease));
  for (const lease of leases) {
    const thread = tables.get('threads', lease.thread);
    if (thread !== undefined && isLive(tables, lease))
      tables.put('threads', thread.id, { ...thread, until: tables.now() + LEASE_MS });
  }
  return lost;
}

export function attempt(tables: Tables, item: PostAttempt): Attempted {
  const granted = grant(tables, item.toll);
  if (!isLive(tables, item.lease)) return { kind: 'lost' };
  if (!granted.granted || granted.inMs > 0) return { kind: 'later', grant: granted };
  const { turn, ordinal, nonce, text, streaming } = item;
  const key = postKey(turn, ordinal);
  const known = tables.get('posts', key);
  const attempts = (known?.attempts ?? 0) + 1;
  const attempting = { state: 'attempting', text, streaming, attempts, attemptedAt: tables.now() } as const;
  tables.put('posts', key, { turn, ordinal, nonce, external: null, ...known, ...attempting });
  decide(tables, turn, item.answer);
  return { kind: 'now', attempt: attempts };
}

export function told(tables: Tables, leases: readonly Lease[]): readonly Told[] {
  return leases.flatMap((lease) => {
    const thread = tables.get('threads', lease.thread);
    if (thread?.owner !== lease.owner || thread.fence !== lease.fence) return [];
    const fresh = messagesOf(tables, lease.thread).filter((row) => row.state === 'waiting' && row.turn === null);
    const newcomers = fresh
      .filter((row) => row.command === null)
      .map(({ author_id: authorId, author_kind: authorKind, why }) => ({
        authorId,
        authorKind,
        why,
        command: undefined,
        turn: undefined,
      }));
    return [{ lease, stopBy: undefined, stirred: thread.stirred, newcomers }];
  });
}

function decide(tables: Tables, id: string, answer: Decided | null): void {
  const turn = tables.get('turns', id);
  if (turn !== undefined && answer !== null) tables.put('turns', id, { ...turn, answer: answer.text });
}

export function saveAnswer(tables: Tables, { lease, turn, answer }: AnswerDecided): boolean {
  if (!isLive(tables, lease)) return false;
  decide(tables, turn, answer);
  return true;
}

export function settle(tables: Tables, item: PostOutcome): true {
  const key = postKey(item.turn, item.ordinal);
  const post = tables.get('posts', key);
  if (post === undefined || post.attempts !== item.attempt) return true;
  const isThere = post.state === 'sent' || post.state === 'closed';
  const state = isThere && item.state === 'unknown' ? post.state : item.state;
  const external = item.externalId ?? post.external;
  tables.put('posts', key, {
    ...post,
    state,
    text: item.state === 'sent' ? null : item.state === 'closed' ? (item.upTo ?? null) : post.text,
    external,
    streaming: item.streaming,
  });
  return true;
}

export function grant(tables: Tables, toll: Toll): Grant {
  const rows = tables.all('pace');
  const until = new Map(rows.flatMap((row) => (row.heldUntil === null ? [] : [[row.key, row.heldUntil] as const])));
  const book = openBook(rows);
  const granted = grantOne(toll, { now: tables.now(), until }, book);
  for (const key of book.touched) {
    const row = tables.get('pace', key);
    tables.put('pace', key, { key, heldUntil: row?.heldUntil ?? null, calls: book.calls.get(key) ?? [] });
  }
  return granted;
}

export function hold(tables: Tables, { key, ms }: Hold): true {
  const row = tables.get('pace', key);
  const heldUntil = Math.max(row?.heldUntil ?? 0, tables.now() + ms);
  tables.put('pace', key, { key, calls: row?.calls ?? [], heldUntil });
  return true;
}

const hasWaiting = (tables: Tables, thread: string): boolean =>
  messagesOf(tables, thread).some((message) => message.state === 'waiting');

export function giveBack(tables: Tables, item: GiveBack): true {
  if (!isLive(tables, item.lease)) return again(tables, { thread: item.lease.thread, inMs: LEASE_MS });
  for (const ignored of item.ignored) {
    const row = tables.get('messages', ignored.message);
    if (row?.state === 'waiting' && row.why === ignored.why)
      tables.put('messages', row.id, { ...row, state: 'ignored', reason: ignored.reason });
  }
  const { thread: id } = item.lease;
  const waits = hasWaiting(tables, id);
  const running = tables.all('turns').filter((turn) => turn.thread === id && turn.state === 'running');
  const over = waits ? [] : running.filter((turn) => !isVisible(tables, turn.id));
  for (const turn of over) tables.put('turns', turn.id, { ...turn, state: 'ignored' });
  free(tables, id);
  const isDue = item.waits === true && running.some((turn) => turn.retryAt === null);
  if (waits || over.length < running.length) again(tables, { thread: id, inMs: isDue ? 0 : item.againInMs });
  return true;
}

/** Something of it can, or may, be seen. */
const isVisible = (tables: Tables, turn: string): boolean =>
  tables
    .all('posts')
    .some((post) => post.turn === turn && ['sent', 'closed', 'attempting', 'unknown'].includes(post.state));

function free(tables: Tables, id: string): void {
  const thread = tables.get('threads', id);
  if (thread !== undefined) tables.put('threads', id, { ...thread, owner: null, until: 0 });
}

export function end(tables: Tables, given: TurnEnd): Ended {
  if (!isLive(tables, given.lease)) return { live: false, more: false, changed: false };
  const changed = isChanged(tables, given);
  const item: TurnEnd = changed
    ? { ...given, outcome: 'deferred', failed: false, answer: null, error: null, retryInMs: 0 }
    : given;
  const { turn: id, outcome, lease } = item;
  endPosts(tables, item);
  endTurn(tables, item);
  const deferred = outcome === 'deferred';
  if (!deferred)
    for (const row of messagesOf(tables, lease.thread))
      if (row.turn === id && row.state === 'waiting')
        tables.put('messages', row.id, { ...row, state: outcome, reason: item.error });
  const more = !deferred && hasWaiting(tables, lease.thread);
  if (outcome === 'answered') engage(tables, lease.thread);
  if (!more) free(tables, lease.thread);
  if (deferred) again(tables, { thread: lease.thread, inMs: item.retryInMs });
  return { live: true, more, changed };
}

function isChanged(tables: Tables, { lease, turn, outcome }: TurnEnd): boolean {
  const isOver = outcome === 'answered' || outcome === 'dead';
  if (!isOver || tables.get('threads', lease.thread)?.stirred !== true) return false;
  return !messagesOf(tables, lease.thread).some((message) => message.turn === turn && message.command !== null);
}

function engage(tables: Tables, id: string): void {
  const thread = tables.get('threads', id);
  if (thread !== undefined) tables.put('threads', id, { ...thread, engaged: true });
}

function endPosts(tables: Tables, { turn: id, posts }: TurnEnd): void {
  for (const { ordinal, externalId, text = null } of posts) {
    const post = tables.get('posts', postKey(id, ordinal));
    if (post !== undefined)
      tables.put('posts', postKey(id, ordinal), {
        ...post,
        state: 'sent',
        text,
        external: externalId,
        streaming: false,
      });
  }
}

function endTurn(tables: Tables, { turn: id, outcome, failed, answer, error, retryInMs }: TurnEnd): void {
  const turn = tables.get('turns', id);
  if (turn === undefined) return;
  tables.put('turns', id, {
    ...turn,
    state: outcome === 'deferred' ? 'running' : outcome,
    answer: answer ?? turn.answer,
    failures: turn.failures + (failed ? 1 : 0),
    crashes: outcome === 'deferred' ? 0 : turn.crashes,
    retryAt: outcome === 'deferred' ? tables.now() + retryInMs : null,
    error,
  });
}
