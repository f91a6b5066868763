import { credentialsPurpose, readSealedCredentials } from '../db/apps.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { noteInstall, readSealedTokens, replaceSealedTokens, tokensPurpose } from '../db/installs.ts';
import { lockOnce } from '../db/lock-once.ts';
import type { AccessOf } from '../model/access-of.ts';
import type { ConnectAbout, InstallTokens } from '../model/connect.ts';
import { toFailure } from '../model/failure.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { Learn } from '../observe/secrets.ts';
import type { KeyRing } from '../vault/keys.ts';
import { seal, unseal } from '../vault/seal.ts';
import type { Apps } from './apps.ts';
import { readCredentials, readTokens } from './credentials.ts';

export type TokensOptions = {
  readonly db: Database;
  readonly apps: Pick<Apps, 'connected'>;
  readonly keys: () => Promise<KeyRing>;
  readonly aboutOf: (app: AppId, platform: string, signal: AbortSignal) => ConnectAbout;
  readonly log: Log;
  /** Told of each install's tokens. */
  readonly learn?: Learn;
};

/** Milliseconds for which a token is used without looking whether it is still the one. */
const FRESH_MS = 3_000;
/** Milliseconds before its end from which on a token is renewed: several tries fit into them. */
const RENEW_EARLY_MS = 60 * 60_000;
const RENEW_WITHIN_MS = 15_000;
/** Milliseconds between two tries of this process to renew one token. */
const TRY_EVERY_MS = 60_000;
const MOST_KNOWN = 10_000;

type Known = { readonly token: string | undefined; readonly readAt: number };
type Of = { readonly organization: OrganizationId; readonly app: AppId; readonly install: string };

/** The way into each install, with its own token; renewed before it ends. Only apps of the console have such. */
export function openTokens(options: TokensOptions): AccessOf {
  const known = new Map<string, Known>();
  const tried = new Map<string, number>();
  return async (organization, app, install) => {
    if (options.apps.connected(app)?.stored !== true) return { install, secret: undefined };
    const key = `${organization}/${app}/${install}`;
    const before = known.get(key);
    if (before !== undefined && performance.now() - before.readAt < FRESH_MS) return { install, secret: before.token };
    const token = await current(options, tried, { organization, app, install });
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, { token, readAt: performance.now() });
    return { install, secret: token };
  };
}

/** The token as it is stored. One that ends soon is renewed behind the caller's back, one that has ended before his eyes. */
async function current(options: TokensOptions, tried: Map<string, number>, of: Of): Promise<string | undefined> {
  const stored = await read(options, of);
  if (stored === undefined) return undefined;
  const { endsAt, refresh, token } = stored.tokens;
  if (refresh === undefined || endsAt === undefined || endsAt - Date.now() > RENEW_EARLY_MS) return token;
  const hasEnded = endsAt <= Date.now();
  if (!hasEnded && performance.now() - (tried.get(stored.id) ?? -Infinity) < TRY_EVERY_MS) return token;
  if (tried.size >= MOST_KNOWN) tried.clear();
  tried.set(stored.id, performance.now());
  const renewing = renew(options, of).catch((thrown: unknown) => {
    const { message } = toFailure(thrown, 'unavailable');
    options.log.error({ app: of.app, install: stored.id, reason: message }, 'a token could not be renewed');
  });
  if (!hasEnded) return token;
  await renewing;
  return (await read(options, of))?.tokens.token;
}

type Stored = { readonly id: string; readonly sealed: string; readonly tokens: InstallTokens };

/** Undefined: it has none, or none that opens; a call without one then says what to do. */
async function read(
  { db, keys, log, learn }: TokensOptions,
  { organization, app, install }: Of,
): Promise<Stored | undefined> {
  const found = await inOrganization(db, organization, (tx) => readSealedTokens(tx, app, install));
  if (found === undefined) return undefined;
  try {
    const text = await unseal(await keys(), found.sealed, tokensPurpose(organization, found.id));
    const tokens = readTokens(text);
    learn?.(organization, `install/${app}/${install}`, [tokens.token, tokens.refresh ?? '']);
    return { ...found, tokens };
  } catch (thrown) {
    log.error({ install: found.id, reason: toFailure(thrown, 'invalid').message }, 'a token cannot be opened');
    return undefined;
  }
}

/** One process does it: what gives a new token is good for one time. */
async function renew(options: TokensOptions, of: Of): Promise<void> {
  const { db, apps, keys, aboutOf } = options;
  const connected = apps.connected(of.app);
  const connecting = await connected?.listing.connect?.load();
  if (connected === undefined || connecting?.renew === undefined) return;
  const renewToken = connecting.renew;
  const signal = AbortSignal.timeout(RENEW_WITHIN_MS);
  await lockOnce(db, `token/${of.organization}/${of.app}/${of.install}`, async () => {
    const stored = await read(options, of);
    // Another process was here before us.
    if (stored?.tokens.endsAt === undefined || stored.tokens.endsAt - Date.now() > RENEW_EARLY_MS) return;
    const sealed = await inOrganization(db, of.organization, (tx) => readSealedCredentials(tx, of.app));
    if (sealed === undefined) return;
    const ring = await keys();
    const credentials = readCredentials(await unseal(ring, sealed, credentialsPurpose(of.organization, of.app)));
    const about = aboutOf(of.app, connected.listing.platform, signal);
    try {
      const tokens = await renewToken(credentials, stored.tokens, about);
      const fresh = await seal(ring, JSON.stringify(tokens), tokensPurpose(of.organization, stored.id));
      await inOrganization(db, of.organization, async (tx) => {
        await replaceSealedTokens(tx, stored.id, { old: stored.sealed, sealed: fresh });
        await noteInstall(tx, stored.id, { problem: null, tokenEndsAt: tokens.endsAt ?? null });
      });
    } catch (thrown) {
      const problem = `its token could not be renewed: ${toFailure(thrown, 'unavailable').message}`;
      await inOrganization(db, of.organization, (tx) => noteInstall(tx, stored.id, { problem }));
      throw thrown;
    }
  });
}
