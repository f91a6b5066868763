import { queryOptions } from '@tanstack/react-query';
import { api, done, read } from './client.ts';
import type { App, Install } from './installs.ts';
import type { MAKERS, Model } from './models.ts';

/** Whether the hub answers at its public address. */
export const reachQuery = queryOptions({
  queryKey: ['reach'],
  queryFn: () => read(api.system.reach.$post()),
  staleTime: 60_000,
});

/** Where somebody goes to put an app into a workspace. The way there counts for ten minutes: it is asked for anew before. */
export const leadQuery = (app: string) =>
  queryOptions({
    queryKey: ['lead', app],
    queryFn: () => read(api.apps[':id'].install.$post({ param: { id: app }, query: { back: 'get-started' } })),
    staleTime: 300_000,
    refetchInterval: 300_000,
    retry: false,
  });

/** The first app that is connected and not gone; the one that somebody comes back with before all others. */
export function appOf(apps: readonly App[], wanted: string | undefined): App | undefined {
  const there = apps
    .filter(({ state }) => state !== 'removed')
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return there.find(({ id }) => id === wanted) ?? there[0];
}

/** Whether an app is in some workspace, as far as that is known before anybody writes to it. Pure. */
export const isPlaced = (app: App, installs: readonly Install[]): boolean =>
  !app.can.install || installs.some((install) => install.app === app.id && install.state !== 'uninstalled');

/** Whether somebody has chosen a model. The demo stands in where none is. Pure. */
export const isChosen = (models: readonly Model[]): boolean =>
  models.some(({ origin, protocol, paused }) => !paused && (origin === 'console' || protocol !== 'demo'));

export type Maker = (typeof MAKERS)[number];

export type Trial = {
  readonly maker: Maker;
  readonly key: string;
  readonly baseUrl: string;
  /** '': the one that the server suggests. */
  readonly model: string;
  /** Dollars per million tokens; undefined: as the catalogue has it. */
  readonly price: { readonly input: number; readonly output: number } | undefined;
};

export type Tried = { readonly model: string; readonly text: string; readonly ms: number };

/** Sets a model up, and asks it for a word. What does not answer is taken away again. @throws Problem */
export async function tryOut({ maker, key, baseUrl, model: named, price }: Trial): Promise<Tried> {
  const server = {
    protocol: maker.protocol,
    baseUrl: baseUrl === '' ? null : baseUrl,
    key: key === '' ? null : key,
  };
  const model = named === '' ? await suggested(server) : named;
  const name = nameOf(model);
  const set = price && { kind: 'set' as const, ...price, cachedInput: price.input, cacheWrite: price.input };
  await done(api.models[':name'].$put({ param: { name }, json: { ...server, model, price: set ?? null } }));
  try {
    return { model, ...(await read(api.models[':name'].test.$post({ param: { name } }))) };
  } catch (thrown) {
    await done(api.models[':name'].$delete({ param: { name } })).catch(() => undefined);
    throw thrown;
  }
}

async function suggested(server: {
  readonly protocol: Maker['protocol'];
  readonly baseUrl: string | null;
  readonly key: string | null;
}): Promise<string> {
  const found = await read(api.models.discover.$post({ json: server }));
  if (found.suggested === null) throw new Error('This server has no model yet: load one there, or name one here.');
  return found.suggested;
}

/** A model’s name as names of ours may be. Pure. */
const nameOf = (model: string): string =>
  model
    .replaceAll(/[^a-z0-9._-]+/gi, '-')
    .replace(/^[^a-z0-9]+/i, '')
    .slice(0, 60) || 'model';
