import type { Place } from '../model/event.ts';
import { appId, threadId, turnId, type AppId, type ThreadId, type TurnId } from '../model/ids.ts';
import { policyOf, type Policy, type PolicyLayer } from '../model/policy.ts';
import type { Transaction } from './database.ts';
import { deriveId } from './derive-id.ts';
import { layersOf } from './policies.ts';

/** What somebody did beside writing, and how the bot behaves there. */
export type StoredAct = {
  readonly app: AppId;
  readonly install: string;
  readonly channel: string;
  /** Of no thread that there is, where the platform does not tell it. */
  readonly thread: ThreadId;
  readonly address: string;
  readonly authorId: string;
  readonly authorName: string;
  readonly authorKind: 'human' | 'bot' | 'self';
  readonly event: unknown;
  readonly policy: Policy;
  readonly receivedAt: Date;
};

type Row = {
  app_id: string;
  install: string;
  channel: string;
  thread_id: string;
  address: string;
  author_id: string;
  author_name: string;
  author_kind: StoredAct['authorKind'];
  event: unknown;
  layers: readonly PolicyLayer[];
  received_ms: number;
};

/** An act that waits, locked until the end of the transaction; undefined: it has been done. */
export async function openAct(tx: Transaction, id: string): Promise<StoredAct | undefined> {
  const [row] = await tx<Row[]>`
    select a.app_id, a.install, a.channel, a.thread_id, a.address, a.author_id, a.author_kind, a.event,
      coalesce((select p.name from switchboard.people p where p.organization_id = a.organization_id and p.app_id = a.app_id
        and p.install = a.install and p.id = a.author_id and p.name <> '' and a.author_name in ('', a.author_id)), a.author_name) as author_name,
      (extract(epoch from a.received_at) * 1000)::float8 as received_ms,
      ${layersOf(tx, { app: tx`a.app_id`, install: tx`a.install`, channel: tx`a.channel` })} as layers
    from switchboard.acts a join switchboard.organizations o on o.organization_id = a.organization_id
    where a.organization_id = current_setting('switchboard.organization')::uuid and a.id = ${id} and a.state = 'waiting' for update of a`;
  if (row === undefined) return undefined;
  return {
    app: appId(row.app_id),
    install: row.install,
    channel: row.channel,
    thread: threadId(row.thread_id),
    address: row.address,
    authorId: row.author_id,
    authorName: row.author_name,
    authorKind: row.author_kind,
    event: row.event,
    policy: policyOf(row.layers),
    receivedAt: new Date(row.received_ms),
  };
}

export async function endAct(
  tx: Transaction,
  id: string,
  { state, reason }: { readonly state: 'done' | 'refused'; readonly reason: string },
): Promise<void> {
  await tx`update switchboard.acts set state = ${state}, reason = ${reason}
    where organization_id = current_setting('switchboard.organization')::uuid and id = ${id}`;
}

/** The turn that an act is about. */
export type Target = { readonly turn: TurnId; readonly thread: ThreadId; readonly askers: readonly string[] };

/**
 * The turn of a message: of a question, or of a post of ours. Without a message: the last one of the thread.
 * @param message the platform's id.
 */
export async function findTarget(
  tx: Transaction,
  { app, install, channel, thread }: StoredAct,
  message: string | undefined,
): Promise<Target | undefined> {
  const question = deriveId('message', app, install, channel, message ?? '');
  const turn =
    message === undefined
      ? tx`select r.id from switchboard.turns r where r.organization_id = current_setting('switchboard.organization')::uuid and r.thread_id = ${thread}
          and coalesce(r.template, '') not like 'command:%' order by r.started_at desc limit 1`
      : tx`select m.turn_id from switchboard.messages m where m.organization_id = current_setting('switchboard.organization')::uuid and m.id = ${question}
            and m.turn_id is not null
          union all
          select p.turn_id from switchboard.posts p
            join switchboard.turns r on r.organization_id = p.organization_id and r.id = p.turn_id
            join switchboard.threads h on h.organization_id = r.organization_id and h.id = r.thread_id
            join switchboard.installs i on i.organization_id = h.organization_id and i.id = h.install_id
            where p.organization_id = current_setting('switchboard.organization')::uuid and p.external_id = ${message}
              and i.app_id = ${app} and i.external_id = ${install} and h.channel = ${channel}
          limit 1`;
  const [row] = await tx<{ id: string; thread_id: string; askers: readonly string[] | null }[]>`
    select r.id, r.thread_id, (select json_agg(m.author_id) from switchboard.messages m
      where m.organization_id = r.organization_id and m.thread_id = r.thread_id and m.turn_id = r.id) as askers
    from switchboard.turns r where r.organization_id = current_setting('switchboard.organization')::uuid and r.id in (${turn})`;
  return row && { turn: turnId(row.id), thread: threadId(row.thread_id), askers: row.askers ?? [] };
}

/** Where the person can be told something. */
export function placeOfAct({ install, channel, address }: StoredAct): Place {
  return { install, channel, thread: '', address };
}
