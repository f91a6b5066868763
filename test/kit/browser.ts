import { existsSync } from 'node:fs';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { chromium, type Browser, type Page } from 'playwright-core';
import pino from 'pino';
import { z } from 'zod';
import { openChatSockets } from '../../src/chat/sockets.ts';
import { openTeller } from '../../src/chat/tell.ts';
import { openUpgrade } from '../../src/chat-upgrade.ts';
import { openAccept } from '../../src/intake/accept.ts';
import { openAuth, type Auth } from '../../src/auth/open.ts';
import { listings } from '../../adapters/listings.ts';
import { DEFAULT_ORGANIZATION, environmentApp } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { listServers, noteServer } from '../../src/db/mcp-servers.ts';
import { consoleFiles } from '../../src/http/console-files.ts';
import { Failure } from '../../src/model/failure.ts';
import { openKeyRing } from '../../src/vault/keys.ts';
import { paperConnections } from './connections.ts';
import { openTestConsole, type TestConsole } from './console.ts';
import { openTestHub, type TestHub } from './hub.ts';
import { openListener } from './listen.ts';
import { openPaperPlatform, paperDelivery, paperMessage } from './paper-platform.ts';
import { PASSWORD } from './sign-in.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where the console is built to. */
export const DIST = new URL('../../console/dist', import.meta.url).pathname;

/** As Debian has it. The first is Chromium without its own window, and takes a third less of the processor. */
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** @throws when there is no Chromium: the error names the package. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PROGRAMS.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error(
      'tests of the console need Chromium: apt-get install chromium-headless-shell, or CHROMIUM=its path',
    );
  return chromium.launch({ executablePath, args: FLAGS });
}

/** What a browser complained of: messages of errors, refused styles and code, failed requests. */
export type Complaints = readonly string[];

/** Listens to all that goes wrong in a page. */
export function listenForComplaints(page: Page): Complaints {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  return complaints;
}

