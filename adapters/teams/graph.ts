import { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import { call, retryAfterMs } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';
import { openAccessToken } from './access-token.ts';
import type { AccessToken } from './access-token.ts';
import { parseJson } from '../../src/model/parse-json.ts';

/** Microsoft Graph, as far as an organization and the owners of its teams and chats let the app read there. */
export type Graph = {
  /** The app's token for an organization, for addresses of Graph's alone. */
  readonly token: (tenant: string, signal: AbortSignal) => Promise<string>;
  /** @throws Failure `unauthorized`, naming the permission, where nobody has consented. */
  readonly get: (asked: GraphCall, signal: AbortSignal) => Promise<unknown>;
  readonly isHere: (url: URL) => boolean;
  /** An address of Graph's. */
  readonly at: (path: readonly string[]) => string;
};

export type GraphCall = {
  readonly tenant: string;
  readonly url: string;
  /** What has to be allowed for it, for errors. */
  readonly permission: string;
};

export type GraphApp = {
  readonly appId: string;
  readonly password: string;
  /** Of Microsoft Entra: tokens for Graph are given by the organization that is read, whatever the bot's own come from. */
  readonly loginUrl: string;
  readonly graphUrl: string;
};

/** Teams' own limits are of a second (docs: Microsoft Graph throttling limits, "Teams service limits"). */
const UNSAID_LIMIT_MS = 2_000;
/** Organizations whose tokens are kept. */
const MOST_TENANTS = 1_000;

const errorAnswer = z.object({ error: z.object({ code: z.string().regex(/^[\w.]{1,80}$/) }) });

export function openGraph(app: GraphApp): Graph {
  const base = new URL(app.graphUrl);
  const tenants = new Map<string, AccessToken>();
  const tokensOf = (tenant: string): AccessToken => {
    const known = tenants.get(tenant);
    if (known !== undefined) return known;
    if (tenants.size >= MOST_TENANTS) tenants.clear();
    const tokenUrl = `${app.loginUrl}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
    const { appId, password } = app;
    const opened = openAccessToken({ tokenUrl, appId, password, scope: `${base.origin}/.default` });
    tenants.set(tenant, opened);
    return opened;
  };
  const isHere = (url: URL): boolean => url.origin === base.origin && url.username === '' && url.password === '';
  return {
    token: (tenant, signal) => tokensOf(tenant).get(signal),
    isHere,
    at: (path) => `${base.href.replace(/\/+$/, '')}/v1.0/${path.map(encodeURIComponent).join('/')}`,
    async get({ tenant, url, permission }, signal) {
      if (!URL.canParse(url) || !isHere(new URL(url))) throw new Failure('refused', 'this is no address of Graph’s');
      const tokens = tokensOf(tenant);
      const attempt = async (): Promise<{ token: string; answer: Answer }> => {
        const token = await tokens.get(signal);
        return { token, answer: await read(url, token, signal) };
      };
      let { token, answer } = await attempt();
      if (answer.status === 401) {
        tokens.drop(token);
        ({ token, answer } = await attempt());
      }
      if (answer.status !== 200) throw graphRefusal(answer, permission);
      return parseJson(answer.text);
    },
  };
}

/** What only reads may always be tried again. */
async function read(url: string, token: string, signal: AbortSignal): Promise<Answer> {
  try {
    return await call({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } }, signal);
  } catch (thrown) {
    if (!(thrown instanceof Failure && thrown.code === 'unknown-outcome')) throw thrown;
    throw new Failure('unavailable', thrown.message, { cause: thrown.cause });
  }
}

function graphRefusal(answer: Answer, permission: string): Failure {
  const { status } = answer;
  const parsed = errorAnswer.safeParse(parseJson(answer.text));
  const text = `Graph: ${status} ${parsed.success ? parsed.data.error.code : ''}`.trimEnd();
  if (status === 401 || status === 403)
    return new Failure('unauthorized', `${text}: it takes ${permission}`, { cause: status });
  if (status === 429) {
    const retryInMs = retryAfterMs(answer.headers) ?? UNSAID_LIMIT_MS;
    return new Failure('rate-limited', text, { retryInMs, reach: { per: 'install', calls: 'same' }, cause: status });
  }
  if (status >= 500 || status === 408) return new Failure('unavailable', text, { cause: status });
  return new Failure(status === 404 ? 'gone' : 'refused', text, { cause: status });
}
