import { toFailure } from '../../../model/failure.ts';
import type { ToolResult } from '../../../model/tool.ts';
import { systemClock } from '../../../observe/clock.ts';
import type { Link, Loss } from './connect.ts';
import type { Connection } from './connection.ts';
import { resultText } from './result-text.ts';
import type { Wanted } from './server-tools.ts';

export type Calling = {
  readonly connection: Connection;
  /** Milliseconds, from the moment at which it is sent. */
  readonly timeoutMs: number;
  /** It could not be reached: the reason. */
  readonly unreachable: (thrown: unknown) => void;
};

/**
 * Has a server do one call. A server that died is started anew, and what only reads is asked once more; what writes is sent
 * once and never again, and only to a server that has just given a sign of life.
 */
export async function callServer(calling: Calling, wanted: Wanted, signal: AbortSignal): Promise<ToolResult> {
  const first = await attempt(calling, wanted, signal);
  const again = first.kind === 'lost' && wanted.reads && !signal.aborted;
  const outcome = again ? await attempt(calling, wanted, signal) : first;
  if (outcome.kind === 'result') return outcome.result;
  return {
    text: WORDS[outcome.kind](outcome.why, wanted.reads),
    failed: true,
    origin: outcome.kind === 'answered' ? 'external' : 'own',
  };
}

type Outcome =
  | { readonly kind: 'result'; readonly result: ToolResult }
  | { readonly kind: Loss | 'unreachable'; readonly why: string };

async function attempt(calling: Calling, wanted: Wanted, signal: AbortSignal): Promise<Outcome> {
  const { connection, timeoutMs: withinMs } = calling;
  const link = await reach(calling, wanted, signal);
  if ('kind' in link) return link;
  const { name, args, key, reads } = wanted;
  try {
    const called = link.call({ name, args, key, withinMs }, signal);
    const returned = await (reads ? watched(called, link, withinMs / 2) : called);
    return { kind: 'result', result: { text: resultText(returned), failed: returned.isError === true } };
  } catch (thrown) {
    const { lossIn } = await import('./connect.ts');
    const kind = thrown instanceof Silent ? 'lost' : lossIn(thrown);
    // Slow, hanging, or ended from outside: whoever comes next finds out. Others may be using it.
    if (kind === 'late' || signal.aborted) connection.doubt();
    else if (kind === 'lost' || kind === 'long') connection.drop(link);
    return { kind, why: toFailure(thrown, 'unavailable').message.slice(0, MOST_WORDS) };
  }
}

const MOST_WORDS = 500;

async function reach(
  { connection, unreachable }: Calling,
  { reads }: Wanted,
  signal: AbortSignal,
): Promise<Link | (Outcome & { readonly kind: 'unreachable' })> {
  try {
    return await connection.get(!reads, signal);
  } catch (thrown) {
    if (!signal.aborted) unreachable(thrown);
    return { kind: 'unreachable', why: '' };
  }
}

/** It gave no sign of life while it was waited for. */
class Silent extends Error {
  override readonly name = 'Silent';
}

const SIGN_WITHIN_MS = 3_000;

/** A call that only reads, given up when half of its time is over and the server gives no sign of life. */
async function watched(called: ReturnType<Link['call']>, link: Link, afterMs: number): ReturnType<Link['call']> {
  const answered = new AbortController();
  const silent = systemClock.pause(afterMs, answered.signal).then(async () => {
    await link.ping(Math.min(SIGN_WITHIN_MS, afterMs / 2));
    return called;
  });
  silent.catch(() => {});
  called.catch(() => {});
  try {
    return await Promise.race([
      called,
      silent.catch((thrown: unknown) => {
        if (answered.signal.aborted) return called;
        throw new Silent('it gives no sign of life', { cause: thrown });
      }),
    ]);
  } finally {
    answered.abort();
  }
}

type Words = (why: string, reads: boolean) => string;

const done = (reads: boolean): string =>
  reads ? 'Nothing was read.' : 'It may have been done: nobody can tell. It is not tried again by itself.';

/** What the model is told. */
const WORDS: Readonly<Record<Loss | 'unreachable', Words>> = {
  answered: (why) => why,
  refused: (why) => `The server of this tool did not take the call. It was not done. (${why})`,
  late: (_why, reads) => `The server of this tool did not answer in time. ${done(reads)}`,
  long: (_why, reads) =>
    `The server of this tool returned more than 1 MB, which is not read. ${reads ? 'Ask for less.' : 'It was probably done.'}`,
  lost: (_why, reads) => `The connection to this tool’s server was lost. ${done(reads)}`,
  unreachable: () => 'The server of this tool cannot be reached. It was not done.',
};
