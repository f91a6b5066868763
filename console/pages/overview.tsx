import { Page } from '../parts/page.tsx';

/** How it goes. */
export default function Overview() {
  return <Page title="Overview">…</Page>;
}
