/** From the least to the most, as the server has them. What it refuses is refused there; here it is only not offered. */
const ROLES = ['viewer', 'analyst', 'operator', 'admin', 'owner'] as const;

export type Role = (typeof ROLES)[number];

/** Whether a role may do what asks for `least`; absent: everybody may. Pure. */
export const isAtLeast = (role: Role, least: Role = 'viewer'): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least);
