import type {
  CheckedInstall,
  ConnectAbout,
  Connecting,
  ConnectInstall,
  ConnectStep,
  ConnectValues,
  InstallTokens,
} from '../../src/model/connect.ts';
import { Failure } from '../../src/model/failure.ts';
import { baseUrl, required } from '../kit/base-url.ts';
import { callSlack, whoIs, type Grant } from './install-calls.ts';
import { check } from './install-check.ts';
import { botTokenOf, OWN_TOKENS } from './credentials.ts';
import { manifest, SCOPES } from './manifest.ts';
import { accessAnswer, createdAnswer, updatedAnswer } from './install-answers.ts';
import { shaped } from './client.ts';

/** Connecting a Slack app: by its manifest, by its client's id and secret, or by a token that is there already. */
export const connecting: Connecting = {
  begin: (way, values, about, state) => {
    if (way === 'token') return create(values, about, state);
    if (way === 'link') return Promise.resolve(takeOver(values, about, state));
    if (way === 'paste') return paste(values, about);
    return Promise.reject(new Failure('invalid', `Slack has no way “${way}”`));
  },
  finish,
  install: (credentials, about, state) => Promise.resolve({ installs: [], go: authorize(credentials, about, state) }),
  prefilled(about) {
    const apps = baseUrl(about.settings, 'SLACK_APPS_URL', 'https://api.slack.com');
    return `${apps}/apps?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(manifest(about)))}`;
  },
  update,
  renew,
  leave,
  wants: () => SCOPES,
  check,
};

async function create(values: ConnectValues, about: ConnectAbout, state: string): Promise<ConnectStep> {
  const token = required(values, 'SLACK_CONFIG_TOKEN');
  const rotates = values['SLACK_TOKEN_ROTATION'] === 'on';
  const made = manifest({ ...about, rotates });
  const method = 'apps.manifest.create';
  const answer = await callSlack(about, method, { manifest: JSON.stringify(made) }, { token });
  const { app_id, credentials: given } = shaped(createdAnswer, method, answer);
  const credentials = {
    ...OWN_TOKENS,
    SLACK_CLIENT_ID: given.client_id,
    SLACK_CLIENT_SECRET: given.client_secret,
    SLACK_SIGNING_SECRET: given.signing_secret,
  };
  const details = { external: app_id, rotates, scopes: [...SCOPES] };
  return {
    credentials,
    name: made.display_information.name,
    details,
    installs: [],
    go: authorize(credentials, about, state),
  };
}

function takeOver(values: ConnectValues, about: ConnectAbout, state: string): ConnectStep {
  const credentials = {
    ...OWN_TOKENS,
    SLACK_CLIENT_ID: required(values, 'SLACK_CLIENT_ID'),
    SLACK_CLIENT_SECRET: required(values, 'SLACK_CLIENT_SECRET'),
    SLACK_SIGNING_SECRET: required(values, 'SLACK_SIGNING_SECRET'),
  };
  if (!/^\d+\.\d+$/.test(credentials.SLACK_CLIENT_ID))
    throw new Failure('invalid', 'SLACK_CLIENT_ID must be two numbers with a dot between them, from Basic Information');
  return { credentials, installs: [], go: authorize(credentials, about, state) };
}

/** docs: Installing with OAuth, step 1. */
function authorize(credentials: ConnectValues, about: ConnectAbout, state: string): { url: string } {
  const client_id = credentials['SLACK_CLIENT_ID'];
  if (client_id === undefined)
    throw new Failure('refused', 'this app was connected by a token alone: paste the token of the other workspace');
  const base = baseUrl(about.settings, 'SLACK_URL', 'https://slack.com');
  const query = new URLSearchParams({ client_id, scope: SCOPES.join(','), redirect_uri: about.callbackUrl, state });
  return { url: `${base}/oauth/v2/authorize?${query.toString()}` };
}

