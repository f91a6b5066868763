import { Hono } from 'hono';
import { z } from 'zod';
import type { Connections } from '../connect/connections.ts';
import { examine } from '../connect/doctor.ts';
import { appId } from '../model/ids.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';

const Report = z.object({
  /** Nothing has failed. */
  ok: z.boolean(),
  findings: z.array(
    z.object({
      check: z.string(),
      state: z.enum(['ok', 'failed', 'unknown']),
      says: z.string(),
      /** How it is mended. */
      fix: z.string().nullable(),
    }),
  ),
});

/** What is wrong with an app, and how it is mended. */
export function doctor({ connections }: { readonly connections: Connections }) {
  return new Hono<ApiEnv>().post(
    '/:id/doctor',
    endpoint({
      role: 'operator',
      scope: 'installs:write',
      summary: 'Looks at everything an app needs to answer',
      answers: Report,
    }),
    takes('param', z.object({ id: z.uuid().transform(appId) })),
    async (c) => {
      const found = await examine(connections, c.get('principal').organization, c.req.valid('param').id);
      const findings = found.map(({ fix = null, ...finding }) => ({ ...finding, fix }));
      return c.json({ ok: findings.every(({ state }) => state !== 'failed'), findings });
    },
  );
}
