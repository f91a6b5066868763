import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import * as z from 'zod/mini';

const Changed = z.object({ topic: z.string() });
/**
 * What else is read anew with a topic: whatever a person decides is a row of the audit, so that nothing needs a topic of its own
 * which only people change.
 */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  audit: [
    'policies',
    'templates',
    'budgets',
    'models',
    'installs',
    'members',
    'invitations',
    'keys',
    'sso',
    'counts',
    'mcp-servers',
    'tools',
  ],
  approvals: ['counts'],
  'dead-letters': ['counts'],
};
/** Topics that were told together are read together: the server gathers changes itself. */
const TOGETHER_MS = 25;

/**
 * Reads anew what the server says has changed, as long as the page is looked at; the browser connects again by itself. A page
 * behind others lets go: browsers have six connections for all pages of a server that speaks HTTP/1.1, and each page keeps one.
 */
export function useLive(): void {
  const queries = useQueryClient();
  useEffect(() => {
    let stop: (() => void) | undefined;
    const look = (isBack: boolean): void => {
      stop?.();
      stop = document.hidden ? undefined : listen(queries);
      // What has changed meanwhile was told to nobody here.
      if (!document.hidden && isBack) void queries.invalidateQueries();
    };
    const turned = (): void => look(true);
    look(false);
    document.addEventListener('visibilitychange', turned);
    return () => {
      document.removeEventListener('visibilitychange', turned);
      stop?.();
    };
  }, [queries]);
}

/** Until it is told to stop. */
function listen(queries: QueryClient): () => void {
  const source = new EventSource('/api/v1/live');
  const topics = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    for (const key of topics) void queries.invalidateQueries({ queryKey: [key] });
    topics.clear();
  };
  source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
    const changed = Changed.safeParse(JSON.parse(data));
    if (!changed.success) return;
    const { topic } = changed.data;
    for (const one of [topic, ...(ALSO[topic] ?? [])]) topics.add(one);
    timer ??= setTimeout(flush, TOGETHER_MS);
  });
  return () => {
    source.close();
    clearTimeout(timer);
  };
}
