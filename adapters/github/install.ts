import { z } from 'zod';
import type {
  CheckedInstall,
  ConnectAbout,
  Connecting,
  ConnectInstall,
  ConnectStep,
  ConnectValues,
} from '../../src/model/connect.ts';
import { Failure } from '../../src/model/failure.ts';
import { parseJson } from '../../src/model/parse-json.ts';
import { baseUrl, required } from '../kit/base-url.ts';
import { call } from '../kit/http.ts';
import { name } from '../kit/shape.ts';
import { openClient, type Client } from './client.ts';
import { refusal } from './errors.ts';
import { check } from './install-check.ts';
import { manifest, PERMISSIONS } from './manifest.ts';
import { PATH } from './path.ts';
import { privateKeyOf } from './private-key.ts';

/** Connecting a GitHub App: made from our manifest, or one that is there already. */
export const connecting: Connecting = {
  begin: (way, values, about, state) => {
    if (way === 'manifest') return Promise.resolve(create(values, about, state));
    if (way === 'paste') return paste(values, about, state);
    return Promise.reject(new Failure('invalid', `GitHub has no way “${way}”`));
  },
  finish: (query, credentials, about, state) =>
    credentials === undefined ? convert(query, about, state) : installed(query, credentials, about),
  install: (credentials, about, state) => Promise.resolve({ installs: [], go: installPage(credentials, about, state) }),
  installs: list,
  leave,
  wants: () => grantsOf(PERMISSIONS, false),
  check: (credentials, _installs, about) => check(clientFor(credentials, about), about),
};

const SLUG = /^[a-z0-9][a-z0-9-]{0,99}$/i;
const webUrl = (about: ConnectAbout): string => baseUrl(about.settings, 'GITHUB_URL', 'https://github.com');
const apiUrl = (about: ConnectAbout): string => baseUrl(about.settings, 'GITHUB_API_URL', 'https://api.github.com');

/** The manifest is posted to GitHub's page by the person's own browser. */
function create(values: ConnectValues, about: ConnectAbout, state: string): ConnectStep {
  const organization = values['organization']?.trim() ?? '';
  if (organization !== '' && !SLUG.test(organization))
    throw new Failure('invalid', 'organization must be its name as in github.com/NAME');
  const of = organization === '' ? '' : `/organizations/${organization}`;
  const made = manifest({ ...about, path: PATH });
  const url = `${webUrl(about)}${of}/settings/apps/new?${new URLSearchParams({ state }).toString()}`;
  return { installs: [], go: { url, form: { manifest: JSON.stringify(made) } } };
}

const conversion = z.object({
  id: z.int().positive(),
  slug: z.string().regex(SLUG),
  name,
  pem: z.string().min(1).max(20_000),
  webhook_secret: z.string().min(1).max(1_000),
  client_id: z.string().max(200),
  client_secret: z.string().max(1_000),
});

/** The app is made: GitHub gives its secrets once, for a code that is good for an hour. */
async function convert(query: ConnectValues, about: ConnectAbout, state: string): Promise<ConnectStep> {
  const code = query['code'] ?? '';
  if (!/^[\w-]{1,200}$/.test(code)) throw new Failure('invalid', 'GitHub sent no code back: begin again');
  const url = `${apiUrl(about)}/app-manifests/${code}/conversions`;
  const headers = { accept: 'application/vnd.github+json', 'user-agent': 'switchboard' };
  const answer = await call({ method: 'POST', url, headers }, about.signal);
  if (answer.status === 404 || answer.status === 422)
    throw new Failure('refused', 'GitHub does not know this code any more: begin again');
  // The address holds the code, which is a secret until it is used.
  if (answer.status >= 300) throw refusal('POST /app-manifests/:code/conversions', answer);
  const parsed = conversion.safeParse(parseJson(answer.text));
  if (!parsed.success)
    throw new Failure(
      'unknown-outcome',
      'GitHub’s answer is in an unknown shape: delete the app there and begin again',
    );
  const { id, slug, name: title, pem, webhook_secret, client_id, client_secret } = parsed.data;
  const credentials = {
    APP_ID: String(id),
    PRIVATE_KEY: pem,
    WEBHOOK_SECRET: webhook_secret,
    GITHUB_APP_SLUG: slug,
    GITHUB_CLIENT_ID: client_id,
    GITHUB_CLIENT_SECRET: client_secret,
  };
  const details = { external: String(id), slug };
  return { credentials, name: title, details, installs: [], go: installPage(credentials, about, state) };
}

