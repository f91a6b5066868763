/** A part of the room that somebody holds; disposing it gives it back. */
export type Held = {
  /** Gives back all but so many bytes. */
  readonly shrink: (bytes: number) => void;
  readonly [Symbol.dispose]: () => void;
};

/** How many bytes of files one process holds at once. */
export type Room = {
  /** Waits until there is room, in the order of asking. Undefined: the signal ended the wait. */
  readonly take: (bytes: number, signal: AbortSignal) => Promise<Held | undefined>;
};

type Waiting = { readonly bytes: number; readonly enter: () => void };

/** @param most who wants more than that at once gets all of it, alone. */
export function openRoom(most: number): Room {
  let free = most;
  const line: Waiting[] = [];
  const letIn = (): void => {
    for (let first = line[0]; first !== undefined && first.bytes <= free; first = line[0]) {
      free -= first.bytes;
      line.shift();
      first.enter();
    }
  };
  const giveBack = (bytes: number): void => {
    free += bytes;
    letIn();
  };
  return {
    async take(wanted, signal) {
      const bytes = Math.min(wanted, most);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const place: Waiting = { bytes, enter: () => resolve(true) };
      const leave = (): void => {
        const at = line.indexOf(place);
        if (at < 0) return;
        line.splice(at, 1);
        resolve(false);
        letIn();
      };
      line.push(place);
      signal.addEventListener('abort', leave, { once: true });
      letIn();
      if (signal.aborted) leave();
      const entered = await promise;
      signal.removeEventListener('abort', leave);
      return entered ? held(bytes, giveBack) : undefined;
    },
  };
}

function held(bytes: number, giveBack: (bytes: number) => void): Held {
  let left = bytes;
  const shrink = (to: number): void => {
    const less = Math.max(0, left - to);
    left -= less;
    if (less > 0) giveBack(less);
  };
  return { shrink, [Symbol.dispose]: () => shrink(0) };
}
