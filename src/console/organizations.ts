import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import type { People } from '../auth/open.ts';
import type { Principal } from '../auth/principal.ts';
import { ROLES } from '../auth/roles.ts';
import type { Database } from '../db/database.ts';
import { addMember, membershipsOf } from '../db/members.ts';
import { addOrganization, organizationName, organizationNames, renameOrganization } from '../db/organizations.ts';
import { chooseOrganization, type OpenSession } from '../db/sessions.ts';
import { asSignIn, inSignIn } from '../db/sign-in.ts';
import { organizationId } from '../model/ids.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { forbidden, notFound } from './problem.ts';
import { sessionOf } from './sessions.ts';
import { IdParam, Text } from './shapes.ts';

const Mine = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  /** It is the one that is asked for now. */
  current: z.boolean(),
});

const Named = z.strictObject({ name: Text(80).pipe(z.string().trim().min(1)) });

/** Organizations of one person at most: each is a tenant, with all that belongs to it. */
const MOST = 20;

type Options = { readonly db: Database; readonly people: People };

/** Where you are in, and where you go on. */
export function organizations({ db, people }: Options) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'members:read',
        summary: 'Where you are in, the longest first',
        answers: z.object({ items: z.array(Mine) }),
      }),
      async (c) => {
        const { organization } = c.get('principal');
        const places = await placesOf({ db, people }, c);
        const names = await organizationNames(
          db,
          places.map((place) => place.organization),
        );
        const items = places.map((place, at) => ({
          id: String(place.organization),
          name: names[at] ?? '',
          role: place.role,
          current: place.organization === organization,
        }));
        return c.json({ items });
      },
    )
    .post(
      '/',
      endpoint({
        role: 'owner',
        scope: 'members:write',
        summary: 'Makes an organization of which you are the owner, and goes on there',
        answers: z.object({ id: z.string() }),
      }),
      takes('json', Named),
      async (c) =>
        c.json({ id: await create(db, c.get('principal'), await sessionOf(people, c), c.req.valid('json').name) }),
    )
    .post(
      '/:id/switch',
      endpoint({ role: 'viewer', scope: 'members:write', summary: 'Goes on in another organization' }),
      takes('param', IdParam),
      async (c) => {
        const session = await sessionOf(people, c);
        const wanted = organizationId(c.req.valid('param').id.toLowerCase());
        if (!(await inSignIn(db, (tx) => chooseOrganization(tx, session.id, wanted)))) throw notFound('organization');
        return c.body(null, 204);
      },
    )
    .patch(
      '/current',
      endpoint({ role: 'admin', scope: 'members:write', summary: 'Names the organization otherwise' }),
      takes('json', Named),
      async (c) => {
        await rename(db, c.get('principal'), c.req.valid('json').name);
        return c.body(null, 204);
      },
    );
}

/** A key, and a session that a provider vouches for, are of one organization. */
async function placesOf({ db, people }: Options, c: Context<ApiEnv>) {
  const { organization, kind, id, role } = c.get('principal');
  if (kind === 'key' || (await sessionOf(people, c)).bound) return [{ organization, role }];
  return inSignIn(db, (tx) => membershipsOf(tx, id));
}

async function create(db: Database, principal: Principal, session: OpenSession, name: string): Promise<string> {
  if (session.bound) throw forbidden('your organization’s provider signed you in, for it alone');
  const places = await inSignIn(db, (tx) => membershipsOf(tx, principal.id));
  if (places.length >= MOST) throw forbidden(`nobody is in more than ${MOST} organizations: leave one`);
  const organization = organizationId(randomUUID());
  await change(db, { ...principal, organization }, async (tx) => {
    await addOrganization(tx, name);
    await asSignIn(tx, (own) => addMember(own, organization, principal.id, 'owner'));
    const changed = { what: 'organization.created', subject: `organization/${organization}`, details: { name } };
    return { result: undefined, changed };
  });
  await inSignIn(db, (tx) => chooseOrganization(tx, session.id, organization));
  return organization;
}

function rename(db: Database, principal: Principal, name: string): Promise<void> {
  return change(db, principal, async (tx) => {
    const before = await organizationName(tx);
    await renameOrganization(tx, name);
    const subject = `organization/${principal.organization}`;
    return { result: undefined, changed: { what: 'organization.renamed', subject, details: { before, now: name } } };
  });
}
