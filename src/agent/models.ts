import { breakerKey } from '../db/breakers.ts';
import { inOrganization, type Database } from '../db/database.ts';
import { keyPurpose, readTargets, type ReadTarget } from '../db/targets.ts';
import type { ProviderSettings } from '../llm/open.ts';
import { listPriceOf } from '../llm/price.ts';
import { openRoute, type Route } from '../llm/route.ts';
import type { Router } from '../llm/router.ts';
import type { Target } from '../llm/target.ts';
import { toFailure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import type { Clock } from '../observe/clock.ts';
import type { Log } from '../observe/log.ts';
import type { Learn } from '../observe/secrets.ts';
import type { KeyRing } from '../vault/keys.ts';
import { unseal } from '../vault/seal.ts';
import type { OpenProvider } from '../plugin.ts';
import type { FetchOf } from './guarded-servers.ts';
import { openModelServer } from './open-model-server.ts';

export type ModelsOptions = {
  readonly db: Database;
  readonly router: Router;
  readonly clock: Clock;
  readonly log: Log;
  /** What the configuration has of its own targets beside their rows, by name: keys are not written to the database. */
  readonly configured: ReadonlyMap<string, Pick<ProviderSettings, 'apiKey' | 'demoAnswer'>>;
  readonly deadlines: ProviderSettings['deadlines'];
  /** Protocols that plugins bring. */
  readonly providers?: ReadonlyMap<string, OpenProvider>;
  /** How servers are asked that an organization has named; absent: as any other. */
  readonly fetchOf?: FetchOf;
  /** Told of each key of an organization's own. */
  readonly learn?: Learn;
  /** Opened when the first sealed key is needed. */
  readonly keys: () => Promise<KeyRing>;
};

/**
 * Milliseconds after which an organization's targets are looked at again, when they are needed: whoever has chosen a model in the
 * console and then writes to the bot is answered by it.
 */
const FRESH_MS = 250;

type Known = { readonly readAt: number; readonly route: Route };

/** The models of organizations, each as its rows say. What cannot be opened is left out, and the log says why. */
export function openModels(options: ModelsOptions): (organization: OrganizationId) => Promise<Route> {
  const { clock } = options;
  const routes = new Map<OrganizationId, Known>();
  const refreshing = new Map<OrganizationId, Promise<Route>>();
  const opened = new Map<OrganizationId, ReadonlyMap<string, Promise<Target | undefined>>>();

  const read = async (organization: OrganizationId): Promise<Route> => {
    const rows = await inOrganization(options.db, organization, readTargets);
    const known = opened.get(organization);
    const now = new Map(
      rows.map((row) => {
        const key = JSON.stringify(row);
        return [key, known?.get(key) ?? open(organization, row)] as const;
      }),
    );
    opened.set(organization, now);
    const targets = await Promise.all(now.values());
    const route = openRoute(
      options.router,
      targets.filter((target) => target !== undefined),
    );
    routes.set(organization, { readAt: clock.now(), route });
    return route;
  };

  const open = (organization: OrganizationId, row: ReadTarget): Promise<Target | undefined> =>
    openTarget(options, organization, row).catch((thrown: unknown) => {
      const { message } = toFailure(thrown, 'invalid');
      options.log.error({ target: row.name, reason: message }, 'a model cannot be used');
      return undefined;
    });

  const refresh = (organization: OrganizationId): Promise<Route> => {
    const reading =
      refreshing.get(organization) ?? read(organization).finally(() => void refreshing.delete(organization));
    refreshing.set(organization, reading);
    return reading;
  };

  return async (organization) => {
    const known = routes.get(organization);
    if (known === undefined) return refresh(organization);
    if (clock.now() - known.readAt < FRESH_MS) return known.route;
    // A database that is away for a moment changes no models.
    return refresh(organization).catch(() => known.route);
  };
}

export type TargetOptions = Pick<
  ModelsOptions,
  'configured' | 'deadlines' | 'keys' | 'providers' | 'fetchOf' | 'learn'
>;

/** @throws Failure `invalid` or `unauthorized` that says what to mend. */
export async function openTarget(
  options: TargetOptions,
  organization: OrganizationId,
  row: ReadTarget,
): Promise<Target> {
  const provider = await openModelServer(
    {
      protocol: row.protocol,
      model: row.model,
      baseUrl: row.baseUrl ?? undefined,
      hearingModel: row.hearingModel ?? undefined,
      embeddingModel: row.embeddingModel ?? undefined,
      sees: row.sees,
      deadlines: options.deadlines,
      ...(row.origin === 'file' ? options.configured.get(row.name) : await ownOf(options, organization, row)),
    },
    options.providers ?? new Map(),
  );
  const { name, model, tools, sees, windowTokens, maxOutputTokens, retention, quality, qualityFor } = row;
  return {
    name,
    key: breakerKey(organization, name),
    provider,
    model,
    can: { tools, sees },
    windowTokens,
    maxOutputTokens,
    region: row.region ?? undefined,
    retention,
    price: row.price ?? listPriceOf(provider.name, model),
    quality,
    qualityFor,
  };
}

/** What an organization's own model is asked by: its key, and where its server may be. A maker's own address is ours to know. */
async function ownOf({ keys, learn, fetchOf }: TargetOptions, organization: OrganizationId, row: ReadTarget) {
  const { name, sealedKey: sealed, baseUrl } = row;
  const ask = baseUrl === null ? undefined : fetchOf?.(organization);
  if (sealed === null) return { ask };
  const apiKey = await unseal(await keys(), sealed, keyPurpose(organization, name));
  learn?.(organization, `target/${name}`, [apiKey]);
  return { ask, apiKey };
}
