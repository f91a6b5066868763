import { Hono } from 'hono';
import { z } from 'zod';
import { checkedInstall } from '../connect/checked-installs.ts';
import { aboutOf, appOf, connectingOf, credentialsOf, type Connections } from '../connect/connections.ts';
import { readApps, type ReadApp } from '../db/apps.ts';
import { inOrganization, type Transaction } from '../db/database.ts';
import { readInstalls, removeInstall, setInstallState, type ReadInstall } from '../db/installs.ts';
import { toFailure } from '../model/failure.ts';
import { appId, type OrganizationId } from '../model/ids.ts';
import { InstallShape, refuseHubs, toInstall } from './app-shapes.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';

const Id = z.object({ id: z.uuid() });
const Filter = z.object({ app: z.uuid().optional() });

async function oneOf(tx: Transaction, id: string): Promise<ReadInstall> {
  const [found] = await readInstalls(tx, { id });
  if (found === undefined) throw notFound('install');
  return found;
}

/** Workspaces, guilds, tenants and installations in which the apps are. */
export function installs({ connections }: { readonly connections: Connections }) {
  return new Hono<ApiEnv>()
    .route('/', looking(connections))
    .route('/', switching(connections))
    .route('/', removing(connections));
}

/** With what each of them lacks. */
async function told(connections: Connections, organization: OrganizationId, rows: readonly ReadInstall[]) {
  const known = await inOrganization(connections.db, organization, (tx) => readApps(tx));
  const platforms = new Map(known.map(({ id, platform }) => [String(id), platform]));
  const wantsOf = async (platform: string): Promise<readonly string[] | undefined> => {
    const { connect } = connections.listings.find((one) => one.platform === platform) ?? {};
    return (await connect?.load())?.wants?.();
  };
  return Promise.all(
    rows.flatMap((row) => {
      const platform = platforms.get(row.app);
      if (platform === undefined) return [];
      return [wantsOf(platform).then((wants) => toInstall(row, { platform, wants }))];
    }),
  );
}

/** What there is. */
function looking(connections: Connections) {
  const { db } = connections;
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'installs:read',
        summary: 'Where the apps are installed, the newest first',
        answers: z.object({ items: z.array(InstallShape) }),
      }),
      takes('query', Filter),
      async (c) => {
        const { organization } = c.get('principal');
        const { app } = c.req.valid('query');
        const only = app === undefined ? {} : { app };
        const rows = await inOrganization(db, organization, (tx) => readInstalls(tx, only));
        return c.json({ items: await told(connections, organization, rows) });
      },
    )
    .get(
      '/:id',
      endpoint({ role: 'viewer', scope: 'installs:read', summary: 'One install', answers: InstallShape }),
      takes('param', Id),
      async (c) => {
        const { organization } = c.get('principal');
        const row = await inOrganization(db, organization, (tx) => oneOf(tx, c.req.valid('param').id));
        const [found] = await told(connections, organization, [row]);
        if (found === undefined) throw notFound('install');
        return c.json(found);
      },
    );
}

/** On and off. */
function switching(connections: Connections) {
  const { db } = connections;
  return new Hono<ApiEnv>()
    .post(
      '/:id/pause',
      endpoint({ role: 'operator', scope: 'installs:write', summary: 'What is said there waits from now on' }),
      takes('param', Id),
      async (c) => {
        await change(db, c.get('principal'), (tx) => switched(tx, c.req.valid('param').id, 'paused'));
        return c.body(null, 204);
      },
    )
    .post(
      '/:id/resume',
      endpoint({ role: 'operator', scope: 'installs:write', summary: 'What waits there is answered' }),
      takes('param', Id),
      async (c) => {
        await change(db, c.get('principal'), (tx) => switched(tx, c.req.valid('param').id, 'active'));
        return c.body(null, 204);
      },
    );
}

const SWITCHED = { paused: 'paused', active: 'resumed' } as const;

async function switched(tx: Transaction, id: string, state: keyof typeof SWITCHED) {
  await oneOf(tx, id);
  const done = await setInstallState(tx, id, state);
  const changed = { what: `install.${SWITCHED[state]}`, subject: `install/${id}` };
  return { result: undefined, changed: done === undefined ? undefined : changed };
}

/** For good. */
function removing(connections: Connections) {
  const { db } = connections;
  return new Hono<ApiEnv>().delete(
    '/:id',
    endpoint({
      role: 'admin',
      scope: 'installs:write',
      summary: 'Takes the app out of it, with its tokens; what was said stays',
    }),
    takes('param', Id),
    async (c) => {
      const principal = c.get('principal');
      const { id } = c.req.valid('param');
      const row = await inOrganization(db, principal.organization, (tx) => oneOf(tx, id));
      const app = await appOf(connections, principal.organization, appId(row.app));
      refuseHubs(app);
      await leave(connections, principal.organization, { row, app });
      await change(db, principal, async (tx) => {
        const done = await removeInstall(tx, id);
        const changed = { what: 'install.removed', subject: `install/${id}`, details: { name: row.name } };
        return { result: undefined, changed: done === undefined ? undefined : changed };
      });
      return c.body(null, 204);
    },
  );
}

/** The platform is told; that it does not listen keeps nobody from taking an install away. */
async function leave(
  connections: Connections,
  organization: OrganizationId,
  { row, app: { id: app, platform, name } }: { readonly row: ReadInstall; readonly app: ReadApp },
): Promise<void> {
  try {
    const connecting = await connectingOf(connections, platform);
    const credentials = await credentialsOf(connections, organization, app);
    if (connecting.leave === undefined || credentials === undefined || row.state === 'uninstalled') return;
    const install = await checkedInstall(connections, organization, { app, row });
    await connecting.leave(credentials, install, aboutOf(connections, platform, { app, name }));
  } catch (thrown) {
    const { message } = toFailure(thrown, 'unavailable');
    connections.log.warn({ install: row.id, reason: message }, 'an app could not be taken out of a workspace');
  }
}
