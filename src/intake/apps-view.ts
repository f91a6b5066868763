import type { ConnectedApp } from './hooks.ts';

/**
 * The apps that are connected right now. An app whose credentials change is another object; one that stays as it is stays the
 * same. An array is a view that never changes.
 */
export type AppsView = Iterable<ConnectedApp> & {
  /** Calls whenever there are others; what it returns ends that. Absent: they stay as they are. */
  readonly onChange?: (listener: () => void) => () => void;
  /** There is such an app, but it cannot be opened now: what it is sent has to come again. */
  readonly isAway?: (app: string) => boolean;
};

/** Whether there is one now, or may be one later. */
export const mayHave = (apps: AppsView, fits: (app: ConnectedApp) => boolean): boolean =>
  apps.onChange !== undefined || [...apps].some(fits);

type Tended = { readonly ending: AbortController; readonly ended: Promise<void> };

/**
 * Does `work` for each app that fits, for as long as it is connected; its signal aborts when the app goes or changes. What an
 * app was before has ended when its work begins anew. Resolves when `signal` went off and all have ended; never rejects.
 */
export async function tend(
  apps: AppsView,
  signal: AbortSignal,
  fits: (app: ConnectedApp) => boolean,
  work: (app: ConnectedApp, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const tended = new Map<ConnectedApp, Tended>();
  const start = (app: ConnectedApp): void => {
    const before = [...tended].filter(([other]) => other.app === app.app).map(([, { ended }]) => ended);
    const ending = new AbortController();
    const until = AbortSignal.any([signal, ending.signal]);
    const ended = Promise.all(before)
      .then(() => (until.aborted ? undefined : work(app, until)))
      .catch(() => {})
      .finally(() => void tended.delete(app));
    tended.set(app, { ending, ended });
  };
  const look = (): void => {
    if (signal.aborted) return;
    const wanted = new Set([...apps].filter(fits));
    for (const [app, { ending }] of tended) if (!wanted.has(app)) ending.abort();
    for (const app of wanted) if (!tended.has(app)) start(app);
  };
  const stopLooking = apps.onChange?.(look);
  look();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  stopLooking?.();
  await Promise.all([...tended.values()].map(({ ended }) => ended));
}
