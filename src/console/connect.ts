import { Hono } from 'hono';
import { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import { BACKS, type Connections } from '../connect/connections.ts';
import { keepStep, type SealedStep } from '../connect/keep-step.ts';
import { manifestOf } from '../connect/manifest-of.ts';
import { begin, prepare } from '../connect/steps.ts';
import type { ConnectField } from '../model/connect.ts';
import { appId } from '../model/ids.ts';
import { PlatformShape, StepShape } from './app-shapes.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';

const Named = z.object({ platform: z.string().max(40) });
const name = z.string().trim().min(1).max(80).optional();

export const Values = z.record(z.string().max(100), z.string().max(20_000));

const Beginning = z.object({
  way: z.string().max(40),
  values: Values.default({}),
  /** As `prepare` gave it; absent: one is made now. */
  app: z.uuid().transform(appId).optional(),
  /** As people see the app; default: the bot's own name. */
  name,
  /** The page that the platform leads back to; default: `installs`. */
  back: z.enum(BACKS).optional(),
});

const PreparedShape = z.object({
  app: z.string(),
  hookUrl: z.string(),
  callbackUrl: z.string(),
  prefilled: z.string().nullable(),
});

export const actorOf = ({ organization, kind, id }: Principal) => ({ organization, actor: `${kind}/${id}` });

const toField = ({ options, ...field }: ConnectField) => ({ ...field, options: options ? [...options] : null });

/** What can be connected, how, and the first step of it. The last ones are pages: see `connectPages`. */
export function connect({ connections }: { readonly connections: Connections }) {
  return new Hono<ApiEnv>()
    .route('/', looking(connections))
    .route('/', telling(connections))
    .route('/', beginning(connections));
}

/** What is pasted on the platform by hand. */
function telling(connections: Connections) {
  return new Hono<ApiEnv>().get(
    '/:platform/manifest',
    endpoint({
      role: 'viewer',
      scope: 'installs:read',
      summary: 'What the platform has to be told: of a connected app, or of the one of the environment',
      type: 'application/json',
    }),
    takes('param', Named),
    takes('query', z.object({ app: z.uuid().transform(appId).optional() })),
    async (c) => {
      const { organization } = c.get('principal');
      const asked = { ...c.req.valid('param'), ...c.req.valid('query') };
      const text = await manifestOf(connections, organization, asked);
      return c.body(text, 200, { 'content-type': 'application/json' });
    },
  );
}

/** What can be connected. */
function looking(connections: Connections) {
  return new Hono<ApiEnv>().get(
    '/',
    endpoint({
      role: 'viewer',
      scope: 'installs:read',
      summary: 'Platforms, and the ways in which an app of theirs is connected',
      answers: z.object({ items: z.array(PlatformShape) }),
    }),
    (c) => {
      const items = connections.listings.map(({ platform, title, howToConnect, connect: how }) => ({
        platform,
        title,
        howToConnect,
        ways: (how?.ways ?? []).map((way) => ({ ...way, fields: way.fields.map(toField) })),
        left: how?.left ?? null,
        hello: how?.hello ?? null,
        updateFields: how?.updateFields?.map(toField) ?? null,
      }));
      return c.json({ items });
    },
  );
}

/** The first step. */
function beginning(connections: Connections) {
  return new Hono<ApiEnv>()
    .post(
      '/:platform/prepare',
      endpoint({
        role: 'admin',
        scope: 'installs:write',
        summary: 'Gives the addresses of an app to come, and the page that makes it, filled in',
        answers: PreparedShape,
      }),
      takes('param', Named),
      takes('json', z.object({ name })),
      async (c) => {
        const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
        const prepared = await prepare(connections, actorOf(c.get('principal')), asked);
        return c.json({ ...prepared, app: String(prepared.app) });
      },
    )
    .post(
      '/:platform',
      endpoint({
        role: 'admin',
        scope: 'installs:write',
        summary: 'Connects an app in one of the ways, or begins to',
        answers: StepShape,
      }),
      takes('param', Named),
      takes('json', Beginning),
      async (c) => {
        const principal = c.get('principal');
        const { way, back, ...asked } = c.req.valid('json');
        const { platform } = c.req.valid('param');
        const connector = { ...actorOf(principal), ...(back !== undefined && { back }) };
        const step = await begin(connections, connector, { platform, way, ...asked });
        return c.json(await keep(connections, principal, step, { what: 'app.connected', way }));
      },
    );
}

/** Writes a step down with who made it, and has the app opened. */
export async function keep(
  connections: Connections,
  principal: Principal,
  step: SealedStep,
  { what, ...details }: { readonly what: string; readonly way?: string },
): Promise<z.infer<typeof StepShape>> {
  const { app, platform, name: called, go, sealedCredentials } = step;
  const installs = await change(connections.db, principal, async (tx) => {
    const result = await keepStep(tx, step);
    const changes = sealedCredentials !== null || result.length > 0;
    const told = { platform, name: called, installs: result.length, ...details };
    return { result, changed: changes ? { what, subject: `app/${app}`, details: told } : undefined };
  });
  // Other processes hear of it; a database that is away now opens it later.
  await connections.apps.refresh().catch(() => {});
  return {
    app: String(app),
    installs: [...installs],
    go: go ? { url: go.url, form: go.form ? { ...go.form } : null, aside: go.aside === true } : null,
  };
}
