import { Hono } from 'hono';
import { z } from 'zod';
import { ROLES, SCOPES } from '../auth/roles.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';

const Me = z.object({
  kind: z.enum(['person', 'key']),
  id: z.string(),
  name: z.string(),
  organization: z.string(),
  role: z.enum(ROLES),
  /** Null: all that the role may. */
  scopes: z.array(z.enum(SCOPES)).nullable(),
});

/** Who asks. */
export function me() {
  return new Hono<ApiEnv>().get(
    '/',
    endpoint({ role: 'viewer', scope: 'system:read', summary: 'Who you are here', answers: Me }),
    (c) => {
      const { kind, id, name, organization, role, scopes } = c.get('principal');
      return c.json({
        kind,
        id,
        name,
        organization: String(organization),
        role,
        scopes: scopes === undefined ? null : [...scopes],
      });
    },
  );
}
