import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client.ts';

const loadServers = () => read(api['mcp-servers'].$get());
export type Server = Awaited<ReturnType<typeof loadServers>>['items'][number];

/** What workers find out is told by nobody: looked at again while the page is open. */
const AGAIN_MS = 10_000;

export const serversQuery = queryOptions({
  queryKey: ['mcp-servers'],
  queryFn: loadServers,
  refetchInterval: AGAIN_MS,
});

const loadTools = () => read(api.tools.$get());
export type Box = Awaited<ReturnType<typeof loadTools>>['items'][number];
export type Tool = Box['tools'][number];
export const toolsQuery = queryOptions({ queryKey: ['tools'], queryFn: loadTools, refetchInterval: AGAIN_MS });
