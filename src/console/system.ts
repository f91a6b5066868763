import { Hono } from 'hono';
import { z } from 'zod';
import { DEFAULT_ORGANIZATION } from '../db/apps.ts';
import { Failure } from '../model/failure.ts';
import type { Address } from './address.ts';
import { endpoint, type ApiEnv } from './endpoint.ts';

/** What the program tells of itself. */
export type SystemOptions = {
  readonly version: string;
  /** ISO time. */
  readonly startedAt: string;
  /** What it does: receive, answer, or both. */
  readonly role: string;
  readonly publicUrl: string | undefined;
  /** Where its data is, in words, without a password. */
  readonly database: string;
  readonly migrations: () => Promise<readonly { readonly name: string; readonly at: string }[]>;
  readonly readiness: () => Promise<{
    readonly ready: boolean;
    readonly writeMs: number | undefined;
    readonly oldestWaitingSeconds: number | undefined;
  }>;
  /** Looks whether this hub answers at its public address. */
  readonly reach: Address['look'];
  readonly switches: readonly Switch[];
  /** What was set from outside, secrets as `set` alone. Of the whole deployment. */
  readonly configuration: Readonly<Record<string, unknown>>;
};

/** What a deployment has switched on or off, from outside. */
const Switch = z.object({
  name: z.string(),
  on: z.boolean(),
  /** More about it; may be empty. */
  says: z.string(),
  /** The variable, or the entry of the configuration, that sets it. */
  by: z.string(),
});
export type Switch = z.infer<typeof Switch>;

const System = z.object({
  version: z.string(),
  node: z.string(),
  startedAt: z.string(),
  role: z.string(),
  publicUrl: z.string().nullable(),
  database: z.string(),
  ready: z.boolean(),
  /** Milliseconds that the last write took; null: it failed. */
  writeMs: z.number().nullable(),
  oldestWaitingSeconds: z.number().nullable(),
  memoryMb: z.number(),
  migrations: z.array(z.object({ name: z.string(), at: z.string() })),
  metrics: z.string(),
  /** Of the whole deployment, as it was started. */
  switches: z.array(Switch),
});

const Reached = z.object({
  url: z.string(),
  /** `local`: it is this hub, and nobody outside can reach it. */
  state: z.enum(['ok', 'local', 'failed']),
  problem: z.enum(['dns', 'tls', 'connection', 'proxy', 'another-server', 'address']).nullable(),
  says: z.string(),
  fix: z.string().nullable(),
});

/** How the program is. */
export function system(options: SystemOptions) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({ role: 'viewer', scope: 'system:read', summary: 'Version, health and migrations', answers: System }),
      async (c) => {
        const { version, startedAt, role, publicUrl, database } = options;
        const [readiness, migrations] = await Promise.all([options.readiness(), options.migrations()]);
        return c.json({
          version,
          node: process.version,
          startedAt,
          role,
          publicUrl: publicUrl ?? null,
          database,
          ready: readiness.ready,
          writeMs: readiness.writeMs ?? null,
          oldestWaitingSeconds: readiness.oldestWaitingSeconds ?? null,
          memoryMb: Math.round(process.memoryUsage.rss() / 1_048_576),
          migrations: [...migrations],
          metrics: '/metrics',
          switches: [...options.switches],
        });
      },
    )
    .post(
      '/reach',
      endpoint({
        role: 'admin',
        scope: 'system:read',
        summary: 'Looks whether this hub answers at its public address, and what is in the way',
        answers: Reached,
      }),
      async (c) => c.json(await options.reach()),
    )
    .get(
      '/configuration',
      endpoint({
        role: 'admin',
        scope: 'system:read',
        summary: 'What was set from outside; of a secret only that it is',
        answers: z.object({ values: z.record(z.string(), z.unknown()) }),
      }),
      (c) => {
        if (c.get('principal').organization !== DEFAULT_ORGANIZATION)
          throw new Failure('refused', 'the configuration is of the whole deployment: its own organization sees it');
        return c.json({ values: { ...options.configuration } });
      },
    );
}
