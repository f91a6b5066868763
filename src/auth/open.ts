import { createHash } from 'node:crypto';
import type { AuthConfig } from '../config-auth.ts';
import type { Database } from '../db/database.ts';
import { renewFirstRun } from '../db/first-run.ts';
import { inSignIn, newToken, sweepSignIn, tokenHash } from '../db/sign-in.ts';
import { hasUsers } from '../db/users.ts';
import { toFailure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import { derivedKey, type KeyRing } from '../vault/keys.ts';
import { readBody } from './body.ts';
import { doorOf } from './doors.ts';
import type { Engine } from './engine.ts';
import { openIdentify, openSessionOf, type SessionOf } from './identify.ts';
import { openMail, type SendMail } from './mail.ts';
import { discover } from './oidc/discover.ts';
import type { Identify } from './principal.ts';

export type AuthOptions = {
  readonly db: Database;
  /** Of the same database. Holds a password. */
  readonly databaseUrl: string;
  /** Where browsers reach the console, as `https://hub.example.com`. Asked when it is needed: a port may be chosen late. */
  readonly url: () => string;
  readonly keys: () => Promise<KeyRing>;
  readonly config: AuthConfig;
  readonly log: Log;
};

/** What routes about people need of sign-in. */
export type People = {
  /** Where browsers reach the console, without a slash at the end. */
  readonly url: () => string;
  readonly keys: () => Promise<KeyRing>;
  readonly sendMail: SendMail;
  readonly sessionOf: SessionOf;
  /** @throws Failure that says why an issuer cannot be used. */
  readonly checkIssuer: (issuer: string) => Promise<void>;
};

/** Sign-in. Disposing it closes its connections. */
export type Auth = {
  /**
   * Answers what is asked of `/api/auth/…`.
   * @param address of the client, as the server sees it or a proxy that it trusts says; undefined: all share one limit.
   */
  readonly handler: (request: Request, address: string | undefined) => Promise<Response>;
  readonly identify: Identify;
  readonly people: People;
  /** While nobody is in: a link that makes the first owner, once, within the hour. Undefined: somebody is in. */
  readonly firstRun: () => Promise<string | undefined>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export const AUTH_PATH = '/api/auth';

const SWEEP_EVERY_MS = 3_600_000;

/**
 * Opens sign-in. better-auth itself is loaded by the first request that needs it (150 ms, about 60 MB): who is asking is
 * found without it.
 * @throws Failure `invalid` where a provider is configured that does not exist.
 */
export async function openAuth(options: AuthOptions): Promise<Auth> {
  const { db, log, config, keys } = options;
  const url = (): string => options.url().replace(/\/+$/, '');
  const isLocal = (): boolean => /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(url());
  const sendMail = openMail({ ...config, from: config.mailFrom, log, isLocal });
  const reach = { allowPrivate: config.allowPrivateIssuers };
  const sessionOf = openSessionOf(
    db,
    async () => secretsOf(await keys())[0].value,
    () => url().startsWith('https:'),
  );
  let engine: Promise<Engine> | undefined;
  const open = (): Promise<Engine> =>
    (engine ??= load({ ...options, url }, sendMail).catch((thrown: unknown) => {
      engine = undefined;
      throw thrown;
    }));
  // What is configured wrongly is said while somebody looks.
  if (Object.keys(config.social).length > 0) await open();
  const sweep = setInterval(() => {
    sweepSignIn(db).catch((error: unknown) => log.warn({ error }, 'what is over of sign-in was not swept'));
  }, SWEEP_EVERY_MS);
  sweep.unref();
  return {
    handler: openHandler({ db, config, sessionOf, open }),
    identify: openIdentify(db, sessionOf),
    people: { url, keys, sendMail, sessionOf, checkIssuer: async (issuer) => void (await discover(issuer, reach)) },
    firstRun: () => firstRun(db, url()),
    async [Symbol.asyncDispose]() {
      clearInterval(sweep);
      await (await engine?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}

async function load({ db, databaseUrl, url, keys, config, log }: AuthOptions, sendMail: SendMail): Promise<Engine> {
  const { openEngine } = await import('./engine.ts');
  const { social, allowPrivateIssuers: allowPrivate } = config;
  const secrets = secretsOf(await keys());
  return openEngine({ db, databaseUrl, url: url(), secrets, social, sendMail, keys, log, reach: { allowPrivate } });
}

type Secret = { readonly version: number; readonly value: string };

/** One for each key of the ring; each by a number that is always its own, which stands in what was encrypted with it. */
function secretsOf(ring: KeyRing): readonly [Secret, ...Secret[]] {
  const [first, ...others] = ring;
  const secretOf = (key: KeyRing[number]): Secret => ({
    version: createHash('sha256').update(key.id).digest().readUInt32BE(0),
    value: Buffer.from(derivedKey([key], 'sign-in')).toString('base64url'),
  });
  return [secretOf(first), ...others.map(secretOf)];
}

async function firstRun(db: Database, url: string): Promise<string | undefined> {
  const token = newToken();
  const isOpen = await inSignIn(db, async (tx) => {
    if (await hasUsers(tx)) return false;
    await renewFirstRun(tx, tokenHash(token));
    return true;
  });
  return isOpen ? `${url}/first-run#${token}` : undefined;
}

type Handling = {
  readonly db: Database;
  readonly config: AuthConfig;
  readonly sessionOf: SessionOf;
  readonly open: () => Promise<Engine>;
};

const say = (status: number, message: string): Response => Response.json({ message }, { status });

function openHandler({ db, config, sessionOf, open }: Handling): Auth['handler'] {
  const handle: Auth['handler'] = async (request, address) => {
    const path = new URL(request.url).pathname.slice(AUTH_PATH.length);
    const door = doorOf(request.method, path);
    if (door === undefined) return say(404, 'there is no such way in');
    if (path === '/offers') return offers(db, config);
    if (door.account && (await sessionOf(request))?.bound === true)
      return say(403, 'your organization’s provider signed you in: accounts are changed after signing in by password');
    const read = await readBody(request, address);
    if (read === undefined) return say(413, 'the body is larger than 64 KiB');
    const { handler } = await open();
    const answer = unkept(await handler(read));
    // What was shown to who has left stays in no browser (OWASP ASVS 5.0, 14.3.1).
    if (path === '/sign-out' && answer.ok) answer.headers.set('clear-site-data', '"cache", "storage"');
    return answer;
  };
  return (request, address) =>
    handle(request, address).catch((thrown: unknown) => {
      const { code } = toFailure(thrown, 'aborted');
      if (code !== 'unavailable') throw thrown;
      return say(503, 'the database is not available: try again');
    });
}

/** Nothing on the way may keep an answer: it is one person's. */
function unkept(answer: Response): Response {
  const headers = new Headers(answer.headers);
  headers.set('cache-control', 'no-store');
  return new Response(answer.body, { status: answer.status, headers });
}

/** What a page of sign-in needs to know before anybody is signed in. */
async function offers(db: Database, { social, smtpUrl }: AuthConfig): Promise<Response> {
  const firstRun = !(await inSignIn(db, hasUsers));
  return Response.json({ firstRun, social: Object.keys(social), mail: smtpUrl !== undefined });
}
