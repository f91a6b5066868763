import { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import type { FailureCode, LimitReach } from '../../src/model/failure.ts';
import { retryAfterMs } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';
import { parseJson } from './payload.ts';

/** Teams' limits are of 1, 2 and 30 seconds (docs: Optimize your bot with rate limiting): after two most are over. */
const UNSAID_LIMIT_MS = 2_000;

/** The limits of messages are one bot's in one conversation. */
const CONVERSATION: LimitReach = { per: 'thread', calls: 'all' };

const errorAnswer = z.object({ error: z.object({ code: z.string().regex(/^\w{1,80}$/) }) });

/**
 * Why the Connector did not do what it was asked, for an answer of 300 and above: by its name of the error where it has
 * one (docs: Status codes from bot conversational APIs). `what` holds no secret. Its cause is the status.
 */
export function refusal(what: string, answer: Answer, reach: LimitReach = CONVERSATION): Failure {
  const { status } = answer;
  const parsed = errorAnswer.safeParse(parseJson(answer.text));
  const name = parsed.success ? parsed.data.error.code : '';
  const text = `${what}: ${status} ${name}`.trimEnd();
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
