import { Hono } from 'hono';
import { z } from 'zod';
import { inOrganization, type Database } from '../db/database.ts';
import {
  listDeliveries,
  listWaiting,
  readDelivery,
  type DeliveryPage,
  type ListedDelivery,
} from '../db/list-deliveries.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { page, pageOf, PageQuery, readCursor } from './page.ts';
import { notFound } from './problem.ts';
import { reveal } from './reveal.ts';
import { Text } from './shapes.ts';
import { sharedRead } from './shared-read.ts';

const Outcome = z.enum(['message', 'handled', 'ignored']);

const Delivery = z.object({
  app: z.string(),
  platform: z.string(),
  delivery: z.string(),
  correlation: z.string(),
  outcome: Outcome,
  reason: z.string().nullable(),
  size: z.number(),
  receivedAt: z.string(),
});

const Whole = Delivery.extend({
  /** As it came, in UTF-8; null: it was not asked for, or is gone. */
  raw: z.string().nullable(),
  messages: z.array(z.object({ id: z.string(), thread: z.string(), state: z.string(), reason: z.string().nullable() })),
});

const Waiting = z.object({
  thread: z.string(),
  platform: z.string(),
  channel: z.string(),
  messages: z.number(),
  since: z.string(),
  turn: z.string().nullable(),
  attempts: z.number(),
  failures: z.number(),
  nextAt: z.string().nullable(),
  error: z.string().nullable(),
  leased: z.boolean(),
});

const Filter = PageQuery.extend({
  app: z.uuid().optional(),
  outcome: Outcome.optional(),
  correlation: z.uuid().optional(),
});
const One = z.object({ app: z.uuid(), delivery: Text(500) });
const Reveal = z.object({ reveal: z.stringbool().default(false) });

/** Of a raw delivery: a larger one is for an export. Characters. */
const MOST_SHOWN = 200_000;
const MOST_WAITING = 500;

/** What platforms sent, and what waits to be done about it. */
export function deliveries({ db }: { readonly db: Database }) {
  const together = sharedRead<DeliveryPage>();
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'deliveries:read',
        summary: 'What platforms sent, the newest first, with the reason where it was ignored',
        answers: pageOf(Delivery),
      }),
      takes('query', Filter),
      async (c) => {
        const { cursor, limit, app, outcome, correlation } = c.req.valid('query');
        const range = { after: readCursor(cursor), most: limit + 1 };
        const { organization } = c.get('principal');
        const wanted = { app, outcome, correlation };
        const { rows, lookedTo } = await together([organization, wanted, range], () =>
          inOrganization(db, organization, (tx) => listDeliveries(tx, wanted, range)),
        );
        const place = ({ receivedAt: at, delivery: id }: ListedDelivery) => ({ at, id });
        return c.json(page(rows, limit, place, lookedTo));
      },
    )
    .get(
      '/waiting',
      endpoint({
        role: 'viewer',
        scope: 'deliveries:read',
        summary: 'Conversations in which something waits or is being answered, with attempts and the next one',
        answers: z.object({ items: z.array(Waiting) }),
      }),
      async (c) => {
        const { organization } = c.get('principal');
        const items = await inOrganization(db, organization, (tx) => listWaiting(tx, MOST_WAITING));
        return c.json({ items: [...items] });
      },
    )
    .get(
      '/:app/:delivery',
      endpoint({ role: 'viewer', scope: 'deliveries:read', summary: 'One delivery, as it came', answers: Whole }),
      takes('param', One),
      takes('query', Reveal),
      async (c) => {
        const { app, delivery } = c.req.valid('param');
        const { reveal: shown } = c.req.valid('query');
        const principal = c.get('principal');
        const found = await inOrganization(db, principal.organization, async (tx) => {
          const row = await readDelivery(tx, app, delivery);
          if (row === undefined) throw notFound('delivery');
          if (shown) await reveal(tx, principal, `delivery/${app}/${delivery}`);
          return row;
        });
        const { raw, messages, ...rest } = found;
        const text = shown && raw.length > 0 ? Buffer.from(raw).toString('utf8').slice(0, MOST_SHOWN) : null;
        return c.json({ ...rest, raw: text, messages: [...messages] });
      },
    );
}
