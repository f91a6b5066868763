import { Hono } from 'hono';
import type { People } from '../auth/open.ts';
import type { Database } from '../db/database.ts';
import type { ApiEnv } from './endpoint.ts';
import { invitations } from './invitations.ts';
import { keys } from './keys.ts';
import { members } from './members.ts';
import { organizations } from './organizations.ts';
import { sessions } from './sessions.ts';
import { sso } from './sso.ts';

/** All that is about who may come in. */
export function people(options: { readonly db: Database; readonly people: People }) {
  return new Hono<ApiEnv>()
    .route('/members', members(options))
    .route('/invitations', invitations(options))
    .route('/keys', keys(options))
    .route('/organizations', organizations(options))
    .route('/sessions', sessions(options))
    .route('/sso', sso(options));
}
