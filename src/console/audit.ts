import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { z } from 'zod';
import { listAudit, readRetention, saveRetention, verifyAudit, type AuditFilter } from '../db/audit.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { change } from './change.ts';
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

const Retention = z.object({
  /** Null: rows stay. */
  days: z.int().min(30).max(3_650).nullable(),
});

/** Rows that one statement reads. */
const AT_ONCE = 1_000;

/** What was done, by whom; and whether what is written of it is as it was written. */
export const audit = (options: { readonly db: Database }) =>
  new Hono<ApiEnv>().route('/', reading(options)).route('/', keeping(options));

function keeping({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/retention',
      endpoint({ role: 'admin', scope: 'audit:read', summary: 'How long rows are kept', answers: Retention }),
      async (c) => {
        const days = await inOrganization(db, c.get('principal').organization, readRetention);
        return c.json({ days: days ?? null });
      },
    )
    .put(
      '/retention',
      endpoint({ role: 'owner', scope: 'audit:write', summary: 'Decides how long rows are kept: at least 30 days' }),
      takes('json', Retention),
      async (c) => {
        const { days } = c.req.valid('json');
        await change(db, c.get('principal'), async (tx) => {
          const before = (await readRetention(tx)) ?? null;
          await saveRetention(tx, days ?? undefined);
          return {
            result: undefined,
            changed: { what: 'audit.retention', subject: 'audit', details: { before, days } },
          };
        });
        return c.body(null, 204);
      },
    )
    .get(
      '/export',
      endpoint({
        role: 'admin',
        scope: 'audit:read',
        summary: 'All rows, the newest first, one JSON object a line',
        type: 'application/x-ndjson',
      }),
      (c) => {
        const { organization } = c.get('principal');
        c.header('content-type', 'application/x-ndjson');
        c.header('content-disposition', 'attachment; filename="audit.ndjson"');
        return stream(c, async (lines) => {
          const any = { actor: undefined, what: undefined, since: undefined, until: undefined };
          for (let below: number | undefined; !lines.aborted;) {
            const filter = { ...any, below };
            const rows = await inOrganization(db, organization, (tx) => listAudit(tx, filter, AT_ONCE));
            for (const row of rows) await lines.writeln(JSON.stringify(row));
            below = rows.at(-1)?.seq;
            if (rows.length < AT_ONCE) return;
          }
        });
      },
    );
}

function reading({ db }: { readonly db: Database }) {
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
