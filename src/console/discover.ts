import { Hono } from 'hono';
import { z } from 'zod';
import { PROTOCOLS } from '../llm/open.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import type { ModelsOptions } from './models.ts';

const Asked = z.strictObject({
  protocol: z.enum(PROTOCOLS),
  baseUrl: z.url().nullable().default(null),
  /** Used for this one question, and not kept. */
  key: z.string().min(1).max(4_000).nullable().default(null),
});

const WITHIN_MS = 15_000;

/** What a server of models has, before one of them is chosen. */
export const discover = ({ models: desk }: Pick<ModelsOptions, 'models'>) =>
  new Hono<ApiEnv>().post(
    '/discover',
    endpoint({
      role: 'admin',
      scope: 'models:write',
      summary: 'Asks a server which models it has',
      answers: z.object({ models: z.array(z.string()), suggested: z.string().nullable() }),
    }),
    takes('json', Asked),
    async (c) => {
      const { protocol, baseUrl, key } = c.req.valid('json');
      const { organization } = c.get('principal');
      if (baseUrl !== null) await desk.mayReach(organization, baseUrl);
      const asked = { protocol, baseUrl: baseUrl ?? undefined, apiKey: key ?? undefined };
      const { models, suggested } = await desk.discover(organization, asked, AbortSignal.timeout(WITHIN_MS));
      return c.json({ models: [...models], suggested });
    },
  );
