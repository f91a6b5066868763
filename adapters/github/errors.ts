import { Failure } from '../../src/model/failure.ts';
import type { FailureCode, LimitReach } from '../../src/model/failure.ts';
import { clean } from '../kit/text.ts';
import { retryAfterMs } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';

/** GitHub's advice where a limit comes without a time: wait at least one minute (REST docs, "Exceeding the rate limit"). */
const UNSAID_LIMIT_MS = 60_000;

/**
 * Why GitHub did not do what it was asked, for an answer of 400 and above. `what` is method and path. Its cause is the
 * status. A 404 is `refused`: whether it is about a comment or about all of its repository, the answer does not say.
 */
export function refusal(what: string, answer: Answer): Failure {
  const said = messageOf(answer.text);
  const text = `${what}: ${answer.status} ${said}`;
  const wait = limitMs(answer, said);
  // The primary and the secondary limit are both counted for the installation, whatever was called.
  const reach: LimitReach = { per: 'install', calls: 'all' };
  if (wait !== undefined) return new Failure('rate-limited', text, { retryInMs: wait, reach, cause: answer.status });
  return new Failure(codeOf(answer.status, said), text, { cause: answer.status });
}

function codeOf(status: number, said: string): FailureCode {
  if (status >= 500) return 'unknown-outcome';
  if (status === 401) return 'unauthorized';
  // GitHub says 403 for missing permissions and suspended installations, and also for locked and archived places.
  if (status === 403) return /locked|archived|read-only|blocked/i.test(said) ? 'refused' : 'unauthorized';
  if (status === 413 || (status === 422 && /too long/i.test(said))) return 'too-large';
  if (status === 408) return 'unknown-outcome';
  return 'refused';
}

/** Milliseconds to wait when the answer is about a limit. Limits come as 429 and, older ones, as 403. */
function limitMs(answer: Answer, said: string): number | undefined {
  if (answer.status !== 403 && answer.status !== 429) return undefined;
  const asked = retryAfterMs(answer.headers);
  if (asked !== undefined) return asked;
  const reset = Number(answer.headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (answer.headers.get('x-ratelimit-remaining') === '0' && Number.isFinite(reset)) {
    return Math.max(1000, reset * 1000 - Date.now());
  }
  return answer.status === 429 || /rate limit|abuse/i.test(said) ? UNSAID_LIMIT_MS : undefined;
}

/** `{message, errors}` of GitHub as one short line. */
function messageOf(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return '';
  }
  if (typeof value !== 'object' || value === null || !('message' in value)) return '';
  const errors = 'errors' in value ? ` ${JSON.stringify(value.errors)}` : '';
  return clean(`${String(value.message)}${errors}`).slice(0, 300);
}
