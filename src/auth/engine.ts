import { passkey } from '@better-auth/passkey';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { APIError } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { socialProviders } from 'better-auth/social-providers';
import { Pool } from 'pg';
import { forgetAttempts } from '../db/attempts.ts';
import { inSignIn } from '../db/sign-in.ts';
import { Failure } from '../model/failure.ts';
import type { Log } from '../observe/log.ts';
import { accountAudit, auditHooks, auditReset, type Later } from './account-audit.ts';
import { ADDRESS_HEADER } from './address-header.ts';
import { cookiePrefix } from './cookies.ts';
import { entrances, PASSWORD } from './entrances.ts';
import { hashPassword } from './hash-password.ts';
import { afterAll, attemptKey, beforeAll } from './lockout.ts';
import type { SendMail } from './mail.ts';
import { oidcEntrance, type OidcOptions } from './oidc/entrance.ts';

export type EngineOptions = Omit<OidcOptions, 'later'> & {
  /** The same database, for connections of sign-in's own. Holds a password. */
  readonly databaseUrl: string;
  /** Where browsers reach the console, without a slash at the end. */
  readonly url: string;
  /** Newest first; the first one signs. */
  readonly secrets: readonly { readonly version: number; readonly value: string }[];
  readonly social: Readonly<Record<string, { readonly clientId: string; readonly clientSecret: string }>>;
  readonly sendMail: SendMail;
};

/** better-auth, made ours. */
export type Engine = {
  readonly handler: (request: Request) => Promise<Response>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

const CONNECTIONS = 4;
const SESSION_S = 7 * 24 * 3600;

/** @throws Failure `invalid` where a provider is configured that better-auth does not know. */
export function openEngine(options: EngineOptions): Engine {
  const { databaseUrl, log } = options;
  const pool = new Pool({
    connectionString: withRole(databaseUrl),
    max: CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 10_000,
    application_name: 'switchboard sign-in',
  });
  pool.on('error', (error) => log.warn({ error }, 'a connection of sign-in was lost'));
  const waiting = new Set<Promise<unknown>>();
  const later: Later = (work) => {
    const done = work
      .catch((error: unknown) => log.error({ error }, 'something of sign-in failed'))
      .finally(() => waiting.delete(done));
    waiting.add(done);
  };
  const { handler } = betterAuth({ ...optionsOf(options, later), database: pool });
  return {
    handler,
    async [Symbol.asyncDispose]() {
      await Promise.all(waiting);
      await pool.end();
    },
  };
}

/** The role's rights are on its own schema and nothing else. */
function withRole(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const own = '-c role=switchboard_auth -c search_path=auth';
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} ${own}`.trim());
  return url.href;
}

function optionsOf(options: EngineOptions, later: Later) {
  const { url, secrets, db, log } = options;
  const secure = url.startsWith('https:');
  const { hostname } = new URL(url);
  const origins = originsOf(url);
  return {
    appName: 'Switchboard',
    baseURL: url,
    basePath: '/api/auth',
    secrets: [...secrets],
    trustedOrigins: origins,
    telemetry: { enabled: false },
    logger: { level: 'warn', log: (level, message) => log[level === 'error' ? 'error' : 'debug'](message) },
    onAPIError: { errorURL: `${url}/sign-in`, onError: (error) => reportUnexpected(log, error) },
    ...passwordsOf(options),
    socialProviders: socialOf(options.social),
    user: { validateUserInfo: ({ source }) => (source.action === 'create-user' ? NOT_INVITED : undefined) },
    session: SESSION,
    account: { encryptOAuthTokens: true },
    verification: { storeIdentifier: 'hashed' },
    rateLimit: RATES,
    advanced: {
      cookiePrefix: cookiePrefix(secure),
      // Their own prefix is `__Secure-`, which is weaker than the one in our names.
      useSecureCookies: false,
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: 'uuid', validateSchema: false },
      disableCSRFCheck: false,
      disableOriginCheck: false,
      backgroundTasks: { handler: later },
    },
    hooks: { before: beforeAll(db), after: afterAll(db) },
    databaseHooks: auditHooks(db),
    plugins: [
      twoFactor({ issuer: 'Switchboard' }),
      passkey({ rpID: hostname === '127.0.0.1' ? 'localhost' : hostname, rpName: 'Switchboard', origin: origins }),
      entrances(db),
      oidcEntrance({ ...options, later }),
      accountAudit(db, later),
    ],
  } satisfies BetterAuthOptions;
}

/** Requests of one client and way in the seconds of `window`. */
const RATES = {
  enabled: true,
  storage: 'database',
  window: 60,
  max: 120,
  customRules: {
    '/get-session': false,
    '/sign-in/email': { window: 60, max: 20 },
    '/first-run': { window: 60, max: 10 },
    '/invitation/*': { window: 60, max: 20 },
    '/sign-in/sso': { window: 60, max: 20 },
  },
} satisfies BetterAuthOptions['rateLimit'];

const SESSION = {
  expiresIn: SESSION_S,
  cookieCache: { enabled: false },
  additionalFields: {
    activeOrganizationId: { type: 'string', required: false, input: false },
    boundOrganizationId: { type: 'string', required: false, input: false, returned: false },
  },
} satisfies BetterAuthOptions['session'];

function passwordsOf({ url, db, sendMail }: EngineOptions) {
  return {
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD.least,
      maxPasswordLength: PASSWORD.most,
      password: { hash: hashPassword },
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) => sendReset(sendMail, user.email, `${url}/reset-password#${token}`),
      onPasswordReset: async ({ user }) => {
        await inSignIn(db, (tx) => forgetAttempts(tx, attemptKey(user.email)));
        await auditReset(db, user.id);
      },
    },
    emailVerification: {
      sendVerificationEmail: ({ user, url: link }) => sendVerification(sendMail, user.email, link),
    },
  } satisfies BetterAuthOptions;
}

const NOT_INVITED = {
  error: 'not_invited',
  errorDescription: 'there is no account of this address: ask to be invited',
};

/** What was refused was answered; what nobody meant to happen is written down. */
function reportUnexpected(log: Log, error: unknown): void {
  const isMeant = error instanceof APIError && error.statusCode < 500;
  if (!isMeant) log.error({ error }, 'a request to sign-in failed');
}

/** On this machine the same server goes by two names. */
function originsOf(url: string): string[] {
  const { origin, hostname } = new URL(url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') return [origin];
  return [origin.replace('//localhost', '//127.0.0.1'), origin.replace('//127.0.0.1', '//localhost')];
}

function socialOf(given: EngineOptions['social']) {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(socialProviders, name));
  if (unknown !== undefined)
    throw new Failure('invalid', `SIGN_IN_${unknown.toUpperCase()}_CLIENT_ID: there is no such provider`);
  return Object.fromEntries(Object.entries(given).map(([name, client]) => [name, { ...client, disableSignUp: true }]));
}

const sendReset = async (sendMail: SendMail, to: string, link: string): Promise<void> => {
  const text = 'Somebody asked for a new password for this address. If it was you, this link counts for an hour:';
  await sendMail({ to, subject: 'A new password for Switchboard', text, link });
};

const sendVerification = async (sendMail: SendMail, to: string, link: string): Promise<void> => {
  const text = 'Show that this address is yours, within an hour:';
  await sendMail({ to, subject: 'Your address for Switchboard', text, link });
};
