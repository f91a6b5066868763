import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** A workspace, or an organization with Enterprise Grid, into which people can install an app. */
export type Team = { readonly id: string; readonly name: string; readonly isEnterprise: boolean };

export const TEAMS: readonly Team[] = [
  { id: 'T0SANDBOX02', name: 'Acme', isEnterprise: false },
  { id: 'T0SANDBOX03', name: 'Beta', isEnterprise: false },
  { id: 'E0SANDBOX01', name: 'Grid', isEnterprise: true },
];

const address = z.url().refine((url) => /^https:|^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url), 'must be https');

/** docs: App manifest reference, as far as it is looked at here. */
export const manifestShape = z.object({
  display_information: z.object({ name: z.string().min(1).max(35) }),
  oauth_config: z.object({
    redirect_urls: z.array(address).default([]),
    scopes: z.object({ bot: z.array(z.string()) }),
  }),
  settings: z.object({
    event_subscriptions: z.object({ request_url: address }),
    token_rotation_enabled: z.boolean().default(false),
  }),
});
export type Manifest = z.output<typeof manifestShape>;

export type App = {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signingSecret: string;
  manifest: Manifest;
};

/** What somebody allowed, by the code that stands for it: good for ten minutes, once (docs: Installing with OAuth). */
export type Allowed = {
  readonly app: App;
  readonly team: Team;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly at: number;
  used: boolean;
};

/** Tokens of one install that follow on each other. */
export type Rotation = { readonly app: App; readonly team: Team; readonly scopes: readonly string[] };

export type AppStore = {
  readonly configToken: string;
  readonly apps: Map<string, App>;
  readonly codes: Map<string, Allowed>;
  /** By refresh token: each is good for one time. */
  readonly refreshes: Map<string, Rotation>;
  readonly byClient: (id: string) => App | undefined;
  readonly add: (manifest: Manifest) => App;
};

export function openAppStore(): AppStore {
  const apps = new Map<string, App>();
  let count = 0;
  return {
    configToken: `xoxe.xoxp-1-${randomBytes(18).toString('base64url')}`,
    apps,
    codes: new Map(),
    refreshes: new Map(),
    byClient: (id) => [...apps.values()].find((app) => app.clientId === id),
    add(manifest) {
      count += 1;
      const app: App = {
        id: `A0SANDAPP${String(count).padStart(2, '0')}`,
        clientId: `${Date.now()}.${1_000_000 + count}`,
        clientSecret: randomBytes(16).toString('hex'),
        signingSecret: randomBytes(16).toString('hex'),
        manifest,
      };
      apps.set(app.id, app);
      return app;
    },
  };
}
