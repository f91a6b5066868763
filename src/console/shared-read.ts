import { gather } from '../db/gather.ts';

/** Reads under a key: two with the same key would read the same. */
export type SharedRead<Result> = (key: readonly unknown[], read: () => Promise<Result>) => Promise<Result>;

/**
 * Reads once for all pages that were told the same change and now ask for the same list. The key names all that the result
 * depends on, the organization first.
 */
export function sharedRead<Result>(): SharedRead<Result> {
  const asked = new Map<string, { readonly ask: (read: () => Promise<Result>) => Promise<Result>; waiting: number }>();
  const open = () => ({ ask: gather(once<Result>), waiting: 0 });
  return async (key, read) => {
    const name = JSON.stringify(key);
    const entry = asked.get(name) ?? open();
    asked.set(name, entry);
    entry.waiting += 1;
    try {
      return await entry.ask(read);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0) asked.delete(name);
    }
  };
}

async function once<Result>(reads: readonly (() => Promise<Result>)[]): Promise<readonly Result[]> {
  const result = await reads[0]?.();
  return result === undefined ? [] : reads.map(() => result);
}