export type TestSite = {
  readonly url: string;
  readonly console: TestConsole;
  readonly auth: Auth;
  /** The cookies of the first owner's session. */
  readonly cookies: readonly { readonly name: string; readonly value: string; readonly url: string }[];
  /** Addresses of the console's paths, with ids of what is there. */
  readonly addressOf: (path: string) => string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** What somebody may say to get something past the page that shows it. */
export const HOSTILE = '<img src=x onerror="document.title=1"> [a](javascript:alert(1)) **bold**';

/** The built console over a real hub and its real sign-in. */
export async function openTestSite(): Promise<TestSite> {
  if (!existsSync(`${DIST}/paths.json`)) throw new Error('the console is not built: npm run build:console');
  await using open = new AsyncDisposableStack();
  const hub = open.use(await talk());
  const app = new Hono();
  const answer = getRequestListener(app.fetch);
  const late: { upgrade?: ReturnType<typeof openUpgrade> } = {};
  const { url } = open.use(
    await openListener(
      (incoming, outgoing) => void answer(incoming, outgoing),
      (incoming, socket, head) => late.upgrade?.(incoming, socket, head),
    ),
  );
  const auth = open.use(
    await openAuth({
      db: hub.database.db,
      databaseUrl: hub.database.url,
      url: () => url,
      keys: () => openKeyRing(Buffer.alloc(32, 7).toString('base64'), ''),
      config: { smtpUrl: undefined, mailFrom: '', social: {}, allowPrivateIssuers: true, clientHeader: undefined },
      log: pino({ level: 'silent' }),
    }),
  );
  const { db } = hub.database;
  const { identify, people } = auth;
  const connections = paperConnections(db, { listings });
  const { tell } = open.use(openTeller(db, 20));
  const sockets = open.use(openChatSockets({ db, tell, log: pino({ level: 'silent' }) }));
  const chat = { db, connections, accept: openAccept(db), tell, sockets };
  const console = open.use(await openTestConsole({ identify, people, connections, chat }, hub.database));
  late.upgrade = openUpgrade({ api: console.api, identify, sockets, log: pino({ level: 'silent' }) });
  app.all('/api/auth/*', (c) => auth.handler(c.req.raw, undefined));
  app.all('/api/*', (c) => console.api.fetch(c.req.raw));
  app.route('/', consoleFiles(DIST));
  const cookies = await makeOwner(auth, url);
  await furnish(console, cookies);
  const ids = await idsOf(console, cookies);
  const closing = open.move();
  return {
    url,
    console,
    auth,
    cookies,
    addressOf: (path) => path.replaceAll(/\$(\w+)/g, (_, name: string) => encodeURIComponent(ids[name] ?? name)),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function makeOwner(auth: Auth, url: string): Promise<TestSite['cookies']> {
  const token = (await auth.firstRun())?.split('#')[1];
  return come(auth, url, { path: '/first-run', token, name: 'Ada Lovelace', email: 'ada@example.com' });
}

/** Somebody else who was asked in as a viewer, and came. */
export async function makeViewer({ console, auth, cookies, url }: TestSite): Promise<TestSite['cookies']> {
  const headers = { cookie: cookieOf(cookies), 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'vera@example.com', role: 'viewer' });
  const answer = await console.api.request('/api/v1/invitations', { method: 'POST', headers, body });
  const { link } = z.object({ link: z.string() }).parse(await answer.json());
  return come(auth, url, { path: '/invitation/accept', token: link.split('#')[1], name: 'Vera' });
}

async function come(
  auth: Auth,
  url: string,
  { path, ...who }: Readonly<Record<string, string | undefined>>,
): Promise<TestSite['cookies']> {
  const body = JSON.stringify({ ...who, password: PASSWORD });
  const headers = { 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin' };
  const answer = await auth.handler(new Request(`${url}/api/auth${path}`, { method: 'POST', headers, body }), '::1');
  if (!answer.ok) throw new Error(await answer.text());
  return answer.headers.getSetCookie().map((line) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    return { name, value, url };
  });
}

/** A hub in which something was asked, answered, ignored and given up. */
async function talk(): Promise<TestHub> {
  const paper = openPaperPlatform();
  const hub = await openTestHub(paper, () => `You asked for it: ${HOSTILE}`);
  const say = async (text: string, more: Parameters<typeof paperMessage>[1]): Promise<void> => {
    await hub.accept(paperDelivery(paperMessage(text, more), `delivery/${more?.id}`));
    await hub.settled();
  };
  await say('How do I deploy?', { id: 'm1', thread: 'deploys' });
  await say(HOSTILE, { id: 'm2', thread: 'deploys', author: HOSTILE });
  await say('Not for you', { id: 'm3', thread: 'random', why: 'overheard' });
  paper.failNext('post', new Failure('refused', 'the channel is archived'));
  await say('Anybody?', { id: 'm4', thread: 'archive' });
  return hub;
}

const cookieOf = (cookies: TestSite['cookies']): string =>
  cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

/** One of each that somebody makes, and a workspace. */
async function furnish({ api, database }: TestConsole, cookies: TestSite['cookies']): Promise<void> {
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const headers = { cookie: cookieOf(cookies), 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    const answer = await api.request(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  };
  await inOrganization(
    database.db,
    DEFAULT_ORGANIZATION,
    (tx) => tx`insert into switchboard.installs (organization_id, id, app_id, external_id, name, details)
      values (${DEFAULT_ORGANIZATION}, gen_random_uuid(), ${environmentApp('slack')}, 'T0001', 'Acme', '{"scopes": []}')`,
  );
  await send('PUT', '/models/claude', { protocol: 'anthropic', model: 'claude-opus-4-5', key: 'sk-of-nobody' });
  await send('PUT', '/models/demo', { protocol: 'demo', model: 'demo' });
  await send('PUT', '/mcp-servers/tickets', {
    url: 'https://tools.example/mcp',
    headers: { 'x-api-key': 'of-nobody' },
  });
  await inOrganization(database.db, DEFAULT_ORGANIZATION, async (tx) => {
    const [server] = await listServers(tx);
    const find = { name: 'find_ticket', description: `Finds tickets. ${HOSTILE}`, effect: 'reads' } as const;
    const close = { name: 'close_ticket', description: 'Closes a ticket.', effect: 'writes' } as const;
    if (server !== undefined) await noteServer(tx, server, { tools: [find, close] });
  });
  const month = { scope: 'organization', every: 'month', timeZone: 'Europe/Berlin' };
  await send('POST', '/budgets', { ...month, dollars: 50 });
  await send('POST', '/invitations', { email: 'grace@example.com', role: 'operator' });
  await send('POST', '/keys', { name: 'Nightly export', role: 'analyst', scopes: ['usage:read'], days: 90 });
  await send('PUT', '/policies', {
    answer: 'mention',
    quiet: { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' },
  });
}

/** Of what the routes with a parameter are looked at. */
async function idsOf({ api }: TestConsole, cookies: TestSite['cookies']): Promise<Readonly<Record<string, string>>> {
  const cookie = cookieOf(cookies);
  const read = async (path: string): Promise<unknown> => (await api.request(path, { headers: { cookie } })).json();
  const talks = Talks.parse(await read('/api/v1/conversations')).items;
  const [delivery] = Sent.parse(await read('/api/v1/deliveries')).items;
  return {
    chat: await beginChat(api, cookie),
    id: talks.find(({ thread }) => thread === 'deploys')?.id ?? '',
    app: delivery?.app ?? '',
    delivery: delivery?.delivery ?? '',
  };
}

/** A conversation of the owner's own, in which somebody has written. */
async function beginChat(api: TestConsole['api'], cookie: string): Promise<string> {
  const headers = { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
  const post = async (path: string, body: unknown): Promise<unknown> =>
    (await api.request(`/api/v1/chat${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  const { id } = Begun.parse(await post('', {}));
  await post(`/${id}/messages`, { nonce: 'the-first-message', text: `${HOSTILE}\n\n\`\`\`diff\n-old\n+new\n\`\`\`` });
  return id;
}

const Begun = z.object({ id: z.string() });
const Talks = z.object({ items: z.array(z.object({ id: z.string(), thread: z.string() })) });
const Sent = z.object({ items: z.array(z.object({ app: z.string(), delivery: z.string() })) });
