import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../kit/body.ts';
import { jsonIn } from '../kit/json.ts';
import type { Ledger } from '../kit/ledger.ts';
import { hidden, html, redirect, sendPage } from '../kit/page.ts';
import type { App, AppStore } from './app-store.ts';
import { manifestShape, TEAMS } from './app-store.ts';

type Pages = { readonly store: AppStore; readonly ledger: Ledger };
type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly url: URL };

const MOST_BYTES = 100_000;

/** Pages that people walk through to allow or to create an app. False: it is none of them. */
export async function openAppPage(exchange: Exchange, pages: Pages): Promise<boolean> {
  const { request, url } = exchange;
  const name = `${request.method} ${url.pathname}`;
  const page = PAGES.get(name);
  if (page === undefined) return false;
  const body = request.method === 'POST' ? await bodyOf(request, MOST_BYTES) : '';
  const form = new URLSearchParams(request.method === 'POST' ? (body ?? '') : url.search);
  const { status, about } = page(form, exchange.response, pages.store);
  pages.ledger.write({ call: name, performed: status < 400, status, about });
  return true;
}

type Shown = { readonly status: number; readonly about: string };
type Page = (form: URLSearchParams, response: ServerResponse, store: AppStore) => Shown;

function refuse(response: ServerResponse, about: string): Shown {
  sendPage(response, 400, 'Something went wrong', `<p>${html(about)}</p>`);
  return { status: 400, about };
}

/** The app and what is asked for it, or what is wrong with that. */
function readAsked(form: URLSearchParams, store: AppStore): { readonly app: App } | string {
  const app = store.byClient(form.get('client_id') ?? '');
  if (app === undefined) return 'invalid_client_id';
  const { redirect_urls, scopes } = app.manifest.oauth_config;
  if (!redirect_urls.includes(form.get('redirect_uri') ?? '')) return 'bad_redirect_uri';
  const asked = scopesIn(form);
  return asked.length > 0 && asked.every((scope) => scopes.bot.includes(scope)) ? { app } : 'invalid_scope';
}

const scopesIn = (form: URLSearchParams): readonly string[] =>
  (form.get('scope') ?? '').split(',').filter((scope) => scope !== '');

const ASKED = ['client_id', 'scope', 'redirect_uri', 'state'] as const;

const authorize: Page = (form, response, store) => {
  const asked = readAsked(form, store);
  if (typeof asked === 'string') return refuse(response, asked);
  const { name } = asked.app.manifest.display_information;
  const options = TEAMS.map((team) => `<option value="${team.id}">${html(team.name)}</option>`).join('');
  const fields = hidden(Object.fromEntries(ASKED.map((field) => [field, form.get(field) ?? ''])));
  const scopes = scopesIn(form).map((scope) => `<li>${html(scope)}</li>`);
  sendPage(
    response,
    200,
    `${name} is requesting permission to access a workspace`,
    `<form method="post" action="/oauth/v2/allow">${fields}<p><label>Workspace <select name="team">${options}</select></label></p><ul>${scopes.join('')}</ul>
<p><button name="answer" value="cancel">Cancel</button> <button name="answer" value="allow">Allow</button></p></form>`,
  );
  return { status: 200, about: asked.app.id };
};

const allow: Page = (form, response, store) => {
  const asked = readAsked(form, store);
  if (typeof asked === 'string') return refuse(response, asked);
  const team = TEAMS.find(({ id }) => id === form.get('team'));
  if (team === undefined) return refuse(response, 'invalid_team_for_non_distributed_app');
  const redirectUri = form.get('redirect_uri') ?? '';
  const back = new URL(redirectUri);
  if (form.get('answer') === 'allow') {
    const code = `${Date.now()}.${randomBytes(16).toString('hex')}`;
    store.codes.set(code, { app: asked.app, team, scopes: scopesIn(form), redirectUri, at: Date.now(), used: false });
    back.searchParams.set('code', code);
  } else back.searchParams.set('error', 'access_denied');
  back.searchParams.set('state', form.get('state') ?? '');
  redirect(response, back.href);
  return { status: 302, about: `${asked.app.id} in ${team.id}` };
};

/** `?new_app=1&manifest_json=…`: the manifest is shown, and one button makes the app of it. */
const newApp: Page = (form, response) => {
  const text = form.get('manifest_json') ?? '';
  const manifest = manifestShape.safeParse(jsonIn(text));
  if (!manifest.success) return refuse(response, 'invalid_manifest');
  const { name } = manifest.data.display_information;
  const body = `<form method="post" action="/apps">${hidden({ manifest: text })}<pre>${html(text)}</pre><button>Create</button></form>`;
  sendPage(response, 200, `Create ${name}`, body);
  return { status: 200, about: name };
};

const createApp: Page = (form, response, store) => {
  const manifest = manifestShape.safeParse(jsonIn(form.get('manifest') ?? ''));
  if (!manifest.success) return refuse(response, 'invalid_manifest');
  const app = store.add(manifest.data);
  const rows = Object.entries({
    'Client ID': app.clientId,
    'Client Secret': app.clientSecret,
    'Signing Secret': app.signingSecret,
  });
  const list = rows.map(([label, value]) => `<dt>${label}</dt><dd><code>${value}</code></dd>`).join('');
  sendPage(response, 200, 'Basic Information', `<dl>${list}</dl>`);
  return { status: 200, about: app.id };
};

const PAGES: ReadonlyMap<string, Page> = new Map([
  ['GET /oauth/v2/authorize', authorize],
  ['POST /oauth/v2/allow', allow],
  ['GET /apps', newApp],
  ['POST /apps', createApp],
]);
