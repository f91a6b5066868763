import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';
import { pagesOf } from './pages.ts';

const OUTCOMES = ['message', 'handled', 'ignored'] as const;

const load = (outcome: string, cursor: string | undefined) => {
  const known = OUTCOMES.find((one) => one === outcome);
  const query = {
    limit: '50',
    ...(cursor !== undefined && { cursor }),
    ...(known !== undefined && { outcome: known }),
  };
  return read(api.deliveries.$get({ query }));
};

export type Delivery = Awaited<ReturnType<typeof load>>['items'][number];

export const deliveriesQuery = (outcome: string) =>
  pagesOf(['deliveries', 'list', outcome], (cursor) => load(outcome, cursor));

const loadOne = (app: string, delivery: string, reveal: boolean) =>
  read(
    api.deliveries[':app'][':delivery'].$get({
      param: { app, delivery: encodeURIComponent(delivery) },
      query: reveal ? { reveal: 'true' } : {},
    }),
  );

export type DeliveryWhole = Awaited<ReturnType<typeof loadOne>>;

export const deliveryQuery = (app: string, delivery: string, reveal: boolean) =>
  queryOptions({
    queryKey: ['deliveries', app, delivery, reveal],
    queryFn: () => loadOne(app, delivery, reveal),
  });

const loadWaiting = () => read(api.deliveries.waiting.$get());
export type Waiting = Awaited<ReturnType<typeof loadWaiting>>['items'][number];
export const waitingQuery = queryOptions({
  queryKey: ['deliveries', 'waiting'],
  queryFn: loadWaiting,
  refetchInterval: 10_000,
});

const loadDead = (reveal: boolean, cursor: string | undefined) =>
  read(
    api['dead-letters'].$get({
      query: { limit: '50', ...(cursor !== undefined && { cursor }), ...(reveal && { reveal: 'true' }) },
    }),
  );
export type DeadLetter = Awaited<ReturnType<typeof loadDead>>['items'][number];
export const deadLettersQuery = (reveal: boolean) =>
  pagesOf(['dead-letters', reveal], (cursor) => loadDead(reveal, cursor));
