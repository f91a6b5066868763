/** Items in the order they were put in, for one reader that waits for them. */
export type Queue<Item> = {
  readonly put: (item: Item) => void;
  /** The next item; undefined when the signal went off first. */
  readonly take: (signal: AbortSignal) => Promise<Item | undefined>;
};

export function openQueue<Item>(): Queue<Item> {
  let items: Item[] = [];
  let next = 0;
  let wake = Promise.withResolvers<void>();
  return {
    put(item) {
      items.push(item);
      wake.resolve();
    },
    async take(signal) {
      while (next >= items.length) {
        if (signal.aborted) return undefined;
        items = [];
        next = 0;
        wake = Promise.withResolvers();
        await either(wake, signal);
      }
      if (signal.aborted) return undefined;
      const item = items[next];
      next += 1;
      return item;
    },
  };
}

async function either(woken: PromiseWithResolvers<void>, signal: AbortSignal): Promise<void> {
  const wake = (): void => woken.resolve();
  signal.addEventListener('abort', wake);
  await woken.promise;
  signal.removeEventListener('abort', wake);
}
