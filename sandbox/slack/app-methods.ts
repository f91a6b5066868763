import { randomBytes } from 'node:crypto';
import { jsonIn } from '../kit/json.ts';
import type { App, AppStore, Rotation } from './app-store.ts';
import { manifestShape } from './app-store.ts';
import type { Args, Outcome } from './method.ts';
import { failed, textArg } from './method.ts';
import type { Workspaces } from './workspaces.ts';

export type Apps = { readonly store: AppStore; readonly workspaces: Workspaces };

type AppMethod = (args: Args, token: string, apps: Apps) => Outcome;

const CODE_FOR_MS = 600_000;
/** docs: Using token rotation. */
const TOKEN_FOR_S = 43_200;

const readManifest = (args: Args) =>
  manifestShape.safeParse(typeof args['manifest'] === 'string' ? jsonIn(args['manifest']) : args['manifest']);

const create: AppMethod = (args, token, { store }) => {
  if (token !== store.configToken) return failed(token.startsWith('xoxb') ? 'not_allowed_token_type' : 'invalid_auth');
  const manifest = readManifest(args);
  if (!manifest.success) return failed('invalid_manifest');
  const app = store.add(manifest.data);
  const credentials = {
    client_id: app.clientId,
    client_secret: app.clientSecret,
    verification_token: 'sandbox-verification-token',
    signing_secret: app.signingSecret,
  };
  return { about: app.id, fields: { app_id: app.id, credentials } };
};

const update: AppMethod = (args, token, { store }) => {
  if (token !== store.configToken) return failed('invalid_auth');
  const app = store.apps.get(textArg(args, 'app_id'));
  if (app === undefined) return failed('app_not_found');
  const manifest = readManifest(args);
  if (!manifest.success) return failed('invalid_manifest');
  const before = app.manifest.oauth_config.scopes.bot.toSorted().join();
  app.manifest = manifest.data;
  const after = app.manifest.oauth_config.scopes.bot.toSorted().join();
  return { about: app.id, fields: { app_id: app.id, permissions_updated: before !== after } };
};

const access: AppMethod = (args, _token, apps) => {
  const app = apps.store.byClient(textArg(args, 'client_id'));
  if (app === undefined) return failed('invalid_client_id');
  if (textArg(args, 'client_secret') !== app.clientSecret) return failed('bad_client_secret');
  if (textArg(args, 'grant_type') === 'refresh_token') return refresh(app, textArg(args, 'refresh_token'), apps);
  const allowed = apps.store.codes.get(textArg(args, 'code'));
  if (allowed === undefined || allowed.app !== app || Date.now() - allowed.at > CODE_FOR_MS)
    return failed('invalid_code');
  if (allowed.used) return failed('code_already_used');
  if (textArg(args, 'redirect_uri') !== allowed.redirectUri) return failed('bad_redirect_uri');
  allowed.used = true;
  return grant(allowed, apps);
};

function refresh(app: App, token: string, apps: Apps): Outcome {
  const rotation = apps.store.refreshes.get(token);
  if (rotation === undefined || rotation.app !== app) return failed('invalid_refresh_token');
  apps.store.refreshes.delete(token);
  return grant(rotation, apps);
}

/** A new token; where they rotate, it ends, and another one for the next comes with it. */
function grant(rotation: Rotation, { store, workspaces }: Apps): Outcome {
  const { app, team, scopes } = rotation;
  const rotates = app.manifest.settings.token_rotation_enabled;
  const secret = randomBytes(18).toString('base64url');
  const access_token = rotates ? `xoxe.xoxb-1-${secret}` : `xoxb-${secret}`;
  const workspace = workspaces.install(rotation, access_token, rotates ? Date.now() + TOKEN_FOR_S * 1000 : Infinity);
  const refresh_token = `xoxe-1-${randomBytes(18).toString('base64url')}`;
  if (rotates) store.refreshes.set(refresh_token, rotation);
  const place = { id: team.id, name: team.name };
  return {
    about: `${app.id} in ${team.id}`,
    fields: {
      access_token,
      token_type: 'bot',
      scope: scopes.join(','),
      bot_user_id: workspace.world.bot.user,
      app_id: app.id,
      team: team.isEnterprise ? null : place,
      enterprise: team.isEnterprise ? place : null,
      is_enterprise_install: team.isEnterprise,
      authed_user: { id: 'U0SANDADMIN' },
      ...(rotates && { expires_in: TOKEN_FOR_S, refresh_token }),
    },
  };
}

/** The app leaves the workspace, with all its tokens. */
const uninstall: AppMethod = (args, token, { store, workspaces }) => {
  const app = store.byClient(textArg(args, 'client_id'));
  if (app === undefined) return failed('invalid_client_id');
  if (textArg(args, 'client_secret') !== app.clientSecret) return failed('bad_client_secret');
  const workspace = workspaces.byToken(token);
  if (workspace === undefined) return failed('invalid_auth');
  workspace.world.tokens.clear();
  workspace.world.installed = false;
  return { about: workspace.team.id, fields: {} };
};

/** What is called for the app itself and not by one of its bots. */
export const appMethods: ReadonlyMap<string, AppMethod> = new Map<string, AppMethod>([
  ['apps.manifest.create', create],
  ['apps.manifest.update', update],
  ['oauth.v2.access', access],
  ['apps.uninstall', uninstall],
]);
