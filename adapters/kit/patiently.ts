import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../src/model/failure.ts';

/** Tries of one reading call that a platform cannot serve just now, and milliseconds between them. */
const TRIES = 4;
const BETWEEN_MS = 2_000;

/** Waits of one call for a platform's limit. Each is as long as the platform says, so more of them are somebody else's calls. */
const MOST_WAITS = 10;

/**
 * Reads, and where the platform says "later" waits exactly as long as it says before it asks again. Only for what nobody
 * waits for.
 * @throws Failure as the call does; `aborted` when the signal goes off.
 */
export async function patiently<Result>(signal: AbortSignal, call: () => Promise<Result>): Promise<Result> {
  let [tries, waits] = [0, 0];
  for (;;) {
    if (signal.aborted) throw new Failure('aborted', 'ended while waiting');
    try {
      return await call();
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      if (thrown.code === 'rate-limited') waits += 1;
      else if (thrown.code === 'unavailable') tries += 1;
      else throw thrown;
      if (tries >= TRIES || waits > MOST_WAITS) throw thrown;
      await sleep(thrown.retryInMs ?? BETWEEN_MS, undefined, { signal }).catch(() => {});
    }
  }
}
