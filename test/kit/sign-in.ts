import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { openAuth, type Auth } from '../../src/auth/open.ts';
import type { AuthConfig } from '../../src/config-auth.ts';
import { DEFAULT_ORGANIZATION, registerEnvironmentApps } from '../../src/db/apps.ts';
import { inOrganization } from '../../src/db/database.ts';
import { inSignIn, newToken, tokenHash } from '../../src/db/sign-in.ts';
import { openKeyRing } from '../../src/vault/keys.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';

export const PASSWORD = 'a long enough password';

/** A browser before sign-in: it keeps cookies, and says where it comes from. */
export type Browser = {
  readonly cookies: Map<string, string>;
  readonly get: (path: string) => Promise<Response>;
  readonly post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
  /** As the browser sends it anywhere on this origin. */
  readonly request: (url: string, method?: string, body?: unknown) => Request;
};

export type TestAuth = {
  readonly auth: Auth;
  readonly database: TestDatabase;
  readonly url: string;
  /** Lines of the log. */
  readonly lines: string[];
  readonly browser: (address?: string) => Browser;
  /** A second process over the same database, with the same keys or a newer one before them. */
  readonly another: (
    newKey?: boolean,
  ) => Promise<{ auth: Auth; browser: (address?: string) => Browser } & AsyncDisposable>;
  /** A browser that is signed in as the first owner. */
  readonly owner: () => Promise<Browser>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const PLAIN: AuthConfig = {
  smtpUrl: undefined,
  mailFrom: '',
  social: {},
  allowPrivateIssuers: true,
  clientHeader: undefined,
};

/** Sign-in over a database of its own, with the default organization and nobody in it. */
export async function openTestAuth(config: Partial<AuthConfig> = {}, url = 'http://localhost:3000'): Promise<TestAuth> {
  const database = await openTestDatabase();
  await inOrganization(database.db, DEFAULT_ORGANIZATION, (tx) => registerEnvironmentApps(tx, []));
  const ring = await openKeyRing(randomBytes(32).toString('base64'), '');
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const open = (keys = ring) =>
    openAuth({
      db: database.db,
      databaseUrl: database.url,
      url: () => url,
      keys: () => Promise.resolve(keys),
      config: { ...PLAIN, ...config },
      log,
    });
  const auth = await open().catch(async (thrown: unknown) => {
    await database[Symbol.asyncDispose]();
    throw thrown;
  });
  const browser = (address?: string) => openBrowser(auth, url, address);
  return {
    auth,
    database,
    url,
    lines,
    browser,
    async another(newKey = false) {
      const [newest] = await openKeyRing(randomBytes(32).toString('base64'), '');
      const auth = await open(newKey ? [newest, ...ring] : ring);
      return {
        auth,
        browser: (address) => openBrowser(auth, url, address),
        [Symbol.asyncDispose]: () => auth[Symbol.asyncDispose](),
      };
    },
    async owner() {
      const link = await auth.firstRun();
      const owner = browser();
      const token = link?.split('#')[1];
      const answer = await owner.post('/first-run', {
        token,
        name: 'Ada',
        email: 'ada@example.com',
        password: PASSWORD,
      });
      if (answer.status !== 200) throw new Error(await answer.text());
      return owner;
    },
    async [Symbol.asyncDispose]() {
      await auth[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

let addresses = 0;

/** An address of its own unless one is named: limits are per address. */
function openBrowser(auth: Auth, url: string, address = `198.51.100.${(addresses += 1) % 250}`): Browser {
  const cookies = new Map<string, string>();
  const headersOf = (): Record<string, string> => ({
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    'user-agent': 'Test/1.0',
    'sec-fetch-site': 'same-origin',
  });
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const answer = await auth.handler(new Request(`${url}/api/auth${path}`, init), address);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  return {
    cookies,
    get: (path) => send(path, { headers: headersOf() }),
    post: (path, body = {}, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { ...headersOf(), origin: url, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    request: (at, method = 'GET', body) =>
      new Request(new URL(at, url), {
        method,
        headers: { ...headersOf(), 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}

/** Somebody with a password, who was asked in. */
export async function addPerson(
  { database, browser }: TestAuth,
  email: string,
  role: string,
  organization: string = DEFAULT_ORGANIZATION,
): Promise<Browser> {
  const token = newToken();
  await inSignIn(
    database.db,
    (tx) => tx`insert into auth.invitations (organization_id, email, role, token_hash, invited_by, expires_at)
      select ${organization}, ${email}, ${role}, ${tokenHash(token)}, id, now() + interval '1 day' from auth."user" order by "createdAt" limit 1`,
  );
  const person = browser();
  const name = email.split('@')[0];
  const answer = await person.post('/invitation/accept', { token, name, password: PASSWORD });
  if (answer.status !== 200) throw new Error(await answer.text());
  return person;
}

/** A field of a JSON answer, wherever it stands. */
export async function fieldOf(answer: Response, name: string): Promise<string> {
  const text = await answer.text();
  const found = new RegExp(`"${name}":"([^"]*)"`).exec(text)?.[1];
  if (found === undefined) throw new Error(`${answer.status}: no ${name} in ${text}`);
  return found;
}
