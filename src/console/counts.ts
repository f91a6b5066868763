import { Hono } from 'hono';
import { z } from 'zod';
import { countWaiting, type Counts as Waiting } from '../db/counts.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';
import { sharedRead } from './shared-read.ts';

const Counts = z.object({
  /** Up to 1,000. */
  deadLetters: z.number(),
  approvals: z.number(),
});

/** What waits for a person. */
export function counts({ db }: { readonly db: Database }) {
  const together = sharedRead<Waiting>();
  return new Hono<ApiEnv>().get(
    '/counts',
    endpoint({
      role: 'viewer',
      scope: 'system:read',
      summary: 'How much waits for a person: what was given up, and what asks for a word',
      answers: Counts,
    }),
    async (c) => {
      const { organization } = c.get('principal');
      return c.json(await together([organization], () => inOrganization(db, organization, countWaiting)));
    },
  );
}
