import type { Access } from './adapter.ts';
import type { AppId, OrganizationId } from './ids.ts';

/**
 * The way into an install, with its own token where it has one. Rejects with a Failure: `unavailable` while the database is away,
 * `unauthorized` where its token cannot be opened.
 */
export type AccessOf = (organization: OrganizationId, app: AppId, install: string) => Promise<Access>;

/** For apps whose credentials say it all. */
export const withoutToken: AccessOf = (_organization, _app, install) => Promise.resolve({ install, secret: undefined });
