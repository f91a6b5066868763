import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono, type Context } from 'hono';
import { z } from 'zod';

/** What a built file is called: Vite puts a hash of its content into the name, so that it never changes. */
const ASSET = /^[\w-]+\.(?<kind>js|css|svg|woff2)$/;
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};
/** The best first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

const Paths = z.array(z.string());

/**
 * The console as it was built into `folder`: its files, and the page itself at every address that it knows. Other requests
 * go on to what stands behind. A console that was not built is a page that says how to.
 * @param forms origins to which a page of ours may post a form, beside its own: of platforms that are connected by one.
 */
export function consoleFiles(folder: string, forms: readonly string[] = []): Hono {
  const app = new Hono();
  app.get('/assets/:name', async (c, next) => {
    const kind = ASSET.exec(c.req.param('name'))?.groups?.['kind'];
    if (kind === undefined) return next();
    const found = await file(c, join(folder, 'assets', c.req.param('name')), kind);
    found?.headers.set('cache-control', 'public, max-age=31536000, immutable');
    return found ?? next();
  });
  app.get('/mark.svg', async (c, next) => {
    const found = await file(c, join(folder, 'mark.svg'), 'svg');
    found?.headers.set('cache-control', 'public, max-age=86400');
    return found ?? next();
  });
  app.get('*', async (c, next) => {
    const paths = await pathsOf(folder);
    if (paths === undefined) return c.req.path === '/' ? notBuilt(c) : next();
    if (!paths.some((path) => fits(path, c.req.path))) return next();
    const nonce = randomBytes(16).toString('base64');
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    return secured(c, c.html(html.replace('%NONCE%', nonce)), { nonce, forms });
  });
  return app;
}

/** Whether an address is one of a path of the console, as `/installs/$install`. Pure. */
export function fits(path: string, address: string): boolean {
  const [wanted, given] = [path.split('/'), address.replace(/(?<=.)\/$/, '').split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith('$') ? given[index] !== '' : part === given[index]))
  );
}

/** A file in the smallest form that the browser takes; undefined: there is none. */
async function file(c: Context, path: string, kind: string): Promise<Response | undefined> {
  const accepted = c.req.header('accept-encoding') ?? '';
  const headers = {
    'content-type': TYPES[kind] ?? 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  };
  for (const [encoding, ending] of ENCODINGS) {
    if (!new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$))`).test(accepted)) continue;
    const bytes = await readFile(path + ending).catch(() => undefined);
    if (bytes !== undefined) return new Response(bytes, { headers: { ...headers, 'content-encoding': encoding } });
  }
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : new Response(bytes, { headers });
}

/** The addresses that the build knows; undefined: nothing was built. */
async function pathsOf(folder: string): Promise<readonly string[] | undefined> {
  const text = await readFile(join(folder, 'paths.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Paths.parse(JSON.parse(text));
}

/**
 * No code and no style but ours: the styles that the components make while the page runs carry the nonce of this one answer.
 * Whoever came by https is to stay there; over http browsers pass that over (RFC 6797, section 8.1), so that nobody can
 * lock anybody out with a forged header.
 */
function secured(
  c: Context,
  page: Response,
  { nonce, forms }: { readonly nonce: string; readonly forms: readonly string[] },
): Response {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    ["form-action 'self'", ...forms].join(' '),
    "frame-src 'none'",
    "frame-ancestors 'none'",
  ];
  const headers = {
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self)',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
  for (const [name, value] of Object.entries(headers)) page.headers.set(name, value);
  const scheme = c.req.header('x-forwarded-proto') ?? new URL(c.req.url).protocol.slice(0, -1);
  if (scheme === 'https') page.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  return page;
}

function notBuilt(c: Context): Response {
  const page = `<!doctype html><html lang="en"><title>Switchboard</title><h1>The console is not built yet</h1>
<p>The hub itself works. Run <code>npm run build:console</code> in its folder, then load this page again.</p></html>`;
  return secured(c, c.html(page, 503), { nonce: randomBytes(16).toString('base64'), forms: [] });
}
