import { Hono } from 'hono';
import { z } from 'zod';
import { checkedInstalls } from '../connect/checked-installs.ts';
import {
  aboutOf,
  BACKS,
  appOf,
  connectingOf,
  credentialsOf,
  listingOf,
  neededCredentials,
  type Connections,
} from '../connect/connections.ts';
import { begin, installAgain, lookForInstalls, update } from '../connect/steps.ts';
import { readApps, removeApp, setAppState, type ReadApp } from '../db/apps.ts';
import { inOrganization, type Transaction } from '../db/database.ts';
import { Failure, toFailure } from '../model/failure.ts';
import { appId, type AppId, type OrganizationId } from '../model/ids.ts';
import { AppShape, refuseHubs, StepShape, toApp } from './app-shapes.ts';
import { change } from './change.ts';
import { actorOf, keep, Values } from './connect.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';

const Id = z.object({ id: z.uuid().transform(appId) });
const Rotation = z.object({ way: z.string().max(40), values: Values });

async function told(connections: Connections, app: ReadApp): Promise<z.infer<typeof AppShape>> {
  const { connect } = listingOf(connections, app.platform);
  const { hookUrl } = aboutOf(connections, app.platform, { app: app.id });
  return toApp(connections, app, { able: await connect?.load(), hookUrl });
}

/** Apps of platforms: how they are, and what is done with them. What they know is never returned. */
export function apps({ connections }: { readonly connections: Connections }) {
  return new Hono<ApiEnv>()
    .route('/', looking(connections))
    .route('/', packing(connections))
    .route('/', switching(connections))
    .route('/', rotating(connections))
    .route('/', changing(connections))
    .route('/', removing(connections));
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
        summary: 'Connected apps, the oldest first',
        answers: z.object({ items: z.array(AppShape) }),
      }),
      async (c) => {
        const found = await inOrganization(db, c.get('principal').organization, (tx) => readApps(tx));
        const known = found.filter(({ platform }) => connections.listings.some((one) => one.platform === platform));
        return c.json({ items: await Promise.all(known.map((app) => told(connections, app))) });
      },
    )
    .get(
      '/:id',
      endpoint({ role: 'viewer', scope: 'installs:read', summary: 'One connected app', answers: AppShape }),
      takes('param', Id),
      async (c) => {
        const found = await appOf(connections, c.get('principal').organization, c.req.valid('param').id);
        return c.json(await told(connections, found));
      },
    );
}

/** What is uploaded by hand. */
function packing(connections: Connections) {
  return new Hono<ApiEnv>().get(
    '/:id/package',
    endpoint({
      role: 'viewer',
      scope: 'installs:read',
      summary: 'The file that is uploaded to the platform',
      type: 'application/zip',
    }),
    takes('param', Id),
    async (c) => {
      const { organization } = c.get('principal');
      const { id, platform, name } = await appOf(connections, organization, c.req.valid('param').id);
      const { pack } = await connectingOf(connections, platform);
      if (pack === undefined) throw new Failure('refused', 'this platform takes no file');
      const credentials = await neededCredentials(connections, organization, id);
      const about = aboutOf(connections, platform, { app: id, name });
      const { name: file, mediaType, bytes } = await pack(credentials, about);
      const headers = { 'content-type': mediaType, 'content-disposition': `attachment; filename="${file}"` };
      return c.body(Buffer.from(bytes), 200, headers);
    },
  );
}

/** On and off. */
function switching(connections: Connections) {
  const { db } = connections;
  return new Hono<ApiEnv>()
    .post(
      '/:id/pause',
      endpoint({ role: 'operator', scope: 'installs:write', summary: 'What it is sent waits from now on' }),
      takes('param', Id),
      async (c) => {
        await change(db, c.get('principal'), (tx) => switched(tx, c.req.valid('param').id, 'paused'));
        return c.body(null, 204);
      },
    )
    .post(
      '/:id/resume',
      endpoint({ role: 'operator', scope: 'installs:write', summary: 'What waits is answered' }),
      takes('param', Id),
      async (c) => {
        await change(db, c.get('principal'), (tx) => switched(tx, c.req.valid('param').id, 'active'));
        return c.body(null, 204);
      },
    );
}

const SWITCHED = { paused: 'paused', active: 'resumed' } as const;

async function switched(tx: Transaction, id: AppId, state: keyof typeof SWITCHED) {
  if ((await readApps(tx, id)).length === 0) throw notFound('app');
  const done = await setAppState(tx, id, state);
  const changed = { what: `app.${SWITCHED[state]}`, subject: `app/${id}` };
  return { result: undefined, changed: done ? changed : undefined };
}

