import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { ssoPurpose } from '../auth/oidc/purpose.ts';
import type { People } from '../auth/open.ts';
import type { Principal } from '../auth/principal.ts';
import { ROLES } from '../auth/roles.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { asSignIn } from '../db/sign-in.ts';
import { addSsoProvider, listSsoProviders, removeSsoProvider } from '../db/sso-providers.ts';
import { Failure } from '../model/failure.ts';
import { seal } from '../vault/seal.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';
import { IdParam, Text } from './shapes.ts';

const ProviderShape = z.object({
  id: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  domain: z.string(),
  role: z.enum(ROLES),
  createdAt: z.string(),
});

const NewProvider = z.strictObject({
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  clientId: Text(300).pipe(z.string().min(1)),
  clientSecret: Text(1_000).pipe(z.string().min(1)),
  /** Whose addresses it vouches for. */
  domain: z
    .string()
    .max(253)
    .toLowerCase()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a domain, as example.com'),
  /** Of those who come in by it for the first time. */
  role: z.enum(['viewer', 'analyst', 'operator']).default('viewer'),
});

const Listed = z.object({
  items: z.array(ProviderShape),
  /** What the provider has to be told as the address to send people back to. */
  redirectUri: z.string(),
});

type Options = { readonly db: Database; readonly people: People };

/**
 * The organization's own OpenID providers. Only an owner adds one: whoever runs it can sign in as everybody in the
 * organization.
 */
export function sso({ db, people }: Options) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({ role: 'admin', scope: 'members:read', summary: 'Providers, by their domains', answers: Listed }),
      async (c) => {
        const { organization } = c.get('principal');
        const items = await inOrganization(db, organization, (tx) => asSignIn(tx, listSsoProviders));
        return c.json({ items: [...items], redirectUri: `${people.url()}/api/auth/sso/callback` });
      },
    )
    .post(
      '/',
      endpoint({
        role: 'owner',
        scope: 'members:write',
        summary: 'Adds a provider, after asking it who it is',
        answers: z.object({ id: z.string() }),
      }),
      takes('json', NewProvider),
      async (c) => {
        const wanted = c.req.valid('json');
        await people.checkIssuer(wanted.issuer);
        return c.json({ id: await add({ db, people }, c.get('principal'), wanted) });
      },
    )
    .delete(
      '/:id',
      endpoint({ role: 'owner', scope: 'members:write', summary: 'Takes a provider away, with its sessions' }),
      takes('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        await change(db, c.get('principal'), async (tx) => {
          const domain = await asSignIn(tx, (own) => removeSsoProvider(own, id));
          if (domain === undefined) throw notFound('provider');
          return { result: undefined, changed: { what: 'sso.removed', subject: `sso/${id}`, details: { domain } } };
        });
        return c.body(null, 204);
      },
    );
}

async function add(
  { db, people }: Options,
  principal: Principal,
  { issuer, clientId, clientSecret, domain, role }: z.infer<typeof NewProvider>,
): Promise<string> {
  const id = randomUUID();
  const sealedSecret = await seal(await people.keys(), clientSecret, ssoPurpose(principal.organization, id));
  await change(db, principal, async (tx) => {
    const isNew = await asSignIn(tx, (own) =>
      addSsoProvider(own, { id, issuer, clientId, sealedSecret, domain, role }),
    );
    if (!isNew) throw new Failure('closed', `domain: another provider vouches for ${domain} already`);
    return {
      result: undefined,
      changed: { what: 'sso.added', subject: `sso/${id}`, details: { issuer, domain, role } },
    };
  });
  return id;
}
