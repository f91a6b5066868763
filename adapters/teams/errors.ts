import { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import type { FailureCode, LimitReach } from '../../src/model/failure.ts';
import { retryAfterMs } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';
import { parseJson } from '../../src/model/parse-json.ts';

/** Teams' limits are of 1, 2 and 30 seconds (docs: Optimize your bot with rate limiting): after two most are over. */
const UNSAID_LIMIT_MS = 2_000;

/** The limits of messages are one bot's in one conversation. */
const CONVERSATION: LimitReach = { per: 'thread', calls: 'all' };

const errorAnswer = z.object({
  error: z.object({ code: z.string().regex(/^\w{1,80}$/), message: z.string().max(500).catch('') }),
});

/** Causes of a refusal that is about a stream: it is over, it shows another text, or it is still open (or is not allowed). */
const ENDED = 'the stream has ended';
const OTHER_TEXT = 'the stream shows another text';
const OPEN = 'streaming is not allowed now';

/** By its words, as one name stands for all of them (docs: Stream bot messages, "Error codes"). */
function streamRefusal(text: string, message: string): Failure {
  if (/cancell?ed by user/i.test(message)) return new Failure('stopped', `${text}: its reader stopped it`);
  if (/size too large/i.test(message)) return new Failure('too-large', text);
  const isOver = /exceeded streaming time|already completed/i.test(message);
  const cause = isOver ? ENDED : /previously streamed/i.test(message) ? OTHER_TEXT : OPEN;
  return new Failure('refused', `${text}: ${cause}`, { cause });
}

/**
 * Why the Connector did not do what it was asked, for an answer of 300 and above: by its name of the error where it has
 * one (docs: Status codes from bot conversational APIs). `what` holds no secret. Its cause is the status.
 */
export function refusal(what: string, answer: Answer, reach: LimitReach = CONVERSATION): Failure {
  const { status } = answer;
  const parsed = errorAnswer.safeParse(parseJson(answer.text));
  const { code: name, message } = parsed.success ? parsed.data.error : { code: '', message: '' };
  const text = `${what}: ${status} ${name}`.trimEnd();
  if (name === 'ContentStreamNotAllowed') return streamRefusal(text, message);
  const code = codeOf(status, name);
  if (code !== 'rate-limited') return new Failure(code, text, { cause: status });
  const retryInMs = retryAfterMs(answer.headers) ?? UNSAID_LIMIT_MS;
  return new Failure(code, text, { retryInMs, reach, cause: status });
}

/** The one 404 that is about a message; all others are about its place. */
const DELETED = 'ActivityNotFoundInConversation';

/** 403 says that an admin must act, but for these: the bot was put out of the conversation. */
const PUT_OUT = new Set(['BotNotInConversationRoster', 'ConversationBlockedByUser', 'MessageWritesBlocked']);

function codeOf(status: number, name: string): FailureCode {
  if (status >= 500 || status === 408) return 'unknown-outcome';
  // 412 is a conflict with another change of the conversation; the docs put it beside 429.
  if (status === 429 || status === 412) return 'rate-limited';
  if (status === 413 || name === 'MessageSizeTooBig') return 'too-large';
  if (name === DELETED) return 'gone';
  if (PUT_OUT.has(name)) return 'refused';
  if (status === 401 || status === 403) return 'unauthorized';
  return 'refused';
}

/** Teams ends a stream by itself after two minutes: until then one whose text nobody knows can be neither ended nor changed. */
const UNTIL_ENDED_MS = 30_000;

export function waitForEnd(thrown: unknown): never {
  if (!isAboutStream(thrown)) throw thrown;
  throw new Failure('unavailable', 'PUT activity: it is still streamed', { cause: thrown, retryInMs: UNTIL_ENDED_MS });
}

export const isAboutStream = (thrown: unknown): boolean =>
  thrown instanceof Failure && (thrown.cause === ENDED || thrown.cause === OTHER_TEXT || thrown.cause === OPEN);
