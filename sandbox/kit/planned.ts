/** What waits for calls to come, each for a number of them. */
export type Planned<Item> = {
  /** @param times how many calls it is for; default 1. */
  readonly plan: (item: Item, times?: number) => void;
  /** The item that was planned first among those that fit, used up by asking. */
  readonly take: (fits: (item: Item) => boolean) => Item | undefined;
  /** For how many calls something waits still. */
  readonly left: () => number;
  readonly clear: () => void;
};

export function openPlanned<Item>(): Planned<Item> {
  const planned: { readonly item: Item; left: number }[] = [];
  return {
    plan: (item, times = 1) => void planned.push({ item, left: times }),
    take(fits) {
      const at = planned.findIndex(({ item }) => fits(item));
      const hit = planned[at];
      if (hit === undefined) return undefined;
      hit.left -= 1;
      if (hit.left <= 0) planned.splice(at, 1);
      return hit.item;
    },
    left: () => planned.reduce((sum, { left }) => sum + left, 0),
    clear: () => void planned.splice(0),
  };
}
