import { z } from 'zod';
import type { Connections } from '../connect/connections.ts';
import { listingOf } from '../connect/connections.ts';
import type { ReadApp } from '../db/apps.ts';
import type { ReadInstall } from '../db/installs.ts';
import type { Connecting } from '../model/connect.ts';
import { Failure } from '../model/failure.ts';
import { OWN_PLATFORM } from '../model/platform.ts';

export const Field = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  /** It is written once and never shown. */
  secret: z.boolean(),
  required: z.boolean(),
  options: z.array(z.string()).nullable(),
});

export const PlatformShape = z.object({
  platform: z.string(),
  title: z.string(),
  howToConnect: z.string(),
  /** Empty: it is connected by the environment alone. */
  ways: z.array(z.object({ id: z.string(), title: z.string(), summary: z.string(), fields: z.array(Field) })),
  /** What is left to do on the platform once an app is connected; null: nothing. */
  left: z.string().nullable(),
  /** How somebody there says hello; `{name}` is the app's. */
  hello: z.string().nullable(),
  /** What `update` takes; null: an app is not changed from here. */
  updateFields: z.array(Field).nullable(),
});

/** What is known of an app or an install and is no secret. */
const Details = z.record(z.string(), z.unknown());

export const AppShape = z.object({
  id: z.string(),
  platform: z.string(),
  title: z.string(),
  name: z.string(),
  /** `environment`: its credentials are variables, and are changed there. */
  origin: z.enum(['environment', 'console']),
  state: z.enum(['active', 'paused', 'removed']),
  /** Why it cannot be opened; null: it is open. */
  problem: z.string().nullable(),
  installs: z.number(),
  /** What can be done with it. */
  can: z.object({
    install: z.boolean(),
    update: z.boolean(),
    pack: z.boolean(),
    list: z.boolean(),
    rotate: z.boolean(),
    remove: z.boolean(),
  }),
  hookUrl: z.string(),
  lastEventAt: z.string().nullable(),
  lastReplyAt: z.string().nullable(),
  details: Details,
  createdAt: z.string(),
  changedAt: z.string(),
});

export const InstallShape = z.object({
  id: z.string(),
  app: z.string(),
  platform: z.string(),
  /** The platform's own id of the workspace, guild, tenant or installation. */
  external: z.string(),
  name: z.string(),
  state: z.enum(['active', 'paused', 'uninstalled']),
  hasTokens: z.boolean(),
  can: z.object({ remove: z.boolean() }),
  /** What it would have to grant and has not: it has to be installed again. */
  missing: z.array(z.string()),
  problem: z.string().nullable(),
  lastActiveAt: z.string().nullable(),
  details: Details,
  createdAt: z.string(),
  changedAt: z.string(),
});

export const GoShape = z.object({
  url: z.string(),
  form: z.record(z.string(), z.string()).nullable(),
  /** Nobody is led back from there. */
  aside: z.boolean(),
});

/** What came of a step. */
export const StepShape = z.object({
  app: z.string(),
  installs: z.array(z.string()),
  /** Where the person goes next: with `form`, these fields are posted there. Null: it is done. */
  go: GoShape.nullable(),
});

type Able = Pick<Connecting, 'install' | 'update' | 'pack' | 'installs'>;

/** Why it is not open. An app of the environment is open while its variables are set. */
function problemOf({ apps }: Connections, { id, origin }: ReadApp): string | undefined {
  if (origin === 'console' || apps.connected(id) !== undefined) return apps.problemOf(id);
  return 'its variables are not set in the environment of this hub';
}

const isHubs = ({ platform }: { readonly platform: string }): boolean => platform === OWN_PLATFORM;

/** The hub's own chat has no credentials to change, and nowhere to leave. @throws Failure `refused` */
export function refuseHubs(app: { readonly platform: string }): void {
  if (isHubs(app))
    throw new Failure(
      'refused',
      'this is the hub’s own chat, in the console alone: pause it where nobody is to write there',
    );
}

/** An app as it is told, with what its platform can do. */
export function toApp(
  connections: Connections,
  app: ReadApp,
  { able, hookUrl }: { readonly able: Able | undefined; readonly hookUrl: string },
): z.infer<typeof AppShape> {
  const isOwn = app.origin === 'console';
  const { details, ...rest } = app;
  const { title, connect } = listingOf(connections, app.platform);
  return {
    ...rest,
    id: String(app.id),
    title,
    problem: problemOf(connections, app) ?? null,
    can: {
      install: isOwn && able?.install !== undefined,
      update: isOwn && able?.update !== undefined && typeof details['external'] === 'string',
      pack: able?.pack !== undefined,
      list: able?.installs !== undefined,
      rotate: isOwn && connect !== undefined,
      remove: isOwn && !isHubs(app),
    },
    hookUrl,
    details: { ...details },
  };
}

export function toInstall(
  install: ReadInstall,
  { platform, wants }: { readonly platform: string; readonly wants: readonly string[] | undefined },
): z.infer<typeof InstallShape> {
  const { scopes, problem } = install.details;
  const granted = Array.isArray(scopes) ? scopes.map(String) : undefined;
  return {
    ...install,
    platform,
    name: install.name ?? install.external,
    can: { remove: !isHubs({ platform }) },
    missing: granted === undefined ? [] : (wants ?? []).filter((scope) => !granted.includes(scope)),
    problem: typeof problem === 'string' ? problem : null,
    details: { ...install.details },
  };
}
