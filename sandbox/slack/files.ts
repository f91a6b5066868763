import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ledger } from '../kit/ledger.ts';
import type { Around } from './method.ts';

/** What Slack shows, with status 200, to whoever asks for a private file without a token that may read it. */
const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>Slack</title></head><body><form>Sign in</form></body></html>';

/** `/files-pri/<team>-<file>/[download/]<name>`. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { around, ledger }: { around: Around; ledger: Ledger },
): void {
  const { world } = around;
  const id = /^\/files-pri\/\w+-(\w+)\//.exec(path)?.[1] ?? '';
  const file = world.files.get(id);
  const hasToken = request.headers.authorization === `Bearer ${world.bot.token}` && world.installed;
  const signedIn = hasToken && around.settings.scopes?.includes('files:read') !== false;
  const status = signedIn && file === undefined ? 404 : 200;
  ledger.write({ call: 'files-pri', performed: signedIn && file !== undefined, status, about: id });
  if (!signedIn) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(LOGIN_PAGE);
  else if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': file.mimetype }).end(file.bytes);
}
