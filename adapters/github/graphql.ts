import { z } from 'zod';
import type { Access } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { FailureCode } from '../../src/model/failure.ts';
import { clean } from '../kit/text.ts';
import type { Client } from './client.ts';

/** What is asked of GraphQL; `data` comes back as it is. */
export type Asking = {
  readonly access: Access;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** GitHub's GraphQL API. Rejects with a Failure. */
export type Graph = {
  readonly read: (asking: Asking, signal: AbortSignal) => Promise<unknown>;
  /** What changes something: a failure may have been one after the work. */
  readonly change: (asking: Asking, signal: AbortSignal) => Promise<unknown>;
};

const answer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string().catch('') })).optional(),
});

/** GitHub's advice where a limit comes without a time (docs: Rate limits for the GraphQL API). */
const UNSAID_LIMIT_MS = 60_000;

/** GitHub Enterprise Server has the two APIs side by side (docs: Forming calls with GraphQL). */
const urlOf = (apiUrl: string): string => `${apiUrl.replace(/\/api\/v3$/, '/api')}/graphql`;

export function openGraph(client: Client): Graph {
  const route = `POST ${urlOf(client.apiUrl)}`;
  const change = async ({ access, text, variables }: Asking, signal: AbortSignal): Promise<unknown> => {
    const parsed = answer.safeParse(await client.call(access, route, { query: text, variables }, signal));
    if (!parsed.success) throw new Failure('unknown-outcome', 'GraphQL: GitHub’s answer is none');
    const [error] = parsed.data.errors ?? [];
    if (error !== undefined) throw failureOf(error.type ?? '', error.message);
    return parsed.data.data;
  };
  return {
    change,
    async read(asking, signal) {
      try {
        return await change(asking, signal);
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.code === 'unknown-outcome')) throw thrown;
        throw new Failure('unavailable', thrown.message, { cause: thrown.cause });
      }
    },
  };
}

/** GraphQL answers 200 and names what was wrong; each as the status that REST would have answered. */
const KNOWN: Readonly<Record<string, readonly [code: FailureCode, status: number]>> = {
  NOT_FOUND: ['refused', 404],
  FORBIDDEN: ['unauthorized', 403],
  INSUFFICIENT_SCOPES: ['unauthorized', 403],
  UNPROCESSABLE: ['refused', 422],
  UNPROCESSABLE_ENTITY: ['refused', 422],
};

function failureOf(type: string, message: string): Failure {
  const text = `GraphQL: ${type} ${clean(message).slice(0, 300)}`;
  if (type === 'RATE_LIMITED') {
    const reach = { per: 'install', calls: 'all' } as const;
    return new Failure('rate-limited', text, { retryInMs: UNSAID_LIMIT_MS, reach, cause: 429 });
  }
  if (/too long/i.test(message)) return new Failure('too-large', text, { cause: 422 });
  const [code, cause] = KNOWN[type] ?? ['unknown-outcome', 200];
  return new Failure(code, text, { cause });
}
