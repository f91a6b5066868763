import { z } from 'zod';
import { threadKey } from '../db/keys.ts';
import type { Mailbox, StoredMessage } from '../db/mailbox.ts';
import { SCHEDULED, type Under } from '../db/scheduled.ts';
import { Failure } from '../model/failure.ts';
import { parseJson } from '../model/parse-json.ts';
import type { Shown } from '../outbox/update-post.ts';
import { placeOf, type Agent, type TurnContext } from './agent.ts';

/** As src/db/take-due.ts writes it into the address of a message without a place. */
const To = z.union([z.object({ person: z.string() }), z.object({ channel: z.string(), title: z.string().optional() })]);

/** Milliseconds that finding a place may take; some are opened by it. */
const WITHIN_MS = 20_000;

/** Said by itself, and nobody has asked the platform yet where. */
export const lacksPlace = ({ external }: Mailbox, [first]: readonly StoredMessage[]): boolean =>
  first?.why === SCHEDULED && external === '';

/** Asks the platform where a scheduled message can be said, and writes it down. @throws Failure of the platform. */
export async function reachPlace(agent: Agent, context: TurnContext, [first]: readonly StoredMessage[]): Promise<void> {
  const { adapter, access, mailbox, organization, signal } = context;
  if (first === undefined || adapter.reach === undefined)
    throw new Failure('refused', 'nothing can be said by itself on this platform');
  const { data } = To.safeParse(parseJson(first.address));
  if (data === undefined) throw new Failure('invalid', 'it is not known whom this message is for');
  const to =
    'person' in data ? data : { channel: data.channel, ...(data.title !== undefined && { title: data.title }) };
  const place = await adapter.reach(access, to, AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]));
  const { lease, app } = mailbox;
  const live = await agent.deeds.reached(organization, { lease, app, message: first.id, place });
  if (!live) throw new Failure('aborted', 'the lease was lost while a place was asked for');
}

/** The conversation that goes on under what was said by itself; undefined for any other turn, and when it stands there already. */
export function underOf(
  { adapter, mailbox }: TurnContext,
  asked: readonly StoredMessage[],
  posts: readonly Shown[],
): Under | undefined {
  const [first] = asked;
  const [post] = posts;
  if (first?.why !== SCHEDULED || post === undefined) return undefined;
  const at = placeOf(mailbox, first);
  const place = adapter.under?.(at, post.id) ?? at;
  return threadKey(mailbox.app, place) === mailbox.lease.thread ? undefined : { app: mailbox.app, place };
}
