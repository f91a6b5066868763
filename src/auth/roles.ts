/** From the least to the most: each may do what those before it may. */
export const ROLES = ['viewer', 'analyst', 'operator', 'admin', 'owner'] as const;

/**
 * What somebody is in an organization. A viewer sees how it goes, but no text of anybody's; an analyst reads conversations and
 * what they cost; an operator stops, starts and drives again, and decides what is asked; an admin connects, steers, and
 * decides who is in, up to admins; an owner also makes owners, and says which provider vouches for everybody.
 */
export type Role = (typeof ROLES)[number];

/** What an API key can be limited to. */
export const AREAS = [
  'agents',
  'approvals',
  'audit',
  'budgets',
  'chat',
  'conversations',
  'deliveries',
  'installs',
  'members',
  'models',
  'policies',
  'system',
  'tools',
  'usage',
] as const;

export type Area = (typeof AREAS)[number];

/** `read` looks, `write` also changes. */
export type Scope = `${Area}:${'read' | 'write'}`;

export const SCOPES: readonly Scope[] = AREAS.flatMap((area): Scope[] => [`${area}:read`, `${area}:write`]);

/** Whether a role may do what asks for `least`. Pure. */
export const isAtLeast = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);

/** Whether one of the scopes allows what asks for `wanted`. Pure. */
export function allows(scopes: readonly Scope[], wanted: Scope): boolean {
  const writes = wanted.replace(/:read$/, ':write');
  return scopes.some((scope) => scope === wanted || scope === writes);
}
