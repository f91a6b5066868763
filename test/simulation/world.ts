/** Time and chance of one run. Everything that happens, happens in `run`, one event after the other. */
export type World = {
  /** Milliseconds since the beginning. */
  readonly now: () => number;
  /** From 0 up to, and without, 1. */
  readonly random: () => number;
  /** A whole number from `least` to `most`. */
  readonly between: (least: number, most: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item;
  readonly after: (ms: number, act: () => void) => void;
  /** Lets time pass until `isOver`, or until nothing is left to happen, or until the limit. Milliseconds. */
  readonly run: (untilMs: number, isOver: () => boolean) => Promise<void>;
};

type Event = { readonly at: number; readonly order: number; readonly act: () => void };

/** The same seed gives the same run, event by event. */
export function openWorld(seed: number): World {
  const random = generator(seed);
  const events: Event[] = [];
  let now = 0;
  let order = 0;
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  return {
    now: () => now,
    random,
    between,
    chance: (probability) => random() < probability,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    after(ms, act) {
      order += 1;
      push(events, { at: now + Math.max(0, ms), order, act });
    },
    async run(untilMs, isOver) {
      while (!isOver()) {
        const event = pop(events);
        if (event === undefined || event.at > untilMs) return;
        now = event.at;
        event.act();
        // Everything that was waiting for this event runs, before time goes on.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

/** mulberry32: 32 bits of state are enough for a run, and it is the same everywhere. */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e37_79b1) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const comesBefore = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** A binary heap: the first event on top. */
function push(heap: Event[], event: Event): void {
  let index = heap.length;
  heap.push(event);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !comesBefore(event, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): Event | undefined {
  const [top] = heap;
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
    const smaller = right !== undefined && left !== undefined && comesBefore(right, left) ? right : left;
    if (smaller === undefined || !comesBefore(smaller, last)) break;
    heap[index] = smaller;
    index = smaller === left ? 2 * index + 1 : 2 * index + 2;
  }
  heap[index] = last;
  return top;
}
