import { Hono } from 'hono';
import { z } from 'zod';
import { KEY_PREFIX } from '../auth/identify.ts';
import type { Principal } from '../auth/principal.ts';
import { isAtLeast, ROLES, SCOPES } from '../auth/roles.ts';
import { addApiKey, listApiKeys, revokeApiKey } from '../db/api-keys.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { lockRoles } from '../db/members.ts';
import { asSignIn, newToken, tokenHash } from '../db/sign-in.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { forbidden, notFound } from './problem.ts';
import { IdParam, Text } from './shapes.ts';

const KeyShape = z.object({
  id: z.string(),
  name: z.string(),
  /** Its first characters. */
  start: z.string(),
  role: z.enum(ROLES),
  /** Null: all that the role may. */
  scopes: z.array(z.string()).nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  /** To the hour; null: never. */
  usedAt: z.string().nullable(),
});

const NewKey = z.strictObject({
  name: Text(100).pipe(z.string().trim().min(1)),
  role: z.enum(ROLES),
  /** Absent: all that the role may. */
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).optional(),
  /** Absent: it does not end by itself. */
  days: z.int().min(1).max(3650).optional(),
});

/** Characters of a key that are shown later. */
const SHOWN = KEY_PREFIX.length + 5;

/** What programs sign in by. A key never does more than whoever made it may at that moment. */
export function keys({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'admin',
        scope: 'members:read',
        summary: 'API keys, the newest first',
        answers: z.object({ items: z.array(KeyShape) }),
      }),
      async (c) => {
        const { organization } = c.get('principal');
        const items = await inOrganization(db, organization, (tx) => asSignIn(tx, listApiKeys));
        return c.json({
          items: items.map((key) => ({ ...key, scopes: key.scopes === null ? null : [...key.scopes] })),
        });
      },
    )
    .post(
      '/',
      endpoint({
        role: 'admin',
        scope: 'members:write',
        summary: 'Makes an API key, and shows it this once',
        answers: z.object({ id: z.string(), key: z.string() }),
      }),
      takes('json', NewKey),
      async (c) => {
        const key = `${KEY_PREFIX}${newToken()}`;
        const id = await create(db, c.get('principal'), c.req.valid('json'), key);
        return c.json({ id, key });
      },
    )
    .delete(
      '/:id',
      endpoint({ role: 'admin', scope: 'members:write', summary: 'Ends an API key at once' }),
      takes('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        await change(db, c.get('principal'), async (tx) => {
          const name = await asSignIn(tx, (own) => revokeApiKey(own, id));
          if (name === undefined) throw notFound('key');
          return { result: undefined, changed: { what: 'key.revoked', subject: `key/${id}`, details: { name } } };
        });
        return c.body(null, 204);
      },
    );
}

function create(
  db: Database,
  principal: Principal,
  { name, role, scopes, days }: z.infer<typeof NewKey>,
  key: string,
): Promise<string> {
  if (!isAtLeast(principal.role, role))
    throw forbidden(
      `${role} is above your own role, ${principal.role}: take that, or ask an owner of the organization`,
    );
  return change(db, principal, async (tx) => {
    const id = await asSignIn(tx, async (own) => {
      // A key that could make keys would let whoever stole it stay.
      if (!(await lockRoles(own)).has(principal.id)) throw forbidden('a person has to make keys: sign in');
      const start = key.slice(0, SHOWN);
      return addApiKey(own, { name, start, hash: tokenHash(key), role, scopes, createdBy: principal.id, days });
    });
    const details = { name, role, scopes: scopes ?? null, days: days ?? null };
    return { result: id, changed: { what: 'key.created', subject: `key/${id}`, details } };
  });
}
