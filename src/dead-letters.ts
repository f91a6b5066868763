import { DEFAULT_ORGANIZATION } from './db/apps.ts';
import { listDeadLetters, redrive, type DeadLetter } from './db/dead-letters.ts';
import { inOrganization, type Database } from './db/database.ts';
import { Failure } from './model/failure.ts';
import { turnId } from './model/ids.ts';

/** Dead letters that are listed at most. */
const MOST = 200;

/**
 * `dead-letters` lists what was given up, `dead-letters redrive all` or `redrive TURN…` takes it up again.
 * @returns what is to be printed.
 * @throws Failure `invalid` that says how it is meant.
 */
export async function deadLetters(db: Database, [verb, ...turns]: readonly string[]): Promise<string> {
  if (verb === undefined) {
    const letters = await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => listDeadLetters(tx, MOST));
    return letters.length === 0 ? 'there are no dead letters\n' : letters.map(describe).join('\n');
  }
  if (verb !== 'redrive' || turns.length === 0)
    throw new Failure('invalid', 'usage: node src/main.ts dead-letters [redrive all | redrive TURN…]');
  const wanted = turns[0] === 'all' ? undefined : turns.map(turnOf);
  const count = await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => redrive(tx, wanted));
  return `${count} taken up again; a running worker goes on with them\n`;
}

function turnOf(text: string): ReturnType<typeof turnId> {
  try {
    return turnId(text);
  } catch {
    throw new Failure('invalid', `${text.slice(0, 60)} is no turn: take the first word of a line of the list`);
  }
}

function describe({ turn, platform, channel, thread, endedAt, reason, questions, inDoubt }: DeadLetter): string {
  const doubts = inDoubt.map(
    ({ ordinal, attempts, attemptedAt, error }) =>
      `  part ${ordinal + 1} may be posted: attempt ${attempts} at ${attemptedAt}${error === null ? '' : ` (${error})`}\n`,
  );
  const asked = questions.map((text) => `  asked: ${text.replaceAll(/\s+/g, ' ')}\n`);
  return `${turn} ${endedAt} ${platform} ${channel} ${thread}\n  reason: ${reason}\n${asked.join('')}${doubts.join('')}`;
}
