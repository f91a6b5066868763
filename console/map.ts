/** A page, as the navigation, the command palette and the tests know it. Paths are the router's. */
export type PlaceOnMap = {
  readonly path: string;
  readonly title: string;
  /** Where it stands in the navigation; absent: it is reached from another page. */
  readonly group?: Group;
  /** The least role that can do something there; absent: everybody who is signed in. */
  readonly role?: 'viewer' | 'analyst' | 'operator' | 'admin' | 'owner';
  /** Seen without being signed in. */
  readonly open?: true;
  /** Words by which the palette finds it as well. */
  readonly words?: string;
};

export const GROUPS = ['Today', 'Behaviour', 'Connections', 'Organization'] as const;
export type Group = (typeof GROUPS)[number];

/** All pages, in the order of the navigation. Imports nothing: the build and the server read it too. */
export const MAP = [
  { path: '/', title: 'Overview', group: 'Today', words: 'home start' },
  { path: '/chat', title: 'Chat', group: 'Today', words: 'talk ask bot' },
  { path: '/chat/$chat', title: 'A chat' },
  { path: '/conversations', title: 'Conversations', group: 'Today', words: 'messages answers search' },
  { path: '/conversations/$id', title: 'A conversation' },
  { path: '/deliveries', title: 'Deliveries', group: 'Today', words: 'webhooks events queue' },
  { path: '/deliveries/$app/$delivery', title: 'A delivery' },
  { path: '/dead-letters', title: 'Dead letters', group: 'Today', words: 'failed errors redrive doubt' },
  {
    path: '/installs',
    title: 'Installs',
    group: 'Connections',
    words: 'connect slack discord teams github apps doctor',
  },
  { path: '/agents', title: 'Agents & templates', group: 'Behaviour', words: 'prompt instructions version roll back' },
  { path: '/models', title: 'Models', group: 'Behaviour', words: 'anthropic openai ollama key test order' },
  { path: '/tools', title: 'Tools', group: 'Behaviour', words: 'mcp servers plugins built in wiki' },
  { path: '/approvals', title: 'Approvals', group: 'Behaviour', words: 'tools allow decide' },
  { path: '/policies', title: 'Policies', group: 'Behaviour', words: 'when to answer quiet people bots limits' },
  { path: '/usage', title: 'Usage & budgets', group: 'Organization', role: 'analyst', words: 'cost money csv' },
  { path: '/members', title: 'Members & keys', group: 'Organization', words: 'people invite roles api sso' },
  { path: '/system', title: 'System', group: 'Organization', words: 'health version migrations configuration' },
  { path: '/audit', title: 'Audit', group: 'Organization', role: 'admin', words: 'log history who proof export' },
  { path: '/sign-in', title: 'Sign in', open: true },
  { path: '/forgot-password', title: 'A new password', open: true },
  { path: '/reset-password', title: 'Choose a password', open: true },
  { path: '/first-run', title: 'Welcome', open: true },
  { path: '/get-started', title: 'Get started', role: 'admin', words: 'first steps connect model hello' },
  { path: '/invitation', title: 'An invitation', open: true },
  { path: '/account', title: 'Your account', words: 'password two-factor passkey sessions' },
  { path: '/shortcuts', title: 'Keyboard shortcuts', words: 'keys help' },
] as const satisfies readonly PlaceOnMap[];

export type PagePath = (typeof MAP)[number]['path'];

/** The same, where only what all places have is of interest. */
export const PLACES: readonly PlaceOnMap[] = MAP;
