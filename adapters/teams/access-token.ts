import { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';
import { call, retryAfterMs } from '../kit/http.ts';
import type { Answer } from '../kit/http.ts';
import { parseJson } from '../../src/model/parse-json.ts';

/** The app's own token for the Bot Connector, or for Microsoft Graph. */
export type AccessToken = {
  /** A token that is good for a while; asked for once for all who wait. Rejects with a Failure. */
  readonly get: (signal: AbortSignal) => Promise<string>;
  /** The Connector did not take it: the next `get` asks for another. */
  readonly drop: (token: string) => void;
};

export type App = {
  readonly tokenUrl: string;
  readonly appId: string;
  readonly password: string;
  readonly scope: string;
};

/** docs: Authentication with the Bot Connector API, "Bot to Connector". */
export const CONNECTOR_SCOPE = 'https://api.botframework.com/.default';
/** A token is not used in its last minutes: a call may be under way when it ends. */
const EARLY_S = 5 * 60;

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** Client credentials over plain HTTP: what MSAL does here is one form. */
export function openAccessToken(app: App): AccessToken {
  let held: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const { access_token, expires_in } = await request(app);
    held = { token: access_token, until: Date.now() + 1000 * Math.max(expires_in - EARLY_S, expires_in / 2) };
    return access_token;
  };
  return {
    get(signal) {
      if (held !== undefined && held.until > Date.now()) return Promise.resolve(held.token);
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return untilAborted(asking, signal);
    },
    drop(token) {
      if (held?.token === token) held = undefined;
    },
  };
}

/** @throws Failure: never `unknown-outcome`, because without a token nothing was sent to Teams. */
async function request({ tokenUrl, appId, password, scope }: App): Promise<z.infer<typeof tokenAnswer>> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: appId,
    client_secret: password,
    scope,
  });
  const answer = await call({ method: 'POST', url: tokenUrl, body }, new AbortController().signal).catch(
    (thrown: unknown) => {
      throw new Failure(
        'unavailable',
        `no token for Teams: ${thrown instanceof Failure ? thrown.message : 'no answer'}`,
      );
    },
  );
  const parsed = tokenAnswer.safeParse(parseJson(answer.text));
  if (answer.status !== 200) throw refusal(answer);
  if (!parsed.success) throw new Failure('unavailable', 'no token for Teams: the token endpoint’s answer holds none');
  return parsed.data;
}

function refusal(answer: Answer): Failure {
  const said = z.object({ error: z.string().regex(/^\w{1,60}$/) }).safeParse(parseJson(answer.text));
  const text = `no token for Teams: ${answer.status} ${said.success ? said.data.error : ''}`.trimEnd();
  const wait = retryAfterMs(answer.headers);
  const retry = wait === undefined ? {} : { retryInMs: wait };
  if (answer.status === 429) return new Failure('rate-limited', text, { retryInMs: 2000, ...retry });
  if (answer.status >= 500) return new Failure('unavailable', text, retry);
  return new Failure('unauthorized', `${text}: check MicrosoftAppId, MicrosoftAppPassword and the tenant`);
}

/** One who stops waiting does not end the request for the others. */
async function untilAborted<Value>(wanted: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const end = (): void => aborted.reject(new Failure('aborted', 'ended while a token was asked for'));
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  try {
    return await Promise.race([wanted, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
