import { Failure } from '../../src/model/failure.ts';

/** Waits for a call of the room until the signal goes off; the call itself ends by its own deadline. */
export async function within<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const ended = (): Failure => new Failure('aborted', 'a call of the chat was ended');
  if (signal.aborted) throw ended();
  const { promise, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(ended());
  signal.addEventListener('abort', end, { once: true });
  const working = work();
  // The race may end first; what comes of the call later is then nobody's error.
  working.catch(() => {});
  try {
    return await Promise.race([working, promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** A change of which nobody knows whether it was committed is in doubt. */
export async function changing<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  try {
    return await within(signal, work);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'unavailable') throw thrown;
    throw new Failure('unknown-outcome', thrown.message, { cause: thrown });
  }
}
