/** The platforms that can have an adapter. The only place under src/ that names them. */
export type Platform = 'slack' | 'discord' | 'teams' | 'github' | 'web';
