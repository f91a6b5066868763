import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { Problem } from './api/problem.ts';
import { meQuery } from './api/queries.ts';
import type { PagePath } from './map.ts';
import { NotFound } from './parts/not-found.tsx';
import { ProblemView } from './parts/problem.tsx';
import { Shell } from './parts/shell.tsx';
import { Waiting } from './parts/list.tsx';

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({ component: Outlet });

/** Around all pages of somebody who is signed in; whoever is not is led to the sign-in and comes back. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.status === 401)
        throw redirect({ href: `/sign-in?to=${encodeURIComponent(location.href)}` });
      throw thrown;
    }
  },
});

type Load = () => Promise<{ readonly default: ComponentType }>;

/** A page inside; its script is loaded when it is gone to. */
const page = <const Path extends string>(path: Path, load: Load) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load) });

const pages = [
  page('/', () => import('./pages/overview.tsx')),
  page('/audit', () => import('./pages/audit.tsx')),
  page('/shortcuts', () => import('./pages/shortcuts.tsx')),
] as const;
const tree = root.addChildren([inside.addChildren(pages)]);

type Paths = (typeof pages)[number]['fullPath'];
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** Navigation, server and tests stand on the map: no path without a place there, no place without a route. */
export const mapIsWhole: Same<Paths, PagePath> = true;

/** Which address shows what. */
export function openRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultNotFoundComponent: NotFound,
    defaultPendingComponent: Waiting,
    defaultErrorComponent: ({ error, reset }) => <ProblemView error={error} retry={reset} />,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof openRouter>;
  }
}
