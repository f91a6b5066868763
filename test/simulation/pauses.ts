import type { SimulatedDatabase } from './database.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

/** What a platform asked to wait, and whether anybody called although he knew. */
export type Pauses = {
  /** Refuses a call for its rate, and says for how long. `isHeard`: whoever made it still waits for the answer. */
  readonly refuse: (host: Host, call: SentCall, isHeard: boolean) => number;
  readonly isHeld: (call: string) => boolean;
  /** Calls made although a pause was asked for. */
  readonly early: () => number;
};

export type SentCall = { readonly call: string; readonly sentAt: number };

/** A call may cross with a pause that is asked for, from being granted to being sent. */
const CROSSES_MS = 1_500;

type Pause = { readonly saidAt: number; readonly until: number; readonly to: Host | undefined };

/** Kept per kind of call, which is what a failure that names no reach means. */
export function openPauses(world: World, database: SimulatedDatabase): Pauses {
  const pauses = new Map<string, Pause>();
  let early = 0;

  /** One that was stopped between asking and calling cannot have known; nor can one that nobody was able to tell. */
  const knew = (host: Host, { saidAt, to }: Pause): boolean => {
    const teller = to?.isAlive() === true && to.stoppedUntil() < saidAt;
    const wasTold = to === host || database.troubledUntil() < saidAt;
    return teller && wasTold && host.stoppedUntil() < saidAt;
  };

  return {
    early: () => early,
    isHeld: (call) => world.now() < (pauses.get(call)?.until ?? 0),
    refuse(host, { call, sentAt }, isHeard) {
      const now = world.now();
      const pause = pauses.get(call);
      const isHeld = pause !== undefined && now < pause.until;
      if (isHeld && knew(host, pause) && sentAt > pause.saidAt + CROSSES_MS) early += 1;
      const until = isHeld ? pause.until : now + world.between(500, 40_000);
      if (!isHeld || !knew(host, pause)) pauses.set(call, { saidAt: now, until, to: isHeard ? host : undefined });
      return until - now;
    },
  };
}
