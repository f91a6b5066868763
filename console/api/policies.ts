import { queryOptions } from '@tanstack/react-query';
import { api, done, read } from './client.ts';

/** A place: '' is all of the wider one. */
export type Place = { readonly app: string; readonly install: string; readonly channel: string };
export const EVERYWHERE: Place = { app: '', install: '', channel: '' };

const queryOf = ({ app, install, channel }: Place) => ({
  ...(app !== '' && { app }),
  ...(install !== '' && { install }),
  ...(channel !== '' && { channel }),
});

const load = () => read(api.policies.$get());
export type Policies = Awaited<ReturnType<typeof load>>;
export type Layer = Policies['layers'][number];

export const policiesQuery = queryOptions({ queryKey: ['policies'], queryFn: load });

type Body = Parameters<typeof api.policies.$put>[0]['json'];

/** Makes the console's layer of a place this one; the server checks each field. */
export const saveLayer = (place: Place, policy: Body): Promise<void> =>
  done(api.policies.$put({ query: queryOf(place), json: policy }));

/** Fields that somebody decided, by name. */
export type Decided = Readonly<Record<string, unknown>>;

/** A value that holds, and from where it comes. */
export type Held = {
  readonly value: unknown;
  readonly from: 'default' | 'organization' | 'app' | 'install' | 'channel';
  readonly origin: 'default' | 'file' | 'console';
};

const isOwn = (layer: Layer, place: Place): boolean =>
  layer.origin === 'console' &&
  (layer.app ?? '') === place.app &&
  layer.install === place.install &&
  layer.channel === place.channel;

/** The console's own layer of a place: what it does not name comes from the wider one. Pure. */
export const layerOf = ({ layers }: Policies, place: Place): Decided =>
  layers.find((layer) => isOwn(layer, place))?.policy ?? {};

/** What would hold in a place if nobody had decided anything for it in the console. Pure. */
export function widerOf({ layers, defaults }: Policies, place: Place): ReadonlyMap<string, Held> {
  const fields = new Map<string, Held>();
  for (const [name, value] of Object.entries(defaults)) fields.set(name, { value, from: 'default', origin: 'default' });
  for (const layer of layers) {
    if (isOwn(layer, place) || !covers(layer, place)) continue;
    for (const [name, value] of Object.entries(layer.policy))
      fields.set(name, { value, from: levelOf(layer), origin: layer.origin });
  }
  return fields;
}

const covers = (layer: Layer, place: Place): boolean =>
  layer.app === null ||
  (layer.app === place.app &&
    ['', place.install].includes(layer.install) &&
    ['', place.channel].includes(layer.channel));

/** Pure. */
export function levelOf({ app, install, channel }: { readonly app: string | null } & Omit<Place, 'app'>): Held['from'] {
  if (app === null || app === '') return 'organization';
  if (channel !== '') return 'channel';
  return install === '' ? 'app' : 'install';
}
