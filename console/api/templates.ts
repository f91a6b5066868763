import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';

const load = () => read(api.templates.$get());
const loadReport = () => read(api.templates.report.$get({ query: {} }));

export type Templates = Awaited<ReturnType<typeof load>>;
export type Version = Templates['versions'][number];
export type Rule = Templates['rules'][number];
export type Outcome = Awaited<ReturnType<typeof loadReport>>['items'][number];

export const templatesQuery = queryOptions({ queryKey: ['templates', 'all'], queryFn: load });
export const reportQuery = queryOptions({ queryKey: ['templates', 'report'], queryFn: loadReport });

export const nameOf = ({ name, version }: Version): string => `${name}@${version}`;

/** What a version is used for; '': anything. */
export const TASKS = ['', 'chat', 'review', 'files'] as const;
