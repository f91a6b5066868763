import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ledger } from '../kit/ledger.ts';
import type { Around } from './method.ts';
import type { World } from './world.ts';

/** What Slack shows, with status 200, to whoever asks for a private file without a token that may read it. */
const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>Slack</title></head><body><form>Sign in</form></body></html>';

const hasToken = (world: World, { headers }: IncomingMessage): boolean =>
  world.installed && (world.tokens.get(headers.authorization?.replace(/^Bearer /i, '') ?? '') ?? 0) > Date.now();

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
  const signedIn = hasToken(world, request) && around.settings.scopes?.includes('files:read') !== false;
  const status = signedIn && file === undefined ? 404 : 200;
  ledger.write({ call: 'files-pri', performed: signedIn && file !== undefined, status, about: id });
  if (!signedIn) response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(LOGIN_PAGE);
  else if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': file.mimetype }).end(file.bytes);
}
