import { Cron } from 'croner';
import { Failure } from './failure.ts';
import { isTimeZone } from './time-zone.ts';

/** What is due again and again: five fields, and the IANA zone whose clocks they mean. */
export type Recurring = { readonly cron: string; readonly timeZone: string };

/**
 * The first moment after `after`; undefined: there is none. Where clocks are put forward, a time of day that is left out
 * (`30 2 * * *`) is due when the gap ends, and what has a star or a step in minute or hour is left out; where they are put
 * back, a time of day is due once, the first time, and what has a star or a step is due in both hours. Pure.
 * @throws Failure `invalid` that says what is wrong with the fields or the zone.
 */
export function nextOccurrence(recurring: Recurring, after: Date): Date | undefined {
  return read(recurring, (cron) => cron.nextRun(after)) ?? undefined;
}

/** The last moment that is not after `at`. Pure. @throws as `nextOccurrence`. */
export function lastOccurrence(recurring: Recurring, at: Date): Date | undefined {
  // Croner leaves out what is due in this very moment.
  return read(recurring, (cron) => cron.previousRuns(1, new Date(at.getTime() + 1))[0]);
}

/** `2027-01-05T09:00`, or with seconds. */
const LOCAL = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?$/;

/**
 * A date and time without an offset, as the clocks of the zone show them: the earlier one where they show it twice; undefined:
 * there is none. Pure.
 */
export function momentIn(timeZone: string, local: string): Date | undefined {
  const [, minute, seconds = ':00'] = LOCAL.exec(local) ?? [];
  if (minute === undefined) return undefined;
  const written = `${minute}${seconds}`;
  const asUtc = new Date(`${written}Z`);
  // The 30th of February is read as the 2nd of March.
  const exists = !Number.isNaN(asUtc.getTime()) && asUtc.toISOString().startsWith(written);
  return exists ? (new Cron(written, { timezone: timeZone }).nextRun(new Date(0)) ?? undefined) : undefined;
}

function read<Result>({ cron, timeZone }: Recurring, ask: (cron: Cron) => Result): Result {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5)
    throw new Failure(
      'invalid',
      `a cron has five fields (minute hour day month weekday), as '0 9 * * 1-5': this has ${fields.length}`,
    );
  requireTimeZone(timeZone);
  try {
    // Without a function nothing is started: it only computes. Lists and ranges count as times of day, as people mean them.
    return ask(new Cron(fields.join(' '), { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' }));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/^Cron\w*: /, '') : 'it cannot be read';
    throw new Failure('invalid', `the cron '${cron.slice(0, 60)}' makes no sense: ${why}`, { cause: thrown });
  }
}

/** @throws Failure `invalid` for what is no time zone. */
export function requireTimeZone(name: string): void {
  if (!isTimeZone(name))
    throw new Failure('invalid', `${name.slice(0, 60)} is no time zone: name one as Europe/Vienna`);
}
