import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { openTestConsole, type TestConsole } from './console.ts';
import { openTestAuth, type Browser, type TestAuth } from './sign-in.ts';
import type { AuthConfig } from '../../src/config-auth.ts';

/** The API with real sign-in before it. */
export type TestPeople = TestAuth & {
  readonly console: TestConsole;
  /** Asks the API as whoever is signed in there. */
  readonly call: (who: Browser, method: string, path: string, body?: unknown) => Promise<Response>;
  /** Asks the API with a key. */
  readonly callBy: (key: string, method: string, path: string, body?: unknown) => Promise<Response>;
  /** Who is in the default organization, by the name before the `@`. */
  readonly idOf: (email: string) => Promise<string>;
};

export async function openTestPeople(config: Partial<AuthConfig> = {}): Promise<TestPeople> {
  const hub = await openTestAuth(config);
  const { identify, people } = hub.auth;
  const opened = await openTestConsole({ identify, people }, hub.database);
  return {
    ...hub,
    console: opened,
    call: async (who, method, path, body) => opened.api.request(who.request(`/api/v1${path}`, method, body)),
    callBy: async (key, method, path, body) =>
      opened.api.request(`/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async idOf(email) {
      const rows = await hub.database.db.sql<{ id: string }[]>`select u.id from auth."user" u
        join auth.members m on m.user_id = u.id and m.organization_id = ${DEFAULT_ORGANIZATION} where u.email = ${email}`;
      return rows[0]?.id ?? '';
    },
  };
}
