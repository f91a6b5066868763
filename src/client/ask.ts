import { hc, type ClientResponse } from 'hono/client';
import { z } from 'zod';
import type { Api } from '../console/api.ts';
import { Failure } from '../model/failure.ts';
import { parseJson } from '../model/parse-json.ts';
import type { Login } from './login.ts';

export type Client = ReturnType<typeof hc<Api>>['api']['v1'];

/** Milliseconds for one request. */
const WITHIN_MS = 120_000;

export const clientOf = ({ url, key }: Login): Client =>
  hc<Api>(url.replace(/\/+$/, ''), {
    headers: { authorization: `Bearer ${key}` },
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      fetch(input, { ...init, signal: AbortSignal.timeout(WITHIN_MS) }),
  }).api.v1;

const Problem = z.object({ title: z.string(), detail: z.string() });

/** An answer that worked. @throws Failure that says what the hub says. */
export async function worked<Answer extends Pick<ClientResponse<unknown>, 'ok' | 'status' | 'text'>>(
  asked: Promise<Answer>,
): Promise<Answer> {
  const answer = await asked.catch((thrown: unknown) => {
    const { message, cause } = thrown instanceof Error ? thrown : new Error('unknown');
    throw new Failure('unavailable', `the hub cannot be reached: ${cause instanceof Error ? cause.message : message}`);
  });
  if (answer.ok) return answer;
  const parsed = Problem.safeParse(parseJson(await answer.text()));
  const reason = parsed.success ? `${parsed.data.title}: ${parsed.data.detail}` : `HTTP ${answer.status}`;
  throw new Failure('refused', reason);
}
