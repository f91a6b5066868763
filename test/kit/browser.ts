import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Principal } from '../../src/auth/principal.ts';
import type { Role } from '../../src/auth/roles.ts';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { consoleFiles } from '../../src/http/console-files.ts';
import { openTestConsole, type TestConsole } from './console.ts';
import { openListener } from './listen.ts';

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

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS });

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
  readonly hub: TestConsole;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** The built console over a real API; the browser's cookie `role` says who asks, as no real sign-in has it. */
export async function openTestSite(): Promise<TestSite> {
  const identify = (request: Request): Promise<Principal | undefined> => {
    const role = /\brole=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1];
    const asker = { kind: 'person', id: 'person-1', name: 'Ada Lovelace', organization: DEFAULT_ORGANIZATION } as const;
    return Promise.resolve(role === undefined ? undefined : { ...asker, role: role as Role, scopes: undefined });
  };
  const hub = await openTestConsole({ identify });
  const app = new Hono();
  app.all('/api/*', (c) => hub.api.fetch(c.req.raw));
  app.route('/', consoleFiles(DIST));
  const answer = getRequestListener(app.fetch);
  const listener = await openListener((incoming, outgoing) => void answer(incoming, outgoing));
  return {
    url: listener.url,
    hub,
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      await hub[Symbol.asyncDispose]();
    },
  };
}
