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

/** A page for everybody. */
const openPage = <const Path extends string>(path: Path, load: Load) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

const doors = [
  openPage('/sign-in', () => import('./pages/sign-in.tsx')),
  openPage('/forgot-password', () => import('./pages/forgot-password.tsx')),
  openPage('/reset-password', () => import('./pages/reset-password.tsx')),
  openPage('/first-run', () => import('./pages/first-run.tsx')),
  openPage('/invitation', () => import('./pages/invitation.tsx')),
] as const;

const pages = [
  page('/', () => import('./pages/overview.tsx')),
  page('/chat', () => import('./pages/chat.tsx')),
  page('/chat/$chat', () => import('./pages/chat.tsx')),
  page('/conversations', () => import('./pages/conversations.tsx')),
  page('/conversations/$id', () => import('./pages/conversation.tsx')),
  page('/deliveries', () => import('./pages/deliveries.tsx')),
  page('/deliveries/$app/$delivery', () => import('./pages/delivery.tsx')),
  page('/dead-letters', () => import('./pages/dead-letters.tsx')),
  page('/installs', () => import('./pages/installs.tsx')),
  page('/agents', () => import('./pages/agents.tsx')),
  page('/policies', () => import('./pages/policies.tsx')),
  page('/tools', () => import('./pages/tools.tsx')),
  page('/approvals', () => import('./pages/approvals.tsx')),
  page('/models', () => import('./pages/models.tsx')),
  page('/usage', () => import('./pages/usage.tsx')),
  page('/members', () => import('./pages/members.tsx')),
  page('/system', () => import('./pages/system.tsx')),
  page('/account', () => import('./pages/own-account.tsx')),
  page('/get-started', () => import('./pages/first-run-steps.tsx')),
  page('/audit', () => import('./pages/audit.tsx')),
  page('/shortcuts', () => import('./pages/shortcuts.tsx')),
] as const;
const tree = root.addChildren([inside.addChildren(pages), ...doors]);

type Paths = (typeof pages | typeof doors)[number]['fullPath'];
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
