/**
 * What is asked while something is read is read together when that has ended: however many ask at once, one read runs, and
 * nobody is told what was true before they asked.
 * @param read one result per item, in the same order. When it rejects, all who asked together are told.
 */
export function gather<Item, Result>(
  read: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let before: Promise<unknown> = Promise.resolve();
  let next: { readonly items: Item[]; readonly results: Promise<readonly Result[]> } | undefined;
  const begin = (): NonNullable<typeof next> => {
    const items: Item[] = [];
    const results = before.then(tick).then(() => {
      next = undefined;
      return read(items);
    });
    before = results.catch(() => {});
    return { items, results };
  };
  return async (item) => {
    next ??= begin();
    const { items, results } = next;
    const at = items.push(item) - 1;
    const result = (await results)[at];
    if (result === undefined) throw new Error('a read for several returned fewer results than items');
    return result;
  };
}

/** Requests that came with one read of the socket go together. */
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
