import { DiscordAPIError, HTTPError, RateLimitError } from '@discordjs/rest';
import { Failure } from '../../src/model/failure.ts';
import type { FailureCode } from '../../src/model/failure.ts';
import { clean } from '../kit/text.ts';

/**
 * What a call threw, as a Failure whose message holds the route and Discord's words. The errors of the library go no
 * further: they hold the address, which may have an interaction's token in it, and the body.
 */
export function failureOf(thrown: unknown, what: string): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof RateLimitError) {
    const retryInMs = Math.max(1, Math.ceil(thrown.retryAfter || UNSAID_LIMIT_MS));
    return new Failure('rate-limited', `${what}: ${thrown.scope} limit`, {
      retryInMs,
      reach: thrown.global ? { per: 'app', calls: 'all' } : { per: 'channel', calls: 'same' },
    });
  }
  if (thrown instanceof HTTPError) return new Failure('unknown-outcome', `${what}: ${thrown.status}`);
  if (thrown instanceof DiscordAPIError) return refusal(thrown, what);
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new Failure('aborted', `${what}: ended while waiting`);
  }
  return new Failure('unknown-outcome', `${what}: ${thrown instanceof Error ? thrown.name : 'unknown error'}`);
}

/** A 429 that names no time (it should not happen): long enough for any of Discord's buckets. */
const UNSAID_LIMIT_MS = 5_000;

function refusal(error: DiscordAPIError, what: string): Failure {
  const said = clean(error.message).replaceAll(/\s+/g, ' ').slice(0, 300);
  const number = Number(error.code);
  const text = `${what}: ${error.status} ${Number.isFinite(number) ? number : 0} ${said}`;
  return new Failure(codeOf(error.status, number, said), text, { cause: number });
}

// Numbers from the docs, "Opcodes and Status Codes", "JSON". Only a message can be gone; what else is unknown is a place.
const CODES: ReadonlyMap<number, FailureCode> = new Map<number, FailureCode>([
  [10_003, 'refused'], // unknown channel
  [10_004, 'refused'], // unknown guild
  [10_008, 'gone'], // unknown message
  [10_007, 'refused'], // unknown member
  [10_013, 'refused'], // unknown user
  [10_014, 'refused'], // unknown emoji
  [10_015, 'refused'], // unknown webhook: an interaction's token whose time is over
  [10_062, 'refused'], // unknown interaction
  [30_010, 'refused'], // twenty kinds of reactions are there already
  [30_046, 'closed'], // as many edits of a message older than an hour as there may be
  [40_001, 'unauthorized'],
  [40_005, 'too-large'], // request entity too large
  [40_067, 'refused'], // a post of this forum needs a tag
  [50_001, 'refused'], // missing access: the bot was taken out of the channel or guild
  [50_007, 'refused'], // cannot send messages to this user
  [50_013, 'refused'], // missing permissions there
  [50_014, 'unauthorized'], // invalid authentication token
  [50_027, 'refused'], // invalid webhook token
  [50_083, 'refused'], // archived thread
  [90_001, 'refused'], // that person's messages take no reactions of ours
  [160_006, 'refused'], // as many threads as there may be
]);

function codeOf(status: number, number: number, said: string): FailureCode {
  const known = CODES.get(number);
  if (known !== undefined) return known;
  if (status === 401) return 'unauthorized';
  if (status === 413 || (number === 50_035 && said.includes('BASE_TYPE_MAX_LENGTH'))) return 'too-large';
  return status === 408 ? 'unknown-outcome' : 'refused';
}

/** Whether Discord refused the call with this number of its own. */
export const isNumber = (thrown: unknown, ...numbers: readonly number[]): boolean =>
  thrown instanceof Failure && typeof thrown.cause === 'number' && numbers.includes(thrown.cause);
