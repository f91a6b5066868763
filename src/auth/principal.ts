import type { OrganizationId } from '../model/ids.ts';
import type { Role, Scope } from './roles.ts';

/** Who asks, for which organization, and what they may. */
export type Principal = {
  /** `person`: by a session's cookie. `key`: by an API key. */
  readonly kind: 'person' | 'key';
  /** Of the person, or of the key. */
  readonly id: string;
  /** As the audit names them. */
  readonly name: string;
  readonly organization: OrganizationId;
  readonly role: Role;
  /** Undefined: all that the role may. */
  readonly scopes: readonly Scope[] | undefined;
};

/** Who sent a request; undefined: nobody we know. Rejects only when the database is away. */
export type Identify = (request: Request) => Promise<Principal | undefined>;
