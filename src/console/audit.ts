import { Hono } from 'hono';
import { z } from 'zod';
import { listAudit, verifyAudit, type AuditFilter } from '../db/audit.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';

const Entry = z.object({
  seq: z.number(),
  at: z.string(),
  actor: z.string(),
  actorName: z.string(),
  what: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
  previous: z.string(),
  hash: z.string(),
});

const Filter = z.object({
  below: z.coerce.number().int().positive().optional(),
  actor: z.string().max(200).optional(),
  what: z.string().max(100).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

const Proof = z.object({
  rows: z.number(),
  first: z.number().nullable(),
  last: z.number().nullable(),
  /** The first row that is not as it was written; null: the chain is whole. */
  broken: z.number().nullable(),
});

/** What was done, by whom; and whether what is written of it is as it was written. */
export function audit({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'admin',
        scope: 'audit:read',
        summary: 'What was done, the newest first',
        answers: z.object({ items: z.array(Entry) }),
      }),
      takes('query', Filter),
      async (c) => {
        const { limit, below, actor, what, since, until } = c.req.valid('query');
        const filter: AuditFilter = { below, actor, what, since, until };
        const items = await inOrganization(db, c.get('principal').organization, (tx) => listAudit(tx, filter, limit));
        return c.json({ items: [...items] });
      },
    )
    .get(
      '/proof',
      endpoint({ role: 'admin', scope: 'audit:read', summary: 'Goes through the whole chain', answers: Proof }),
      async (c) => {
        const {
          rows,
          first = null,
          last = null,
          broken = null,
        } = await inOrganization(db, c.get('principal').organization, verifyAudit);
        return c.json({ rows, first, last, broken });
      },
    );
}
