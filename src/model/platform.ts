/** The platforms that can have an adapter. The only place under src/ that names them. */
export const PLATFORMS = ['slack', 'discord', 'teams', 'github', 'web'] as const;
export type Platform = (typeof PLATFORMS)[number];
