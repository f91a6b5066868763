import { infiniteQueryOptions } from '@tanstack/react-query';

/** A list of the API that comes in pages. @param load takes the cursor of a page; undefined: the first one */
export const pagesOf = <Item>(
  key: readonly unknown[],
  load: (cursor: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
) =>
  infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => load(pageParam === '' ? undefined : pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
