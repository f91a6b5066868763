import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { openTestDatabase, type TestDatabase } from '../../kit/database.ts';
import { openListener } from '../../kit/listen.ts';
import { startRole, type HubRole } from '../../kit/process.ts';

/** The real program in a process, with nobody in it and nothing connected. */
export type FreshHub = AsyncDisposable & {
  readonly url: string;
  /** As it was printed. */
  readonly link: string;
  readonly database: TestDatabase;
  readonly role: HubRole;
};

/** @param settings base addresses of stand-ins. */
export async function startFreshHub(settings: Readonly<Record<string, string>>): Promise<FreshHub> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await openTestDatabase());
  const port = await freePort();
  // By a name: passkeys belong to one.
  const url = `http://localhost:${port}`;
  const role = await startRole('all', {
    ...settings,
    DATABASE_URL: database.url,
    SWITCHBOARD_URL: url,
    SWITCHBOARD_SECRET: randomBytes(32).toString('base64'),
    PORT: String(port),
  });
  stack.defer(async () => void (await role.stop()));
  const printed = role.printed();
  const link = /open (http\S+\/first-run#\S+)/.exec(printed)?.[1];
  assert.ok(link, printed);
  const open = stack.move();
  return { url, link, database, role, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** One that nobody listens at now. */
async function freePort(): Promise<number> {
  await using listener = await openListener(() => {});
  return listener.port;
}
