import { APPS_CHANNEL, credentialsPurpose, listStoredApps, readSealedCredentials, type ListedApp } from '../db/apps.ts';
import { inOrganization, inSystem, type Database } from '../db/database.ts';
import type { AppsView } from '../intake/apps-view.ts';
import type { ConnectedApp } from '../intake/hooks.ts';
import type { Adapter, AdapterListing, Credentials } from '../model/adapter.ts';
import { Failure, toFailure } from '../model/failure.ts';
import type { AppId } from '../model/ids.ts';
import type { Log } from '../observe/log.ts';
import type { Learn } from '../observe/secrets.ts';
import type { KeyRing } from '../vault/keys.ts';
import { unseal } from '../vault/seal.ts';
import { readCredentials, secretsIn } from './credentials.ts';

/** Every app that is connected: those of the environment, and those that organizations have stored, as they are right now. */
export type Apps = AppsView & {
  readonly adapterOf: (app: AppId) => Adapter | undefined;
  readonly connected: (app: string) => ConnectedApp | undefined;
  /** Why an app cannot be opened; undefined: it is open, or there is none. */
  readonly problemOf: (app: string) => string | undefined;
  /** Looks now, and resolves when what was found is open. Rejects while the database is away. */
  readonly refresh: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type AppsOptions = {
  readonly db: Database;
  /** Those of the environment. */
  readonly fixed: readonly ConnectedApp[];
  readonly listings: readonly AdapterListing[];
  /** What the environment says for all apps of a platform: base addresses. */
  readonly settingsOf: (listing: AdapterListing) => Credentials;
  readonly keys: () => Promise<KeyRing>;
  readonly log: Log;
  /** Told of each app's secrets. */
  readonly learn?: Learn;
  /** Default: `POLL_MS`. */
  readonly pollMs?: number;
};

/** Milliseconds after which a change is found that nobody told of. */
const POLL_MS = 15_000;
/** Milliseconds for one app to open. */
const OPEN_WITHIN_MS = 20_000;

/** What is known of a stored app. */
type Stored = {
  readonly listed: ListedApp;
  readonly sealed: string;
  readonly connected: ConnectedApp | undefined;
  readonly problem: string | undefined;
};

/** Opens what is stored, and keeps up with it. What cannot be opened is tried again, and stops nobody. */
export async function openApps(options: AppsOptions): Promise<Apps> {
  const { db, fixed, log, pollMs = POLL_MS } = options;
  const listeners = new Set<() => void>();
  let stored: ReadonlyMap<string, Stored> = new Map();
  let all: readonly ConnectedApp[] = fixed;

  const look = async (): Promise<void> => {
    const listed = await inSystem(db, listStoredApps);
    const now = await Promise.all(listed.map((one) => keepUp(options, one, stored.get(one.app))));
    // An id is one app's alone, whichever organization it is in: the first one has it.
    stored = new Map(now.toReversed().map((one) => [one.listed.app, one]));
    const next = [...fixed, ...[...stored.values()].flatMap(({ connected }) => connected ?? [])];
    const isSame = next.length === all.length && next.every((one) => all.includes(one));
    all = next;
    if (!isSame) for (const listener of listeners) listener();
  };
  const refresh = oneAtATime(look);
  await refresh();
  const lookAgain = (): void =>
    void refresh().catch((thrown: unknown) =>
      log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'connected apps could not be looked for'),
    );
  const hearing = openHearing(db, lookAgain);
  const timer = setInterval(hearing.again, pollMs);
  return {
    [Symbol.iterator]: () => all[Symbol.iterator](),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    isAway: (app) => stored.get(app)?.problem !== undefined,
    adapterOf: (app) => all.find((one) => one.app === app)?.adapter,
    connected: (app) => all.find((one) => one.app === app),
    problemOf: (app) => stored.get(app)?.problem,
    refresh,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await hearing[Symbol.asyncDispose]();
      await refresh.settled();
    },
  };
}

/** Opens it where it is new or has other credentials; else it stays the object that it was. */
async function keepUp(options: AppsOptions, listed: ListedApp, before: Stored | undefined): Promise<Stored> {
  if (before?.listed.changed === listed.changed && before.problem === undefined) return before;
  let sealed = '';
  try {
    sealed =
      (await inOrganization(options.db, listed.organization, (tx) => readSealedCredentials(tx, listed.app))) ?? '';
    if (before?.connected !== undefined && before.sealed === sealed) return { ...before, listed };
    return { listed, sealed, connected: await open(options, listed, sealed), problem: undefined };
  } catch (thrown) {
    const { message } = toFailure(thrown, 'invalid');
    if (before?.problem !== message)
      options.log.error({ platform: listed.platform, app: listed.app, reason: message }, 'an app cannot be opened');
    return { listed, sealed, connected: undefined, problem: message };
  }
}

async function open(options: AppsOptions, listed: ListedApp, sealed: string): Promise<ConnectedApp> {
  const { organization, app, platform } = listed;
  const listing = options.listings.find((one) => one.platform === platform);
  if (listing === undefined) throw new Failure('invalid', `nothing speaks for ${platform} here`);
  if (sealed === '') throw new Failure('invalid', 'it has no credentials: connect it again');
  const text = await unseal(await options.keys(), sealed, credentialsPurpose(organization, app));
  // What the environment says comes last: no organization chooses where its hub's tokens are sent.
  const own = readCredentials(text);
  options.learn?.(organization, `app/${app}`, secretsIn(listing, own));
  const credentials = { ...own, ...options.settingsOf(listing) };
  const adapter = await listing.open(credentials, AbortSignal.timeout(OPEN_WITHIN_MS));
  return { organization, app, listing, adapter, stored: true };
}

type Hearing = { readonly again: () => void; readonly [Symbol.asyncDispose]: () => Promise<void> };

/**
 * Listens for what other processes change. The library opens its connection anew when it is lost, but tries that only once: so it
 * is told to listen again at each look, which costs nothing where it does already. It calls also when it begins to listen: what was
 * told before was told to nobody.
 */
function openHearing(db: Database, heard: () => void): Hearing {
  let listening: Promise<{ readonly unlisten: () => Promise<void> } | undefined> = Promise.resolve(undefined);
  const again = (): void => {
    const before = listening;
    listening = db.sql.listen(APPS_CHANNEL, heard, heard).then(
      async (now) => {
        await before.then((one) => one?.unlisten());
        return { unlisten: () => now.unlisten() };
      },
      () => {
        heard();
        return before;
      },
    );
    listening.catch(() => {});
  };
  again();
  return {
    again,
    async [Symbol.asyncDispose]() {
      await listening.then((one) => one?.unlisten()).catch(() => {});
    },
  };
}

type OneAtATime = (() => Promise<void>) & { readonly settled: () => Promise<void> };

/** Who asks while it runs is answered by one more run after it: what he knows of may have come too late for this one. */
function oneAtATime(work: () => Promise<void>): OneAtATime {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    running = work().finally(() => void (running = undefined));
    return running;
  };
  const ask = (): Promise<void> => {
    if (running === undefined) return run();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
  const settled = async (): Promise<void> => void (await Promise.allSettled([running, next]));
  return Object.assign(ask, { settled });
}
