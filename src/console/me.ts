import { Hono } from 'hono';
import { z } from 'zod';
import { ROLES, SCOPES } from '../auth/roles.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { organizationName } from '../db/organizations.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';

const Me = z.object({
  kind: z.enum(['person', 'key']),
  id: z.string(),
  name: z.string(),
  organization: z.string(),
  organizationName: z.string(),
  role: z.enum(ROLES),
  /** Null: all that the role may. */
  scopes: z.array(z.enum(SCOPES)).nullable(),
});

/** Who asks. */
export function me({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>().get(
    '/',
    endpoint({ role: 'viewer', scope: 'system:read', summary: 'Who you are here', answers: Me }),
    async (c) => {
      const { kind, id, name, organization, role, scopes } = c.get('principal');
      return c.json({
        kind,
        id,
        name,
        organization: String(organization),
        organizationName: await inOrganization(db, organization, organizationName),
        role,
        scopes: scopes === undefined ? null : [...scopes],
      });
    },
  );
}
