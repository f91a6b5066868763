import '@mantine/core/styles.css';
import './style.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { openQueries } from './api/queries.ts';
import { openRouter } from './router.tsx';
import { theme, variables } from './theme.ts';

const Toasts = lazy(() => import('./parts/toasts.tsx'));

const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
// Where the library that locks scrolling under a dialog looks for the nonce of the style that it adds.
Object.assign(globalThis, { __webpack_nonce__: nonce });

const queries = openQueries();
const router = openRouter(queries);
const root = document.querySelector('#root');
if (root === null) throw new Error('the page has no place for the console');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Suspense>
        <Toasts />
      </Suspense>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
