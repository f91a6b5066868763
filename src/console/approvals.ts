import { Hono } from 'hono';
import { z } from 'zod';
import { decide } from '../db/approvals.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { listApprovals } from '../db/list-approvals.ts';
import { Failure } from '../model/failure.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { reveal } from './reveal.ts';
import { IdParam } from './shapes.ts';

const Approval = z.object({
  id: z.string(),
  /** Whether it may be done, or whether it was. */
  kind: z.enum(['may', 'was']),
  conversation: z.string(),
  turn: z.string(),
  platform: z.string(),
  channel: z.string(),
  tool: z.string(),
  /** Null: they were not asked for. */
  arguments: z.unknown(),
  people: z.array(z.string()).nullable(),
  yes: z.number(),
  verdicts: z.unknown(),
  askedAt: z.string(),
  expiresAt: z.string(),
});

const Verdict = z.object({ verdict: z.enum(['yes', 'no', 'done']) });
const Decided = z.object({ kind: z.enum(['decided', 'counted']), reason: z.string() });

const MOST = 200;

/** What tools are about to do, and wait for a person's word. */
export function approvals({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'approvals:read',
        summary: 'What waits for a person’s word, the oldest first',
        answers: z.object({ items: z.array(Approval) }),
      }),
      takes('query', z.object({ reveal: z.stringbool().default(false) })),
      async (c) => {
        const { reveal: shown } = c.req.valid('query');
        const principal = c.get('principal');
        const rows = await inOrganization(db, principal.organization, async (tx) => {
          if (shown) await reveal(tx, principal, 'approvals');
          return listApprovals(tx, MOST);
        });
        const items = rows.map(({ people, ...row }) => ({
          ...row,
          arguments: shown ? row.arguments : null,
          people: people && [...people],
        }));
        return c.json({ items });
      },
    )
    .post(
      '/:id',
      endpoint({
        role: 'operator',
        scope: 'approvals:write',
        summary: 'Says whether it may be done, or (of what nobody can tell) whether it was',
        answers: Decided,
      }),
      takes('param', IdParam),
      takes('json', Verdict),
      async (c) => {
        const { id: approval } = c.req.valid('param');
        const { verdict } = c.req.valid('json');
        const { kind, id, name, organization } = c.get('principal');
        const word = { approval, person: `${kind}/${id}`, by: name, verdict, everywhere: true };
        const decision = await inOrganization(db, organization, (tx) => decide(tx, word));
        if (decision.kind === 'refused') throw new Failure('gone', decision.reason);
        return c.json({ kind: decision.kind, reason: decision.reason });
      },
    );
}
