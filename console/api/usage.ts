import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';

const load = (from: string, to: string, by: string) => read(api.usage.$get({ query: { from, to, by } }));
export type UsageRow = Awaited<ReturnType<typeof load>>['items'][number];

const loadBudgets = () => read(api.budgets.$get());
export type Budget = Awaited<ReturnType<typeof loadBudgets>>['items'][number];

export const usageQuery = (from: string, to: string, by: string) =>
  queryOptions({ queryKey: ['usage', from, to, by], queryFn: () => load(from, to, by) });
export const budgetsQuery = queryOptions({ queryKey: ['budgets'], queryFn: loadBudgets });

const DAY_MS = 86_400_000;

/** The day that was so many days ago, as `2027-01-31`. Pure. */
export const dayAgo = (days: number, now: number): string => new Date(now - days * DAY_MS).toISOString().slice(0, 10);
