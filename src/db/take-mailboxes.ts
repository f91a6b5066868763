import { layersOf } from './policies.ts';
import { policyOf, type PolicyLayer } from '../model/policy.ts';
import { appId, messageId, threadId, type ThreadId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import { readJournals } from './journal.ts';
import { LEASE_MS, type Busy, type Mailbox, type Said, type TakeRequest } from './mailbox.ts';
import {
  HISTORY,
  readAddresses,
  readMessages,
  readOlderTurns,
  readPosts,
  readTurns,
  toMessage,
  toTurn,
  type MessageRow,
  type PostRow,
  type TurnRow,
} from './read-mailboxes.ts';
import { asJson } from './rows.ts';
import type { Step } from './step.ts';

/**
 * Takes the leases of free threads (or keeps those already held) and reads what lies in their mailboxes. Two jobs of one
 * process may ask for one thread in the same group: one of them gets it.
 */
export async function takeMailboxes(
  tx: Transaction,
  requests: readonly TakeRequest[],
): Promise<readonly (Mailbox | Busy)[]> {
  const first = firstOfEach(requests);
  const ids = [...first.keys()];
  // Locked in the order of ids, so that two transactions never wait for each other in a ring.
  const before = await tx<
    { id: string; owner: string | null; fence: number; stirred: boolean }[]
  >`select id, lease_owner as owner, fence::float8 as fence, stirred from switchboard.threads where organization_id = current_setting('switchboard.organization')::uuid
    and id = any(${ids}::uuid[]) order by id for update`;
  await forgetDecided(
    tx,
    before.filter(({ stirred }) => stirred).map(({ id }) => id),
  );
  const [leased, messages, recent] = await Promise.all([
    takeLeases(tx, [...first.values()]),
    readMessages(tx, ids),
    readTurns(tx, ids),
  ]);
  const { turns, ...goingOn } = await readGoingOn(tx, recent, [...messages.values()].flat());
  const last = new Map(
    before.flatMap(({ id, owner, fence }) => (owner === null ? [] : [[id, `${owner}/${fence}`] as const])),
  );
  return requests.map((request) => {
    const row = leased.find((candidate) => candidate.id === request.thread);
    if (row === undefined) return { busyForMs: 0 };
    if (row.taken && first.get(request.thread) !== request) return { busyForMs: LEASE_MS };
    if (!row.taken) return { busyForMs: Math.max(0, row.busy_ms) };
    return toMailbox(row, request, {
      messages: messages.get(row.id) ?? [],
      turns: turns.get(row.id) ?? [],
      ...goingOn,
      kept: last.get(row.id) === lease(request),
      abandoned: (last.get(row.id) ?? lease(request)) !== lease(request),
    });
  });
}

/** An answer that was decided for a question which was edited or deleted since is no answer to it. */
async function forgetDecided(tx: Transaction, threads: readonly string[]): Promise<void> {
  if (threads.length === 0) return;
  await tx`update switchboard.turns set answer = null, card = null where organization_id = current_setting('switchboard.organization')::uuid
    and thread_id = any(${[...threads]}::uuid[]) and state = 'running' and answer is not null`;
}

type GoingOn = {
  posts: readonly PostRow[];
  journals: ReadonlyMap<string, readonly Step[]>;
  addresses: ReadonlyMap<string, string>;
};

/** Of turns that run or are to be answered anew: all there is to know. For most threads there are none, and nothing is asked. */
async function readGoingOn(
  tx: Transaction,
  recent: readonly TurnRow[],
  messages: readonly MessageRow[],
): Promise<GoingOn & { turns: ReadonlyMap<string, TurnRow[]> }> {
  const anew = messages.flatMap((message) => (message.state === 'waiting' && message.turn_id) || []);
  const known = new Set(recent.map((turn) => turn.id));
  const older = await readOlderTurns(tx, [...new Set(anew.filter((id) => !known.has(id)))]);
  const running = recent.filter((turn) => turn.state === 'running');
  const goingOn = [...new Set([...running.map((turn) => turn.id), ...anew])];
  const [posts, journals, addresses] = await Promise.all([
    readPosts(tx, goingOn),
    readJournals(tx, goingOn),
    readAddresses(
      tx,
      running.filter(({ id }) => !anew.includes(id)),
    ),
  ]);
  return { turns: Map.groupBy([...older, ...recent], (turn) => turn.thread_id), posts, journals, addresses };
}

const lease = ({ owner, fence }: TakeRequest): string => `${owner}/${fence}`;

/** The request that may hold the thread's lease already (a greater fence) comes before a new one. */
function firstOfEach(requests: readonly TakeRequest[]): ReadonlyMap<ThreadId, TakeRequest> {
  return new Map(
    requests.toSorted((one, other) => one.fence - other.fence).map((request) => [request.thread, request]),
  );
}

type LeaseRow = {
  id: string;
  taken: boolean;
  busy_ms: number;
  fence: number;
  channel: string;
  external_id: string;
  engaged: boolean;
  in_doubt: Mailbox['inDoubt'];
  stop_by: string | null;
  layers: readonly PolicyLayer[];
  app_id: string;
  install: string;
  install_state: string;
  app_state: string;
};

/** A lease that lies further ahead than any was ever given was written before the clock was set back: it is over. */
async function takeLeases(tx: Transaction, requests: readonly TakeRequest[]): Promise<readonly LeaseRow[]> {
  const ids = requests.map((request) => request.thread);
  return tx<LeaseRow[]>`
    with wanted as (
      select * from json_to_recordset(${asJson(tx, requests)}) as r(thread uuid, owner uuid, fence bigint)
    ), taken as (
      update switchboard.threads t set lease_owner = r.owner, lease_until = now() + make_interval(secs => ${LEASE_MS / 1000}), fence = t.fence + 1, stirred = false, active_at = now()
      from wanted r
      where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = r.thread
        and t.id = any(${ids}::uuid[])
        and (t.lease_until is null or t.lease_until < now() or t.lease_until > now() + make_interval(secs => ${(2 * LEASE_MS) / 1000})
          or (t.lease_owner = r.owner and t.fence = r.fence))
      returning t.id, t.fence
    )
    select t.id, taken.id is not null as taken, taken.fence::float8 as fence, t.channel, t.external_id, t.engaged, t.stop_by, o.in_doubt,
      ${layersOf(tx, { app: tx`i.app_id`, install: tx`i.external_id`, channel: tx`t.channel` })} as layers,
      coalesce(extract(epoch from t.lease_until - now()) * 1000, 0)::float8 as busy_ms,
      i.app_id, i.external_id as install, i.state as install_state, a.state as app_state
    from switchboard.threads t
    join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
    join switchboard.apps a on a.organization_id = i.organization_id and a.id = i.app_id
    join switchboard.organizations o on o.organization_id = t.organization_id
    left join taken on taken.id = t.id
    where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = any(${ids}::uuid[])`;
}

function toMailbox(
  row: LeaseRow,
  request: TakeRequest,
  read: GoingOn & { messages: MessageRow[]; turns: TurnRow[]; kept: boolean; abandoned: boolean },
): Mailbox {
  const waiting = read.messages.filter((message) => message.state === 'waiting');
  const isRunning = (turn: TurnRow): boolean => turn.state === 'running';
  // A command is obeyed while another turn waits for a person: it is gone on with first.
  const running =
    read.turns.find((turn) => isRunning(turn) && turn.is_command) ??
    read.turns.find(isRunning) ??
    read.turns.find((turn) => waiting.some((message) => message.turn_id === turn.id));
  return {
    lease: { thread: threadId(row.id), owner: request.owner, fence: row.fence },
    app: appId(row.app_id),
    install: row.install,
    installActive: row.install_state !== 'uninstalled',
    ...((row.install_state === 'paused' || row.app_state === 'paused') && { paused: true }),
    channel: row.channel,
    external: row.external_id,
    engaged: row.engaged,
    inDoubt: row.in_doubt,
    policy: policyOf(row.layers),
    stopBy: row.stop_by ?? undefined,
    botsInARow: botsInARow(read.messages),
    waiting: waiting.map(toMessage),
    history: historyOf(read, running),
    turn: running === undefined ? undefined : toTurn(running, { ...read, waiting }),
  };
}

/** What was said before, the oldest first. @param running the turn that is gone on with, or answered anew. */
function historyOf(
  read: { readonly messages: readonly MessageRow[]; readonly turns: readonly TurnRow[] },
  running: TurnRow | undefined,
): readonly Said[] {
  // Of what was deleted nothing is left to tell.
  const isTold = (message: MessageRow): boolean =>
    message.command === null && !message.forgotten && (message.text !== '' || message.attachments.length > 0);
  const said = read.messages
    .filter((message) => message.state !== 'waiting' && message.author_kind !== 'self' && isTold(message))
    .map(toSaid);
  const lastAsked = new Map<string, number>();
  for (const { turn_id: turn, sent_ms: at } of read.messages)
    if (turn !== null) lastAsked.set(turn, Math.max(lastAsked.get(turn) ?? 0, at));
  // An answer comes after all that it answers, also what was still said while it began.
  const answered = read.turns
    .filter((turn) => turn.state === 'answered' && turn !== running && !turn.is_command)
    .filter((turn) => !read.messages.some((message) => message.turn_id === turn.id && message.forgotten))
    .map((turn): Said => ({
      by: 'bot',
      name: '',
      text: turn.answer ?? '',
      at: new Date(Math.max(turn.at_ms, lastAsked.get(turn.id) ?? 0)),
      message: undefined,
      attachments: [],
      external: turn.tainted,
    }));
  // What was said after a question that is answered anew was not known when it was asked.
  const until =
    running === undefined || running.state === 'running' ? Infinity : (lastAsked.get(running.id) ?? Infinity);
  return [...said, ...answered]
    .filter((one) => one.at.getTime() <= until)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
    .slice(-HISTORY);
}

function toSaid(message: MessageRow): Said {
  return {
    by: 'user',
    author: message.author_id,
    name: message.author_name,
    text: message.text,
    at: new Date(message.sent_ms),
    message: messageId(message.id),
    attachments: message.attachments,
    external: message.author_kind !== 'human',
  };
}

/** Answers that bots got since a person's last word; what one turn answered together counts once. */
function botsInARow(messages: readonly MessageRow[]): number {
  const past = messages.filter((message) => message.state === 'answered' && message.command === null);
  const since = past.findLastIndex((message) => message.author_kind === 'human');
  return new Set(past.slice(since + 1).map((message) => message.turn_id)).size;
}
