import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';

const loadApps = () => read(api.apps.$get());
const loadInstalls = () => read(api.installs.$get({ query: {} }));
const loadPlatforms = () => read(api.connect.$get());

export type App = Awaited<ReturnType<typeof loadApps>>['items'][number];
export type Install = Awaited<ReturnType<typeof loadInstalls>>['items'][number];
export type Platform = Awaited<ReturnType<typeof loadPlatforms>>['items'][number];
export type Way = Platform['ways'][number];
export type Field = Way['fields'][number];

export const appsQuery = queryOptions({ queryKey: ['installs', 'apps'], queryFn: loadApps });
export const installsQuery = queryOptions({ queryKey: ['installs', 'all'], queryFn: loadInstalls });
export const platformsQuery = queryOptions({ queryKey: ['connect'], queryFn: loadPlatforms, staleTime: 600_000 });

/** Channels of an install in which something was said, the first 200. @param install its row; '': none */
export const channelsQuery = (install: string) =>
  queryOptions({
    queryKey: ['places', install],
    queryFn: () => read(api.places.$get({ query: { install, limit: '200' } })),
    enabled: install !== '',
    staleTime: 60_000,
  });

/** Where a person goes on, on the platform. */
export type Go = { readonly url: string; readonly form: Readonly<Record<string, string>> | null };

/** Where a step leads. `aside`: nobody is led back from there, so that the console stays open beside it. */
export type Step = Go & { readonly aside: boolean };

/** Goes there; where the platform wants fields, by a form of the browser's. */
export function goOn({ url, form }: Go): void {
  if (!/^https?:\/\//i.test(url)) throw new Error('The platform named no page to go to.');
  if (form === null) return location.assign(url);
  const element = document.createElement('form');
  element.method = 'post';
  element.action = url;
  for (const [name, value] of Object.entries(form)) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    element.append(input);
  }
  document.body.append(element);
  element.submit();
}
