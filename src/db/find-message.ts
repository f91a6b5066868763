import type { Transaction } from './database.ts';
import { deriveId } from './derive-id.ts';
import type { ListedDelivery } from './list-deliveries.ts';
import { listPlaces } from './places.ts';

/** A message, or a post of the bot, and where it stands. */
export type FoundMessage = {
  readonly conversation: string;
  /** `post`: the bot said it. */
  readonly kind: 'message' | 'post';
  readonly state: string;
  /** Why it was not answered, or not posted. */
  readonly reason: string | null;
};

/** Channels in which is looked, keys that are tried (a microsecond each), and the newest deliveries: a day of a busy hub. */
const MOST_PLACES = 5_000;
const MOST_KEYS = 60_000;
const MOST_DELIVERIES = 5_000;

/**
 * Where a message of one of these ids is. There is no index of the platforms' ids, which every message would pay for: the row's own
 * id is made of them and the channel, so that all known channels are tried. @returns undefined: it never became a message.
 */
export async function findMessage(tx: Transaction, ids: readonly string[]): Promise<FoundMessage | undefined> {
  const places = await listPlaces(tx, { install: undefined, most: MOST_PLACES });
  // A link often names its channel; then no other one is meant.
  const named = places.filter(({ channel }) => ids.includes(channel));
  const tried = named.length > 0 ? named : places.slice(0, Math.floor(MOST_KEYS / Math.max(1, ids.length)));
  const keys = tried.flatMap(({ app, install, channel }) =>
    ids.map((id) => deriveId('message', app, install, channel, id)),
  );
  const [message] = await tx<FoundMessage[]>`
    select thread_id as conversation, 'message' as kind, state, reason from switchboard.messages
    where organization_id = current_setting('switchboard.organization')::uuid and id = any(${keys}::uuid[])
    order by sent_at desc limit 1`;
  if (message !== undefined) return message;
  const [post] = await tx<FoundMessage[]>`
    select t.thread_id as conversation, 'post' as kind, p.state, p.error as reason from switchboard.posts p
    join switchboard.turns t on t.organization_id = p.organization_id and t.id = p.turn_id
    where p.organization_id = current_setting('switchboard.organization')::uuid and p.external_id = any(${[...ids]}::text[])
    order by p.attempted_at desc limit 1`;
  return post;
}

/** The newest delivery of one of these ids, or whose bytes have one of them between quotes, or as a number of their own. */
export async function findDelivery(tx: Transaction, ids: readonly string[]): Promise<ListedDelivery | undefined> {
  const [row] = await tx<ListedDelivery[]>`
    select d.app_id as app, a.platform, d.delivery_id as delivery, d.correlation, d.outcome, d.reason, octet_length(d.raw) as size,
      to_json(d.received_at)#>>'{}' as "receivedAt"
    from (select * from switchboard.deliveries d where d.organization_id = current_setting('switchboard.organization')::uuid
      order by d.received_at desc, d.delivery_id desc limit ${MOST_DELIVERIES}) d
    join switchboard.apps a on a.organization_id = d.organization_id and a.id = d.app_id
    where d.delivery_id = any(${[...ids]}::text[]) or d.correlation::text = any(${[...ids]}::text[])
      or exists (select 1 from unnest(${quoted(ids)}::text[]) as wanted(id) where position(convert_to(wanted.id, 'UTF8') in d.raw) > 0)
    order by d.received_at desc limit 1`;
  return row;
}

/** Short ones stand in too much that they are not the id of. */
const SHORTEST = 6;
const quoted = (ids: readonly string[]): string[] =>
  ids.filter((id) => id.length >= SHORTEST).map((id) => (/^\d+$/.test(id) ? id : JSON.stringify(id)));
