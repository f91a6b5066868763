import { Hono } from 'hono';
import { z } from 'zod';
import type { People } from '../auth/open.ts';
import type { Principal } from '../auth/principal.ts';
import { isAtLeast, ROLES } from '../auth/roles.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { addInvitation, listInvitations, revokeInvitation } from '../db/invitations.ts';
import { lockRoles } from '../db/members.ts';
import { asSignIn, newToken, tokenHash } from '../db/sign-in.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { forbidden, notFound } from './problem.ts';
import { IdParam } from './shapes.ts';

const InvitationShape = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  invitedBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  state: z.enum(['open', 'accepted', 'revoked', 'expired']),
});

const Invite = z.strictObject({
  email: z.email().max(300).toLowerCase(),
  role: z.enum(ROLES),
  /** How long it counts. */
  days: z.int().min(1).max(30).default(7),
});

const Invited = z.object({
  id: z.string(),
  /** Shown this once; by it alone the invitation is accepted. */
  link: z.string(),
  /** `sent`: by mail; `shown`: in the log; `none`: hand the link over yourself. */
  mail: z.enum(['sent', 'shown', 'none']),
});

type Options = { readonly db: Database; readonly people: People };

/** Who is asked in. They are accepted at `/api/auth/invitation/accept`, by whoever has the link and the address. */
export function invitations({ db, people }: Options) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'admin',
        scope: 'members:read',
        summary: 'Who was asked in, the newest first',
        answers: z.object({ items: z.array(InvitationShape) }),
      }),
      async (c) => {
        const { organization } = c.get('principal');
        const items = await inOrganization(db, organization, (tx) => asSignIn(tx, listInvitations));
        return c.json({ items: [...items] });
      },
    )
    .post(
      '/',
      endpoint({ role: 'admin', scope: 'members:write', summary: 'Asks somebody in', answers: Invited }),
      takes('json', Invite),
      async (c) => {
        const principal = c.get('principal');
        const token = newToken();
        const wanted = c.req.valid('json');
        const id = await invite(db, principal, { ...wanted, tokenHash: tokenHash(token) });
        const link = `${people.url()}/invitation#${token}`;
        const text = `${principal.name} asks you in, as ${wanted.role}. This link counts for ${wanted.days} days:`;
        const mail = await people.sendMail({ to: wanted.email, subject: 'An invitation to Switchboard', text, link });
        return c.json({ id, link, mail });
      },
    )
    .delete(
      '/:id',
      endpoint({ role: 'admin', scope: 'members:write', summary: 'Takes an invitation back' }),
      takes('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        await change(db, c.get('principal'), async (tx) => {
          const email = await asSignIn(tx, (own) => revokeInvitation(own, id));
          if (email === undefined) throw notFound('open invitation');
          const changed = { what: 'invitation.revoked', subject: `invitation/${id}`, details: { email } };
          return { result: undefined, changed };
        });
        return c.body(null, 204);
      },
    );
}

function invite(
  db: Database,
  principal: Principal,
  { email, role, days, tokenHash }: z.infer<typeof Invite> & { tokenHash: string },
): Promise<string> {
  if (!isAtLeast(principal.role, role))
    throw forbidden(`${role} is above your own role, ${principal.role}: ask an owner of the organization`);
  return change(db, principal, async (tx) => {
    const id = await asSignIn(tx, async (own) => {
      // A key that could ask people in would let whoever stole it stay.
      if (!(await lockRoles(own)).has(principal.id)) throw forbidden('a person has to ask others in: sign in');
      return addInvitation(own, { email, role, days, tokenHash, invitedBy: principal.id });
    });
    return {
      result: id,
      changed: { what: 'invitation.created', subject: `invitation/${id}`, details: { email, role, days } },
    };
  });
}
