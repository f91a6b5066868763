import { setInterval } from 'node:timers';
import type { Database } from '../db/database.ts';
import { CHAT_CHANNEL } from './tell.ts';

/** Milliseconds after which a change is found that nobody told of: its process died, or the connection that listens was away. */
const LOOK_EVERY_MS = 5_000;

/**
 * Hears what all processes tell, and says now and then that something may have been missed. The library opens its connection
 * anew when it is lost, but tries that only once: so it is told to listen again at each look, which costs nothing where it does.
 */
export function openHearing(
  db: Database,
  { told, missed }: { readonly told: (text: string) => void; readonly missed: () => void },
  everyMs = LOOK_EVERY_MS,
): AsyncDisposable {
  let listening: Promise<{ readonly unlisten: () => Promise<void> } | undefined> = Promise.resolve(undefined);
  const listen = (): void => {
    const before = listening;
    listening = db.sql.listen(CHAT_CHANNEL, told, missed).then(
      async (now) => {
        await before.then((one) => one?.unlisten());
        return { unlisten: () => now.unlisten() };
      },
      () => before,
    );
    listening.catch(() => {});
  };
  listen();
  const timer = setInterval(() => {
    listen();
    missed();
  }, everyMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await listening.then((one) => one?.unlisten()).catch(() => {});
    },
  };
}
