import { Hono } from 'hono';
import { z } from 'zod';
import { countWaiting } from '../db/counts.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';

const Counts = z.object({
  /** Up to 1,000. */
  deadLetters: z.number(),
  approvals: z.number(),
});

/** What waits for a person. */
export const counts = ({ db }: { readonly db: Database }) =>
  new Hono<ApiEnv>().get(
    '/counts',
    endpoint({
      role: 'viewer',
      scope: 'system:read',
      summary: 'How much waits for a person: what was given up, and what asks for a word',
      answers: Counts,
    }),
    async (c) => c.json(await inOrganization(db, c.get('principal').organization, countWaiting)),
  );
