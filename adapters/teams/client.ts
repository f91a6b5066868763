import { Failure } from '../../src/model/failure.ts';
import type { LimitReach } from '../../src/model/failure.ts';
import { call } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';
import type { AccessToken } from './access-token.ts';
import { refusal } from './errors.ts';
import type { Hosts } from './hosts.ts';
import { parseJson } from '../../src/model/parse-json.ts';

/** A call to the Connector of one region. */
export type ConnectorCall = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** What it is about, for errors: `activity`. */
  readonly what: string;
  readonly serviceUrl: string;
  /** What it is below; default: conversations. */
  readonly under?: 'teams';
  /** The names that follow `v3/conversations`, as they are. */
  readonly path: readonly string[];
  /** Of messages that one person alone sees. */
  readonly targeted?: boolean;
  readonly body?: object;
  /** How far a limit reaches that the call runs into; by default all that is done in its conversation. */
  readonly reach?: LimitReach;
};

/** The Bot Connector's REST API. Rejects with a Failure; the answer is what its JSON says. */
export type Client = {
  readonly call: (request: ConnectorCall, signal: AbortSignal) => Promise<unknown>;
};

/**
 * Plain HTTP in place of botbuilder's connector, which costs 55 MB and tries again by itself. Sent once; after a 401,
 * which performs nothing, once more with a new token.
 */
export function openClient(tokens: AccessToken, hosts: Hosts): Client {
  const attempt = (url: string, token: string, request: ConnectorCall, signal: AbortSignal): Promise<Answer> =>
    call(
      {
        method: request.method,
        url,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
        ...(request.body && { body: JSON.stringify(request.body) }),
      },
      signal,
    );
  const perform = async (request: ConnectorCall, signal: AbortSignal): Promise<unknown> => {
    const url = urlOf(request, hosts);
    const token = await tokens.get(signal);
    let answer = await attempt(url, token, request, signal);
    if (answer.status === 401) {
      tokens.drop(token);
      answer = await attempt(url, await tokens.get(signal), request, signal);
    }
    if (answer.status >= 300) throw refusal(`${request.method} ${request.what}`, answer, request.reach);
    return parseJson(answer.text);
  };
  return {
    async call(request, signal) {
      try {
        return await perform(request, signal);
      } catch (thrown) {
        const harmless = request.method === 'GET' && thrown instanceof Failure && thrown.code === 'unknown-outcome';
        // What only reads may always be tried again.
        throw harmless ? new Failure('unavailable', thrown.message, { cause: thrown.cause }) : thrown;
      }
    },
  };
}

/** @throws Failure `refused`: the service URL is not one that our token may be sent to. */
function urlOf({ serviceUrl, under, path, targeted }: ConnectorCall, hosts: Hosts): string {
  const base = URL.parse(serviceUrl);
  if (base === null || base.search !== '' || base.hash !== '')
    throw new Failure('refused', 'the service URL is no base');
  if (!hosts(base)) throw new Failure('refused', `${base.host} is not in TEAMS_ALLOWED_HOSTS: nothing was sent there`);
  const names = ['v3', under ?? 'conversations', ...path.map(encodeURIComponent)].join('/');
  return `${base.href.replace(/\/+$/, '')}/${names}${targeted === true ? '?isTargetedActivity=true' : ''}`;
}
