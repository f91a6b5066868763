import { setTimeout as sleep } from 'node:timers/promises';
import { App } from '@octokit/app';
import { Octokit } from '@octokit/core';
import type { Access } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import { openFetch } from './fetch.ts';

export type Parameters = Readonly<Record<string, unknown>>;

/** GitHub's REST API, as the app itself or as one of its installations. Every call is sent once and has a deadline. */
export type Client = {
  readonly apiUrl: string;
  /** `route` as in GitHub's reference: `GET /app`. Rejects with a Failure. */
  readonly asApp: (route: string, signal: AbortSignal) => Promise<unknown>;
  /** One page of a list that the app itself may read, and the cursor of the next one when there is one. */
  readonly pageAsApp: (
    route: string,
    parameters: Parameters,
    signal: AbortSignal,
  ) => Promise<{ readonly data: unknown; readonly next: string | undefined }>;
  /** Parameters fill the `{braces}` of the route; the rest become the query or the JSON body. */
  readonly call: (access: Access, route: string, parameters: Parameters, signal: AbortSignal) => Promise<unknown>;
  /** The installation's own token, an hour long, cached until a minute before its end. */
  readonly token: (access: Access, signal: AbortSignal) => Promise<string>;
};

export type AppKeys = { readonly appId: string; readonly privateKey: string; readonly apiUrl: string };

/** A token made less than this ago may not be known to all of GitHub's machines yet (@octokit/auth-app's number). */
const YOUNG_MS = 5_000;
const REPLICATION_MS = 1_000;

const silent = () => undefined;
const LOG = { debug: silent, info: silent, warn: silent, error: silent };

/**
 * Octokit makes the app's JWTs and keeps the installations' tokens; neither its retry nor its throttling plugin is in
 * it. Its two built-in repetitions (after a 401, after a wrong clock) are off as well: they look for GitHub's answer in
 * the error, and `openFetch` throws a Failure in its place.
 */
export function openClient({ appId, privateKey, apiUrl }: AppKeys): Client {
  const fetch = openFetch(apiUrl);
  const WithDefaults = Octokit.defaults({ baseUrl: apiUrl, userAgent: 'switchboard', request: { fetch }, log: LOG });
  const app = new App({ appId, privateKey, Octokit: WithDefaults, log: LOG });

  const authenticate = async (access: Access, refresh: boolean): Promise<{ token: string; ageMs: number }> => {
    const made = await app.octokit.auth({ type: 'installation', installationId: installationOf(access), refresh });
    return tokenOf(made);
  };
  const once = async (access: Access, route: string, parameters: Record<string, unknown>): Promise<unknown> => {
    const octokit = await app.getInstallationOctokit(installationOf(access));
    const answer: { data: unknown } = await octokit.request(route, parameters);
    return answer.data;
  };

  return {
    apiUrl,
    asApp: (route, signal) =>
      asFailure(async () => {
        const answer: { data: unknown } = await app.octokit.request(route, { request: { signal } });
        return answer.data;
      }),
    pageAsApp: (route, parameters, signal) =>
      asFailure(async () => {
        const answer: { data: unknown; headers: { link?: string } } = await app.octokit.request(route, {
          ...parameters,
          request: { signal },
        });
        return {
          data: answer.data,
          next: /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(answer.headers.link ?? '')?.[1],
        };
      }),
    call: (access, route, parameters, signal) =>
      asFailure(async () => {
        const given = { ...parameters, request: { signal } };
        // A 401 was surely not performed: either the token is too new to be known everywhere, or it was taken back.
        try {
          return await once(access, route, given);
        } catch (thrown) {
          if (!isUntaken(thrown)) throw thrown;
        }
        if ((await authenticate(access, false)).ageMs < YOUNG_MS) {
          await sleep(REPLICATION_MS, undefined, { signal });
          try {
            return await once(access, route, given);
          } catch (thrown) {
            if (!isUntaken(thrown)) throw thrown;
          }
        }
        await authenticate(access, true);
        return once(access, route, given);
      }),
    token: (access) => asFailure(async () => (await authenticate(access, false)).token),
  };
}

/** @throws Failure `invalid` when the install is not a number, as GitHub's are. */
function installationOf(access: Access): number {
  if (!/^\d{1,15}$/.test(access.install)) throw new Failure('invalid', `not an installation id: ${access.install}`);
  return Number(access.install);
}

function tokenOf(made: unknown): { token: string; ageMs: number } {
  if (typeof made === 'object' && made !== null && 'token' in made && typeof made.token === 'string') {
    const createdAt = 'createdAt' in made ? Date.parse(String(made.createdAt)) : 0;
    return { token: made.token, ageMs: Date.now() - createdAt };
  }
  throw new Failure('unauthorized', 'GitHub gave no token for the installation');
}

/** The Failure that `openFetch` threw: Octokit hands it on as the cause of an error of its own. */
function failureIn(thrown: unknown): Failure | undefined {
  if (thrown instanceof Failure) return thrown;
  return thrown instanceof Error && thrown.cause instanceof Failure ? thrown.cause : undefined;
}

/** GitHub did not take the token; `refusal` leaves the status as the cause. */
const isUntaken = (thrown: unknown): boolean => failureIn(thrown)?.cause === 401;

async function asFailure<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    const failure = failureIn(thrown);
    if (failure !== undefined) throw failure;
    if (thrown instanceof Error && thrown.name === 'AbortError') throw new Failure('aborted', 'ended while waiting');
    // Octokit's own errors hold the request with its authorization header: only their name goes on.
    throw new Failure('unavailable', `GitHub's client: ${thrown instanceof Error ? thrown.name : 'unknown error'}`);
  }
}
