import { startTestServer } from './database.ts';

let server: Awaited<ReturnType<typeof startTestServer>>;

/** Once before all test files. */
export async function globalSetup(): Promise<void> {
  server = await startTestServer();
}

/** Once after all of them. */
export async function globalTeardown(): Promise<void> {
  await server.stop();
}