async function paste(values: ConnectValues, about: ConnectAbout, state: string): Promise<ConnectStep> {
  const given = {
    APP_ID: required(values, 'APP_ID'),
    PRIVATE_KEY: required(values, 'PRIVATE_KEY'),
    WEBHOOK_SECRET: required(values, 'WEBHOOK_SECRET'),
  };
  const client = clientFor(given, about);
  const self = z.object({ slug: z.string().regex(SLUG), name }).parse(await client.asApp('GET /app', about.signal));
  const credentials = { ...given, GITHUB_APP_SLUG: self.slug };
  const details = { external: given.APP_ID, slug: self.slug };
  const installs = await list(credentials, about);
  const next = installs.length > 0 ? {} : { go: installPage(credentials, about, state) };
  return { credentials, name: self.name, details, installs, ...next };
}

function installPage(credentials: ConnectValues, about: ConnectAbout, state: string): { url: string } {
  const slug = required(credentials, 'GITHUB_APP_SLUG');
  const query = new URLSearchParams({ state }).toString();
  return { url: `${webUrl(about)}/apps/${slug}/installations/new?${query}` };
}

/** What comes back in the address is anybody's word: only GitHub knows whether it is an installation of this app. */
async function installed(query: ConnectValues, credentials: ConnectValues, about: ConnectAbout): Promise<ConnectStep> {
  const id = query['installation_id'] ?? '';
  if (query['setup_action'] === 'request')
    throw new Failure('refused', 'GitHub has asked an owner of the organization: come back when it is approved');
  if (!/^\d{1,15}$/.test(id)) throw new Failure('invalid', 'GitHub sent no installation back: begin again');
  const found = (await list(credentials, about)).find(({ install }) => install === id);
  if (found === undefined) throw new Failure('refused', 'this is no installation of this app: install it again');
  return { installs: [found] };
}

const installation = z.object({
  id: z.int().positive(),
  account: z.object({ login: name }).nullish(),
  permissions: z.record(z.string(), z.string()).default({}),
  suspended_at: z.string().nullish(),
});

/** The first hundred; more than that come by their events. */
async function list(credentials: ConnectValues, about: ConnectAbout): Promise<readonly ConnectInstall[]> {
  const answer = await clientFor(credentials, about).asApp('GET /app/installations?per_page=100', about.signal);
  const parsed = z.array(installation).safeParse(answer);
  if (!parsed.success) throw new Failure('unavailable', 'GitHub’s list of installations is in an unknown shape');
  return parsed.data
    .filter(({ suspended_at }) => typeof suspended_at !== 'string')
    .map(({ id, account, permissions }) => ({
      install: String(id),
      name: account?.login ?? `installation ${id}`,
      details: { scopes: grantsOf(permissions, true) },
    }));
}

/** As `issues:write`; who may write may read. */
export function grantsOf(permissions: Readonly<Record<string, string>>, withRead: boolean): readonly string[] {
  const all = Object.entries(permissions).map(([area, level]) => `${area}:${level}`);
  if (!withRead) return all;
  return [...new Set([...all, ...all.map((grant) => grant.replace(/:(write|admin)$/, ':read'))])].toSorted();
}

async function leave(credentials: ConnectValues, { install }: CheckedInstall, about: ConnectAbout): Promise<void> {
  if (!/^\d{1,15}$/.test(install)) return;
  await clientFor(credentials, about).asApp(`DELETE /app/installations/${install}`, about.signal);
}

export function clientFor(credentials: ConnectValues, about: ConnectAbout): Client {
  const appId = required(credentials, 'APP_ID');
  if (!/^\d{1,15}$/.test(appId)) throw new Failure('invalid', 'APP_ID must be the number in the GitHub App settings');
  const privateKey = privateKeyOf(required(credentials, 'PRIVATE_KEY'));
  return openClient({ appId, privateKey, apiUrl: apiUrl(about) });
}
