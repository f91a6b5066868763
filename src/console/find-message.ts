import { Hono } from 'hono';
import { z } from 'zod';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { findDelivery, findMessage } from '../db/find-message.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { messageIdsOf } from './message-ids.ts';
import { notFound } from './problem.ts';
import { Text } from './shapes.ts';

const Found = z.object({
  /** Null: it never became a message. */
  conversation: z.string().nullable(),
  /** `post`: the bot said it. Null: there is a delivery alone. */
  kind: z.enum(['message', 'post']).nullable(),
  state: z.string(),
  /** Why it was not answered; null: it was, or will be. */
  reason: z.string().nullable(),
  /** What the platform sent, where it never became a message. */
  delivery: z.object({ app: z.string(), delivery: z.string(), receivedAt: z.string() }).nullable(),
});

const Query = z.object({ message: Text(2_000).pipe(z.string().trim().min(1)) });

/** Why something was not answered, by what people have of it: a link, or an id. */
export const finding = ({ db }: { readonly db: Database }) =>
  new Hono<ApiEnv>().get(
    '/find',
    endpoint({
      role: 'viewer',
      scope: 'conversations:read',
      summary: 'What became of a message, by the platform’s link to it or its id (or the id of its delivery)',
      answers: Found,
    }),
    takes('query', Query),
    async (c) => {
      const ids = messageIdsOf(c.req.valid('query').message);
      return c.json(await inOrganization(db, c.get('principal').organization, (tx) => find(tx, ids)));
    },
  );

async function find(tx: Transaction, ids: readonly string[]): Promise<z.infer<typeof Found>> {
  const message = await findMessage(tx, ids);
  if (message !== undefined) return { ...message, delivery: null };
  const found = await findDelivery(tx, ids);
  if (found === undefined) throw notFound('message, nor a delivery of it among the newest: no platform has sent it');
  const { app, delivery, receivedAt, outcome, reason } = found;
  return { conversation: null, kind: null, state: outcome, reason, delivery: { app, delivery, receivedAt } };
}
