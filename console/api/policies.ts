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

const loadEffective = (place: Place) => read(api.policies.effective.$get({ query: queryOf(place) }));
export type Effective = Awaited<ReturnType<typeof loadEffective>>['fields'][string];

const loadLayers = () => read(api.policies.$get());
export type Layer = Awaited<ReturnType<typeof loadLayers>>['layers'][number];

export const layersQuery = queryOptions({ queryKey: ['policies', 'layers'], queryFn: loadLayers });
export const effectiveQuery = (place: Place) =>
  queryOptions({ queryKey: ['policies', 'effective', place], queryFn: () => loadEffective(place) });

type Body = Parameters<typeof api.policies.$put>[0]['json'];

/** Makes the console's layer of a place this one; the server checks each field. */
export const saveLayer = (place: Place, policy: Body): Promise<void> =>
  done(api.policies.$put({ query: queryOf(place), json: policy }));

/** The console's own layer of a place: what it does not name comes from the wider one. Pure. */
export const layerOf = (layers: readonly Layer[], place: Place): Readonly<Record<string, unknown>> =>
  layers.find(
    ({ app, install, channel, origin }) =>
      origin === 'console' && (app ?? '') === place.app && install === place.install && channel === place.channel,
  )?.policy ?? {};
