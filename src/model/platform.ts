/** The platforms that can have an adapter. The only place under src/ that names them. */
export const PLATFORMS = ['slack', 'discord', 'teams', 'github', 'web'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The one that is the hub's own: people write there in the console. */
export const OWN_PLATFORM = 'web' satisfies Platform;

/** What its one install is called: an organization has one. */
export const OWN_INSTALL = 'chat';
