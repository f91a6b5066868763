import { Hono } from 'hono';
import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import { isAtLeast, ROLES, type Role } from '../auth/roles.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { listMembers, lockRoles, removeMember, setRole } from '../db/members.ts';
import { asSignIn } from '../db/sign-in.ts';
import { Failure } from '../model/failure.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { forbidden, notFound } from './problem.ts';
import { IdParam } from './shapes.ts';

const MemberShape = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  since: z.string(),
  twoFactor: z.boolean(),
});

const RoleBody = z.strictObject({ role: z.enum(ROLES) });

/** Who is in the organization, and as what. Nobody acts on somebody above them, or lifts anybody above themselves. */
export function members({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'members:read',
        summary: 'Who is in, the longest first',
        answers: z.object({ items: z.array(MemberShape) }),
      }),
      async (c) => {
        const { organization } = c.get('principal');
        const items = await inOrganization(db, organization, (tx) => asSignIn(tx, listMembers));
        return c.json({ items: [...items] });
      },
    )
    .patch(
      '/:id',
      endpoint({ role: 'admin', scope: 'members:write', summary: 'Makes somebody more, or less' }),
      takes('param', IdParam),
      takes('json', RoleBody),
      async (c) => {
        await changeRole(db, c.get('principal'), c.req.valid('param').id, c.req.valid('json').role);
        return c.body(null, 204);
      },
    )
    .delete(
      '/:id',
      endpoint({ role: 'admin', scope: 'members:write', summary: 'Takes somebody out, with their keys' }),
      takes('param', IdParam),
      async (c) => {
        await remove(db, c.get('principal'), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .post('/leave', endpoint({ role: 'viewer', scope: 'members:write', summary: 'Takes you out' }), async (c) => {
      const principal = c.get('principal');
      if (principal.kind === 'key') throw forbidden('a key is in no organization: revoke it');
      await remove(db, principal, principal.id);
      return c.body(null, 204);
    });
}

function changeRole(db: Database, principal: Principal, id: string, role: Role): Promise<void> {
  return change(db, principal, (tx) =>
    asSignIn(tx, async (own) => {
      const before = await judge(own, principal, id);
      if (!isAtLeast(principal.role, role)) throw above(principal.role);
      if (role !== 'owner') refuseLastOwner(before, id);
      await setRole(own, id, role);
      const details = { before: before.get(id), now: role };
      const changed =
        details.before === role ? undefined : { what: 'member.changed', subject: `member/${id}`, details };
      return { result: undefined, changed };
    }),
  );
}

function remove(db: Database, principal: Principal, id: string): Promise<void> {
  return change(db, principal, (tx) =>
    asSignIn(tx, async (own) => {
      const before = await judge(own, principal, id);
      refuseLastOwner(before, id);
      await removeMember(own, id);
      const changed = { what: 'member.removed', subject: `member/${id}`, details: { role: before.get(id) } };
      return { result: undefined, changed };
    }),
  );
}

/** Everybody's roles, held; once whoever is meant is found, and not above whoever asks. */
async function judge(tx: Transaction, principal: Principal, id: string): Promise<ReadonlyMap<string, Role>> {
  const roles = await lockRoles(tx);
  const theirs = roles.get(id);
  if (theirs === undefined) throw notFound('member');
  if (!isAtLeast(principal.role, theirs)) throw above(principal.role);
  return roles;
}

const above = (role: Role): Failure =>
  forbidden(`this is above your own role, ${role}: ask an owner of the organization`);

function refuseLastOwner(roles: ReadonlyMap<string, Role>, id: string): void {
  const owners = [...roles].filter(([, role]) => role === 'owner');
  if (roles.get(id) === 'owner' && owners.length === 1)
    throw new Failure('closed', 'an organization has to have an owner: make somebody else one first');
}
