/** From the least to the most, as the server has them. What it refuses is refused there; here it is only not offered. */
export const ROLES = ['viewer', 'analyst', 'operator', 'admin', 'owner'] as const;

export type Role = (typeof ROLES)[number];

/** Whether a role may do what asks for `least`; absent: everybody may. Pure. */
export const isAtLeast = (role: Role, least: Role = 'viewer'): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);

/** The role of this name. */
export const roleOf = (name: string): Role => ROLES.find((role) => role === name) ?? 'viewer';

/** Those that somebody of a role may give. Pure. */
export const rolesUpTo = (role: Role): readonly Role[] => ROLES.filter((one) => isAtLeast(role, one));
