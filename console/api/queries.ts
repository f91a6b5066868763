import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';
import { Problem } from './problem.ts';

/** What was read from the server, kept while the page is open. */
export function openQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        // A session that ended shows everywhere at once: the frame asks who this is, and leads to the sign-in.
        if (error instanceof Problem && error.status === 401 && query.queryKey[0] !== 'me')
          void queries.invalidateQueries({ queryKey: ['me'] });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (count, error) => count < 2 && !(error instanceof Problem && error.status < 500),
      },
    },
  });
  return queries;
}

/** Who is signed in, and as what. */
export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => read(api.me.$get()), staleTime: 60_000 });

/** What waits for a person; told anew when it changes. */
export const countsQuery = queryOptions({ queryKey: ['counts'], queryFn: () => read(api.system.counts.$get()) });
