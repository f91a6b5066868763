import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is true; fails with what was last seen. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  { withinMs = 5_000, seen = () => '' }: { withinMs?: number; seen?: () => unknown } = {},
): Promise<void> {
  for (const end = Date.now() + withinMs; ;) {
    if (await isSo()) return;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}; ${JSON.stringify(seen())}`);
    await sleep(10);
  }
}