async function paste(values: ConnectValues, about: ConnectAbout): Promise<ConnectStep> {
  const token = botTokenOf(required(values, 'SLACK_BOT_TOKEN'));
  const credentials = { ...OWN_TOKENS, SLACK_SIGNING_SECRET: required(values, 'SLACK_SIGNING_SECRET') };
  const { self, scopes, app } = await whoIs(about, token);
  const install = self.is_enterprise_install === true ? self.enterprise_id : self.team_id;
  const details = { scopes, botUser: self.user_id, isEnterprise: self.is_enterprise_install === true };
  return {
    credentials,
    ...(app !== '' && { details: { external: app } }),
    installs: [{ install, name: self.team || install, tokens: { token }, details }],
  };
}

/** The person has pressed Allow, or not. */
async function finish(
  query: ConnectValues,
  credentials: ConnectValues | undefined,
  about: ConnectAbout,
): Promise<ConnectStep> {
  if (query['error'] !== undefined)
    throw new Failure('refused', 'Slack: the app was not allowed: press Install again, and Allow there');
  const code = query['code'];
  if (code === undefined || credentials === undefined)
    throw new Failure('invalid', 'Slack sent no code back: begin again');
  const form = { code, redirect_uri: about.callbackUrl };
  const grant = await askForTokens(credentials, form, about);
  return { installs: [installOf(grant)] };
}

async function askForTokens(
  credentials: ConnectValues,
  form: Readonly<Record<string, string>>,
  about: ConnectAbout,
): Promise<Grant> {
  const client_id = required(credentials, 'SLACK_CLIENT_ID');
  const client_secret = required(credentials, 'SLACK_CLIENT_SECRET');
  const method = 'oauth.v2.access';
  return shaped(accessAnswer, method, await callSlack(about, method, { ...form, client_id, client_secret }));
}

const scopesIn = (text: string): readonly string[] => text.split(',').filter((scope) => scope !== '');

function tokensOf({ access_token: token, refresh_token: refresh, expires_in }: Grant): InstallTokens {
  if (refresh === undefined || expires_in === undefined) return { token };
  return { token, refresh, endsAt: Date.now() + expires_in * 1000 };
}

/** Of an organization with Enterprise Grid, the app is in all its workspaces: events name the organization then. */
function installOf(grant: Grant): ConnectInstall {
  const { scope, bot_user_id: botUser, is_enterprise_install: isEnterprise, team, enterprise, authed_user } = grant;
  const place = isEnterprise === true ? enterprise : team;
  if (place === null || place === undefined || place.id === '')
    throw new Failure('unknown-outcome', 'oauth.v2.access: it names no workspace');
  const tokens = tokensOf(grant);
  const details = {
    scopes: scopesIn(scope),
    botUser,
    isEnterprise: isEnterprise === true,
    enterprise: enterprise?.id ?? null,
    by: authed_user?.id ?? null,
    tokenEndsAt: tokens.endsAt ?? null,
    problem: null,
  };
  return { install: place.id, name: place.name || place.id, tokens, details };
}

/** A refresh token is good for one time (docs: Using token rotation). */
async function renew(credentials: ConnectValues, tokens: InstallTokens, about: ConnectAbout): Promise<InstallTokens> {
  if (tokens.refresh === undefined) return tokens;
  const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh };
  return tokensOf(await askForTokens(credentials, form, about));
}

async function update(_credentials: ConnectValues, values: ConnectValues, about: ConnectAbout): Promise<ConnectStep> {
  const token = required(values, 'SLACK_CONFIG_TOKEN');
  const app_id = required(values, 'external');
  const method = 'apps.manifest.update';
  const made = manifest({ ...about, rotates: values['rotates'] === 'true' });
  const answer = await callSlack(about, method, { app_id, manifest: JSON.stringify(made) }, { token });
  const { permissions_updated } = shaped(updatedAnswer, method, answer);
  return { installs: [], details: { scopes: [...SCOPES], reinstall: permissions_updated === true } };
}

async function leave(credentials: ConnectValues, { token }: CheckedInstall, about: ConnectAbout): Promise<void> {
  if (token === undefined) return;
  const { SLACK_CLIENT_ID: client_id, SLACK_CLIENT_SECRET: client_secret } = credentials;
  if (client_id === undefined || client_secret === undefined) await callSlack(about, 'auth.revoke', {}, { token });
  else await callSlack(about, 'apps.uninstall', { client_id, client_secret }, { token });
}