/** Other credentials, and the way into workspaces. */
function rotating(connections: Connections) {
  return new Hono<ApiEnv>()
    .put(
      '/:id/credentials',
      endpoint({
        role: 'admin',
        scope: 'installs:write',
        summary: 'Gives it other credentials; they are never shown',
        answers: StepShape,
      }),
      takes('param', Id),
      takes('json', Rotation),
      async (c) => {
        const principal = c.get('principal');
        const { id } = c.req.valid('param');
        const { platform } = await appOf(connections, principal.organization, id);
        refuseHubs({ platform });
        const { way, values } = c.req.valid('json');
        const step = await begin(connections, actorOf(principal), { platform, way, values, app: id });
        return c.json(await keep(connections, principal, step, { what: 'app.rotated', way }));
      },
    )
    .post(
      '/:id/install',
      endpoint({
        role: 'admin',
        scope: 'installs:write',
        summary: 'Leads into one more workspace, or the same one again',
        answers: StepShape,
      }),
      takes('param', Id),
      takes('query', z.object({ back: z.enum(BACKS).optional() })),
      async (c) => {
        const principal = c.get('principal');
        const { back } = c.req.valid('query');
        const connector = { ...actorOf(principal), ...(back !== undefined && { back }) };
        const step = await installAgain(connections, connector, c.req.valid('param').id);
        return c.json(await keep(connections, principal, step, { what: 'app.installing' }));
      },
    );
}

/** What the platform is told, and asked. */
function changing(connections: Connections) {
  return new Hono<ApiEnv>()
    .post(
      '/:id/update',
      endpoint({
        role: 'admin',
        scope: 'installs:write',
        summary: 'Tells the platform how the app looks today',
        answers: StepShape,
      }),
      takes('param', Id),
      takes('json', z.object({ values: Values.default({}) })),
      async (c) => {
        const principal = c.get('principal');
        const asked = { app: c.req.valid('param').id, values: c.req.valid('json').values };
        const step = await update(connections, actorOf(principal), asked);
        return c.json(await keep(connections, principal, step, { what: 'app.updated' }));
      },
    )
    .post(
      '/:id/installs',
      endpoint({
        role: 'operator',
        scope: 'installs:write',
        summary: 'Asks the platform where the app is installed',
        answers: StepShape,
      }),
      takes('param', Id),
      async (c) => {
        const principal = c.get('principal');
        const step = await lookForInstalls(connections, actorOf(principal), c.req.valid('param').id);
        return c.json(await keep(connections, principal, step, { what: 'app.looked-for' }));
      },
    );
}

/** For good. */
function removing(connections: Connections) {
  const { db } = connections;
  return new Hono<ApiEnv>().delete(
    '/:id',
    endpoint({
      role: 'admin',
      scope: 'installs:write',
      summary: 'Takes it away with its secrets; what was said stays',
    }),
    takes('param', Id),
    async (c) => {
      const principal = c.get('principal');
      const { id } = c.req.valid('param');
      const app = await appOf(connections, principal.organization, id);
      refuseHubs(app);
      if (app.origin !== 'console')
        throw new Failure('refused', 'this app is connected by the environment: take its variables away there');
      await leaveAll(connections, principal.organization, app);
      await change(db, principal, async (tx) => {
        const done = await removeApp(tx, id);
        const details = { platform: app.platform, name: app.name };
        return {
          result: undefined,
          changed: done ? { what: 'app.removed', subject: `app/${id}`, details } : undefined,
        };
      });
      await connections.apps.refresh().catch(() => {});
      return c.body(null, 204);
    },
  );
}

/** The platform is told; that it does not listen keeps nobody from taking an app away. */
async function leaveAll(connections: Connections, organization: OrganizationId, app: ReadApp): Promise<void> {
  const { id, platform, name } = app;
  try {
    const { leave } = await connectingOf(connections, platform);
    const credentials = await credentialsOf(connections, organization, id);
    if (leave === undefined || credentials === undefined) return;
    const about = aboutOf(connections, platform, { app: id, name });
    const installs = await checkedInstalls(connections, organization, id);
    await Promise.all(
      installs.map((install) =>
        leave(credentials, install, about).catch((thrown: unknown) => {
          const { message } = toFailure(thrown, 'unavailable');
          connections.log.warn({ app: id, reason: message }, 'an app could not be taken out of a workspace');
        }),
      ),
    );
  } catch (thrown) {
    const { message } = toFailure(thrown, 'unavailable');
    connections.log.warn({ app: id, reason: message }, 'an app that is removed could not be opened');
  }
}
