import { z } from 'zod';
import { parseJson } from '../../src/model/parse-json.ts';
import type { Answer } from '../kit/http.ts';
import { call, retryAfterMs } from '../kit/http.ts';
import type { Client } from './client.ts';
import { failureOf, refusal } from './client.ts';
import { addressAt, hookHosts } from './hosts.ts';

/** What a `response_url` is called in errors: the address itself lets everybody who knows it speak here. */
const METHOD = 'response_url';

/**
 * Says something to one person alone, at the `response_url` that came with what that person did: five times within thirty
 * minutes, also where the bot is no member (docs: Handling user interaction, "Message responses").
 * @throws Failure `refused` once the address is used up.
 */
export async function respond(client: Client, at: string, message: object, signal: AbortSignal): Promise<void> {
  const url = addressAt(hookHosts(client.apiUrl), at, METHOD);
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const body = JSON.stringify({ response_type: 'ephemeral', ...message });
  judge(await call({ method: 'POST', url, headers, body }, signal));
}

const refused = z.object({ ok: z.literal(false), error: z.string().catch('') });

/** Errors come as a bare name or in an object, with a status or without. */
function judge({ status, headers, text }: Answer): void {
  const retryInMs = retryAfterMs(headers);
  const wait = retryInMs === undefined ? {} : { retryInMs };
  if (status === 429) throw failureOf('rate-limited', METHOD, 'ratelimited', wait);
  if (status >= 500) throw failureOf('unknown-outcome', METHOD, `http_${status}`, wait);
  const parsed = refused.safeParse(parseJson(text));
  if (parsed.success) throw refusal(METHOD, parsed.data.error);
  if (status >= 400) throw failureOf('refused', METHOD, /^\w{1,80}$/.test(text) ? text : `http_${status}`);
}
