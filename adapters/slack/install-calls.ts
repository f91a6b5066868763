import type { z } from 'zod';
import type { ConnectAbout } from '../../src/model/connect.ts';
import { Failure } from '../../src/model/failure.ts';
import { baseUrl } from '../kit/base-url.ts';
import { call } from '../kit/http.ts';
import { hasError, judge, shaped } from './client.ts';
import { selfAnswer, type accessAnswer } from './install-answers.ts';

export type Grant = z.output<typeof accessAnswer>;

/** What Slack's short names mean to whoever connects an app. */
const FIXES: Readonly<Record<string, string>> = {
  invalid_auth: 'the token is not valid: copy it again, whole',
  token_expired: 'the token has ended (configuration tokens do after twelve hours): generate a new one',
  not_allowed_token_type: 'this is another kind of token: it has to begin as the form says',
  invalid_client_id: 'there is no app with this client ID: copy it from Basic Information',
  bad_client_secret: 'the client secret is not this app’s: copy it from Basic Information',
  bad_redirect_uri: 'the app does not know this hub’s address: add it under OAuth & Permissions → Redirect URLs',
  invalid_code: 'the permission is not valid any more: press Install again',
  code_already_used: 'the permission was used before: press Install again',
  invalid_refresh_token: 'the token cannot be renewed any more: install the app in this workspace again',
  invalid_manifest: 'Slack does not take the manifest: the hub’s public address has to be https and reachable',
  account_inactive: 'the app was removed from this workspace: install it again',
  token_revoked: 'the token was taken back: install the app again',
};

/** One method, as a form. @throws Failure whose message says what to do. */
export async function callSlack(
  about: ConnectAbout,
  method: string,
  form: Readonly<Record<string, string>>,
  { token }: { readonly token?: string } = {},
): Promise<unknown> {
  return judged(method, await send(about, method, form, token));
}

function send(about: ConnectAbout, method: string, form: Readonly<Record<string, string>>, token?: string) {
  const url = `${baseUrl(about.settings, 'SLACK_API_URL', 'https://slack.com/api')}/${method}`;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return call({ method: 'POST', url, headers, body: new URLSearchParams(form) }, about.signal);
}

function judged(method: string, answer: Parameters<typeof judge>[1]): unknown {
  try {
    return judge(method, answer);
  } catch (thrown) {
    const fix = Object.entries(FIXES).find(([name]) => hasError(thrown, name))?.[1];
    if (fix === undefined || !(thrown instanceof Failure)) throw thrown;
    throw new Failure(thrown.code, `Slack: ${fix} (${thrown.message})`, { cause: thrown.cause });
  }
}

/** Whose token it is, with the scopes that it has, and when Slack said so. */
export async function whoIs(about: ConnectAbout, token: string) {
  const answer = await send(about, 'auth.test', {}, token);
  const self = shaped(selfAnswer, 'auth.test', judged('auth.test', answer));
  const scopes = (answer.headers.get('x-oauth-scopes') ?? '').split(',').map((scope) => scope.trim());
  return { self, app: self.app_id, scopes: scopes.filter((scope) => scope !== ''), headers: answer.headers };
}
