import { Hono } from 'hono';
import { z } from 'zod';
import { inOrganization, type Database } from '../db/database.ts';
import { dismiss, listDeadLetters, redrive } from '../db/dead-letters.ts';
import { turnId } from '../model/ids.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { page, pageOf, PageQuery, readCursor } from './page.ts';
import { reveal } from './reveal.ts';

const DeadLetter = z.object({
  turn: z.string(),
  conversation: z.string(),
  platform: z.string(),
  install: z.string(),
  channel: z.string(),
  thread: z.string(),
  reason: z.string(),
  endedAt: z.string(),
  /** Null: they were not asked for. */
  questions: z.array(z.string()).nullable(),
  /** Posts of which nobody can tell whether they were made. */
  inDoubt: z.array(
    z.object({ ordinal: z.number(), attempts: z.number(), attemptedAt: z.string(), error: z.string().nullable() }),
  ),
});

const Query = PageQuery.extend({ reveal: z.stringbool().default(false) });
const Some = z.object({ turns: z.union([z.literal('all'), z.array(z.uuid()).min(1).max(1_000)]) });
const These = z.object({ turns: z.array(z.uuid()).min(1).max(1_000) });
const Count = z.object({ count: z.number() });

/** What was given up, with the reason, and how it is taken up again. */
export const deadLetters = (options: { readonly db: Database }) =>
  new Hono<ApiEnv>().route('/', listing(options)).route('/', settling(options));

function listing({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>().get(
    '/',
    endpoint({
      role: 'viewer',
      scope: 'deliveries:read',
      summary: 'Turns that were given up, the newest first',
      answers: pageOf(DeadLetter),
    }),
    takes('query', Query),
    async (c) => {
      const { cursor, limit, reveal: shown } = c.req.valid('query');
      const principal = c.get('principal');
      const rows = await inOrganization(db, principal.organization, async (tx) => {
        if (shown) await reveal(tx, principal, 'dead-letters');
        return listDeadLetters(tx, limit + 1, readCursor(cursor));
      });
      const { items, next } = page(rows, limit, ({ endedAt, turn }) => ({ at: endedAt, id: turn }));
      const letters = items.map(({ questions, inDoubt, ...row }) => ({
        ...row,
        questions: shown ? [...questions] : null,
        inDoubt: [...inDoubt],
      }));
      return c.json({ items: letters, next });
    },
  );
}

function settling({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .post(
      '/redrive',
      endpoint({
        role: 'operator',
        scope: 'deliveries:write',
        summary: 'Takes turns up again: what was posted stays, what is in doubt is looked up first',
        answers: Count,
      }),
      takes('json', Some),
      async (c) => {
        const { turns } = c.req.valid('json');
        const count = await change(db, c.get('principal'), async (tx) => {
          const result = await redrive(tx, turns === 'all' ? undefined : turns.map(turnId));
          const changed = { what: 'dead-letters.redriven', subject: 'dead-letters', details: { turns, count: result } };
          return { result, changed: result > 0 ? changed : undefined };
        });
        return c.json({ count });
      },
    )
    .post(
      '/dismiss',
      endpoint({
        role: 'operator',
        scope: 'deliveries:write',
        summary: 'Leaves dead letters as they are, for good',
        answers: Count,
      }),
      takes('json', These),
      async (c) => {
        const { turns } = c.req.valid('json');
        const principal = c.get('principal');
        const count = await change(db, principal, async (tx) => {
          const result = await dismiss(tx, turns.map(turnId), `dismissed by ${principal.name}`);
          const changed = {
            what: 'dead-letters.dismissed',
            subject: 'dead-letters',
            details: { turns, count: result },
          };
          return { result, changed: result > 0 ? changed : undefined };
        });
        return c.json({ count });
      },
    );
}
