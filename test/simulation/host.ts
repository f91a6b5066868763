import { Failure } from '../../src/model/failure.ts';
import type { Clock } from '../../src/observe/clock.ts';
import type { World } from './world.ts';

/** A process as far as time and the outside world can tell: it may be stopped for a while, and it may end at any await. */
export type Host = {
  readonly name: string;
  readonly clock: Clock;
  readonly isAlive: () => boolean;
  /** As kill -9: nothing of it happens any more. */
  readonly kill: () => void;
  /** As SIGSTOP for so many milliseconds: what comes meanwhile is seen afterwards, in any order. */
  readonly stop: (ms: number) => void;
  /** When it last went on after a stop, or will. */
  readonly stoppedUntil: () => number;
  /** The machine's clock is set, once: from now on it is so many milliseconds off. */
  readonly setClock: (byMs: number) => void;
  /** Hands over what the outside world has for this process, when it can take it. */
  readonly deliver: (act: () => void) => void;
  /** Asked at every call to the outside world: what is to happen to the process there. */
  readonly onCall: (label: string) => void;
};

export type HostFaults = {
  /** Called with the number of the process's call to the outside, before it is sent. */
  readonly atCall: (host: Host, label: string) => void;
};

export function openHost(world: World, name: string, faults: HostFaults): Host {
  let alive = true;
  let stoppedUntil = 0;
  let wallOffset = 0;

  const deliver = (act: () => void): void => {
    if (!alive) return;
    const left = stoppedUntil - world.now();
    // A process that goes on finds everything at once: replies and timers, in no order that it could rely on.
    if (left > 0) world.after(left + world.random(), () => deliver(act));
    else act();
  };

  const clock: Clock = {
    now: () => world.now(),
    wall: () => world.now() + EPOCH + wallOffset,
    random: world.random,
    after(ms, act) {
      let wanted = true;
      world.after(Math.ceil(ms), () => deliver(() => wanted && act()));
      return () => void (wanted = false);
    },
    pause: (ms, signal) => {
      if (signal?.aborted === true) return Promise.reject(new Failure('aborted', 'ended while waiting'));
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const end = (): void => reject(new Failure('aborted', 'ended while waiting'));
      signal?.addEventListener('abort', end);
      world.after(Math.ceil(ms), () => {
        signal?.removeEventListener('abort', end);
        deliver(resolve);
      });
      return promise;
    },
  };

  const host: Host = {
    name,
    clock,
    isAlive: () => alive,
    kill: () => void (alive = false),
    stop: (ms) => void (stoppedUntil = Math.max(stoppedUntil, world.now() + ms)),
    stoppedUntil: () => stoppedUntil,
    setClock: (byMs) => void (wallOffset ||= byMs),
    deliver,
    onCall: (label) => {
      trace(world, `${name} ${label}`);
      faults.atCall(host, label);
    },
  };
  return host;
}

const TRACES = process.env['TRACE'] !== undefined;

/** With TRACE set, what happens is printed. */
export function trace(world: World, what: string): void {
  if (TRACES) process.stdout.write(`${world.now().toFixed(0).padStart(9)} ${what}\n`);
}

/** Where the time of day begins: the first of 2027. */
export const EPOCH = Date.UTC(2027, 0, 1);
