import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { bodyOf } from '../kit/body.ts';
import { jsonIn } from '../kit/json.ts';
import { hidden, html, redirect, sendPage } from '../kit/page.ts';
import type { Answering } from '../kit/server.ts';
import type { Repository } from './repository.ts';
import type { Serving } from './server.ts';
import { openUniverse, type Universe } from './universe.ts';
import { createWorld } from './world.ts';

/** docs: Registering a GitHub App from a manifest. */
const manifestShape = z.object({
  name: z.string().min(1).max(34),
  url: z.url(),
  hook_attributes: z.object({ url: z.url() }),
  redirect_url: z.url(),
  setup_url: z.url().optional(),
  default_permissions: z.record(z.string(), z.string()).default({}),
});

type Conversion = { readonly body: object; readonly at: number };

/** Apps that people make here: each is a universe of its own, on the same repository. */
export type Created = {
  readonly apps: readonly Universe[];
  readonly setupUrls: Map<string, string | undefined>;
  readonly codes: Map<string, Conversion>;
  readonly make: (manifest: z.output<typeof manifestShape>) => string;
  readonly shared: Pick<Serving, 'limits' | 'faults' | 'ledger'>;
};

type Ground = {
  readonly url: string;
  readonly git: Repository;
  readonly closers: AsyncDisposableStack;
  readonly shared: Created['shared'];
};

export function openCreated({ url, git, closers, shared }: Ground): Created {
  const apps: Universe[] = [];
  const setupUrls: Created['setupUrls'] = new Map();
  const codes: Created['codes'] = new Map();
  return {
    apps,
    setupUrls,
    codes,
    shared,
    make({ name, hook_attributes, setup_url, default_permissions: permissions }) {
      const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const secret = randomBytes(20).toString('hex');
      const id = randomInt(1_000_000, 9_000_000);
      const slug = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${apps.length + 1}`;
      const hook = new URL(hook_attributes.url);
      const world = createWorld(url, git, id, { id, slug, name, permissions });
      const universe = openUniverse(world, { publicKey: keys.publicKey, secret, path: hook.pathname }, shared);
      universe.webhooks.deliverTo(hook.origin);
      closers.use(universe.webhooks);
      apps.push(universe);
      setupUrls.set(slug, setup_url);
      const code = randomBytes(20).toString('hex');
      const pem = keys.privateKey.export({ type: 'pkcs1', format: 'pem' });
      const client = {
        client_id: `Iv23li${randomBytes(7).toString('hex')}`,
        client_secret: randomBytes(20).toString('hex'),
      };
      codes.set(code, {
        body: { id, slug, name, pem, webhook_secret: secret, ...client, permissions },
        at: Date.now(),
      });
      return code;
    },
  };
}

/** Every request goes to a page, to the conversion of a code, or to the app that it is signed by. */
export function answeringAll(created: Created, own: Universe): Answering {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (await openPage({ request, response, url }, created)) return;
    const { authorization } = request.headers;
    const mine = created.apps.find(
      ({ access }) =>
        access.checkInstallation(authorization) === undefined || access.checkApp(authorization) === undefined,
    );
    return (mine ?? own).answer(request, response);
  };
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly url: URL };
type Page = (
  given: Exchange & { readonly form: URLSearchParams; readonly part: string },
  created: Created,
) => number | Promise<number>;

async function openPage(exchange: Exchange, created: Created): Promise<boolean> {
  const { request, url } = exchange;
  for (const [method, pattern, name, page] of PAGES) {
    const found = request.method === method ? pattern.exec(url.pathname) : null;
    if (found === null) continue;
    const form = new URLSearchParams(method === 'POST' ? ((await bodyOf(request, 200_000)) ?? '') : '');
    const status = await page({ ...exchange, form, part: found[1] ?? '' }, created);
    created.shared.ledger.write({ call: name, performed: status < 400, status, about: name });
    return true;
  }
  return false;
}

function refuse(response: ServerResponse, why: string): number {
  sendPage(response, 422, 'Something went wrong', `<p>${html(why)}</p>`);
  return 422;
}

const showNew: Page = ({ form, response, url }) => {
  const text = form.get('manifest') ?? '';
  const manifest = manifestShape.safeParse(jsonIn(text));
  if (!manifest.success) return refuse(response, 'the manifest is not valid');
  const fields = hidden({ manifest: text, state: url.searchParams.get('state') ?? '' });
  const name = html(manifest.data.name);
  const body = `<form method="post" action="/settings/apps"><p>GitHub App name: ${name}</p>${fields}<button>Create GitHub App for ada</button></form>`;
  sendPage(response, 200, 'Create GitHub App', body);
  return 200;
};

const create: Page = ({ form, response }, created) => {
  const manifest = manifestShape.safeParse(jsonIn(form.get('manifest') ?? ''));
  if (!manifest.success) return refuse(response, 'the manifest is not valid');
  const back = new URL(manifest.data.redirect_url);
  back.searchParams.set('code', created.make(manifest.data));
  back.searchParams.set('state', form.get('state') ?? '');
  redirect(response, back.href);
  return 302;
};

const HOUR_MS = 3_600_000;

/** Its secrets are given once, within an hour. */
const convert: Page = ({ part, response }, { codes }) => {
  const conversion = codes.get(part);
  codes.delete(part);
  const status = conversion === undefined || Date.now() - conversion.at > HOUR_MS ? 404 : 201;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(status === 404 ? { message: 'Not Found' } : conversion?.body));
  return status;
};

const showInstall: Page = ({ part, response, url }, { apps }) => {
  const app = apps.find(({ world }) => world.app.slug === part);
  if (app === undefined) return refuse(response, 'there is no such app');
  const { name } = app.world.app;
  const body = `<form method="post" action="/apps/${part}/installations">${hidden({ state: url.searchParams.get('state') ?? '' })}<p>on ${html(app.world.owner.login)}, all repositories</p><button>Install</button></form>`;
  sendPage(response, 200, `Install ${name}`, body);
  return 200;
};

const install: Page = async ({ part, form, response }, { apps, setupUrls }) => {
  const app = apps.find(({ world }) => world.app.slug === part);
  if (app === undefined) return refuse(response, 'there is no such app');
  const { world, speech } = app;
  world.installation.active = true;
  world.permissions.granted = world.permissions.app;
  await speech.installation('created');
  const setupUrl = setupUrls.get(part);
  if (setupUrl === undefined) {
    sendPage(response, 200, 'Okay, it was installed', '');
    return 200;
  }
  const back = new URL(setupUrl);
  back.searchParams.set('installation_id', String(world.installation.id));
  back.searchParams.set('setup_action', 'install');
  back.searchParams.set('state', form.get('state') ?? '');
  redirect(response, back.href);
  return 302;
};

const PAGES: readonly (readonly [string, RegExp, string, Page])[] = [
  ['POST', /^(?:\/organizations\/[\w-]+)?\/settings\/apps\/new$/, 'POST /settings/apps/new', showNew],
  ['POST', /^\/settings\/apps$/, 'POST /settings/apps', create],
  ['POST', /^\/app-manifests\/(\w+)\/conversions$/, 'POST /app-manifests/:code/conversions', convert],
  ['GET', /^\/apps\/([\w-]+)\/installations\/new$/, 'GET /apps/:slug/installations/new', showInstall],
  ['POST', /^\/apps\/([\w-]+)\/installations$/, 'POST /apps/:slug/installations', install],
];
