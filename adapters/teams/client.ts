import { Failure } from '../../src/model/failure.ts';
import { call } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';
import type { AccessToken } from './access-token.ts';
import { refusal } from './errors.ts';
import type { Hosts } from './hosts.ts';
import { parseJson } from './payload.ts';
import type { Spot } from './place.ts';

/** A call about the activities of one conversation. */
export type ConnectorCall = {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly spot: Spot;
  /** Of the activity that is changed; absent for a new one. */
  readonly activityId?: string;
  readonly body?: object;
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
  return {
    async call(request, signal) {
      const url = urlOf(request, hosts);
      const token = await tokens.get(signal);
      let answer = await attempt(url, token, request, signal);
      if (answer.status === 401) {
        tokens.drop(token);
        answer = await attempt(url, await tokens.get(signal), request, signal);
      }
      if (answer.status >= 300) throw refusal(`${request.method} activity`, answer);
      return parseJson(answer.text);
    },
  };
}

/** @throws Failure `refused`: the service URL is not one that our token may be sent to. */
function urlOf({ spot, activityId }: ConnectorCall, hosts: Hosts): string {
  const base = URL.parse(spot.serviceUrl);
  if (base === null || base.search !== '' || base.hash !== '')
    throw new Failure('refused', 'the service URL is no base');
  if (!hosts(base)) throw new Failure('refused', `${base.host} is not in TEAMS_ALLOWED_HOSTS: nothing was sent there`);
  const path = `/v3/conversations/${encodeURIComponent(spot.conversation)}/activities`;
  const id = activityId === undefined ? '' : `/${encodeURIComponent(activityId)}`;
  return `${base.href.replace(/\/+$/, '')}${path}${id}`;
}
