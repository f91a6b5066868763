import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { Boundary } from './boundary.tsx';
import { MenuIcon } from './menu-icon.tsx';
import { Mark } from './mark.tsx';
import { Navigation } from './navigation.tsx';
import { PersonMenu } from './person-menu.tsx';
import { useLive } from './use-live.ts';
import { OrganizationSwitcher } from './organization-switcher.tsx';
import { PaletteButton } from './palette-button.tsx';

const Palette = lazy(() => import('./palette.tsx'));

/** Around every page: where one is, where one can go, who one is. */
export function Shell() {
  const drawer = useRef<HTMLDialogElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useLive();
  useEffect(() => drawer.current?.close(), [path]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div className="shell">
        <aside className="side" aria-label="Console">
          <Side />
        </aside>
        <section className="bar" aria-label="Top of the page">
          <button
            type="button"
            className="icon-button"
            onClick={() => drawer.current?.showModal()}
            aria-label="Open the navigation"
          >
            <MenuIcon />
          </button>
          <Mark />
        </section>
        <main className="main" id="main" tabIndex={-1}>
          <Boundary key={path}>
            <Outlet />
          </Boundary>
        </main>
      </div>
      <dialog ref={drawer} className="drawer" aria-label="Navigation" closedby="any">
        <Side />
      </dialog>
      <Suspense>
        <Palette />
      </Suspense>
    </>
  );
}

function Side() {
  return (
    <>
      <div className="side-top">
        <Mark />
        <OrganizationSwitcher />
        <PaletteButton />
      </div>
      <Navigation />
      <div className="side-foot">
        <PersonMenu />
      </div>
    </>
  );
}
