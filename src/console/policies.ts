import { Hono } from 'hono';
import { z } from 'zod';
import { hasApp } from '../db/apps.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { listLayers, saveLayer, type PolicyPlace, type StoredLayer } from '../db/policies.ts';
import { appId } from '../model/ids.ts';
import { DEFAULT_POLICY } from '../model/policy.ts';
import { policyShape } from '../model/policy-shape.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';
import { Text } from './shapes.ts';

const Layer = z.object({
  /** Null: the organization's own. */
  app: z.string().nullable(),
  install: z.string(),
  channel: z.string(),
  origin: z.enum(['file', 'console']),
  policy: z.record(z.string(), z.unknown()),
});

const Place = z
  .object({ app: z.uuid().optional(), install: Text(200).default(''), channel: Text(200).default('') })
  .refine(({ app, install }) => app !== undefined || install === '', 'install: name the app as well')
  .refine(({ install, channel }) => install !== '' || channel === '', 'channel: name the install as well');

/** From where a value comes, the widest first. */
const FROM = ['default', 'organization', 'app', 'install', 'channel'] as const;

const Effective = z.object({
  fields: z.record(
    z.string(),
    z.object({ value: z.unknown(), from: z.enum(FROM), origin: z.enum(['default', 'file', 'console']) }),
  ),
});

type Value = { value: unknown; from: (typeof FROM)[number]; origin: 'default' | 'file' | 'console' };

/** How the bot behaves, and where that was decided. */
export function policies({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'policies:read',
        summary: 'All that was decided, by place; what a layer does not name comes from the wider one',
        answers: z.object({ layers: z.array(Layer), defaults: z.record(z.string(), z.unknown()) }),
      }),
      async (c) => {
        const layers = await inOrganization(db, c.get('principal').organization, listLayers);
        const items = layers.map((layer) => ({ ...layer, policy: { ...layer.policy } }));
        return c.json({ layers: items, defaults: { ...DEFAULT_POLICY } });
      },
    )
    .get(
      '/effective',
      endpoint({
        role: 'viewer',
        scope: 'policies:read',
        summary: 'What holds in a place, and from where each value comes',
        answers: Effective,
      }),
      takes('query', Place),
      async (c) => {
        const place = c.req.valid('query');
        const layers = await inOrganization(db, c.get('principal').organization, listLayers);
        return c.json({ fields: effective(layers, place) });
      },
    )
    .put(
      '/',
      endpoint({
        role: 'admin',
        scope: 'policies:write',
        summary: 'Makes the console’s layer of a place this one; the configuration’s stays below it',
      }),
      takes('query', Place),
      takes('json', policyShape),
      async (c) => {
        const place = c.req.valid('query');
        const policy = withoutUnset(c.req.valid('json'));
        await change(db, c.get('principal'), async (tx) => {
          const before = await saveLayer(tx, await placeOf(tx, place), policy);
          const subject = ['policy', place.app ?? 'organization', place.install, place.channel].join('/');
          return {
            result: undefined,
            changed: { what: 'policy.changed', subject, details: { before, after: policy } },
          };
        });
        return c.body(null, 204);
      },
    );
}

const withoutUnset = (policy: object) =>
  Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));

async function placeOf(
  tx: Transaction,
  { app, install, channel }: z.infer<typeof Place>,
): Promise<PolicyPlace | undefined> {
  if (app === undefined) return undefined;
  if (!(await hasApp(tx, app))) throw notFound('app');
  return { app: appId(app), install, channel };
}

/** Pure. */
function effective(layers: readonly StoredLayer[], { app, install, channel }: z.infer<typeof Place>) {
  const fields: Record<string, Value> = {};
  for (const [name, value] of Object.entries(DEFAULT_POLICY))
    fields[name] = { value, from: 'default', origin: 'default' };
  for (const layer of layers) {
    const from = levelOf(layer);
    const holds =
      from === 'organization' ||
      (layer.app === app && ['', install].includes(layer.install) && ['', channel].includes(layer.channel));
    if (!holds) continue;
    for (const [name, value] of Object.entries(layer.policy)) fields[name] = { value, from, origin: layer.origin };
  }
  return fields;
}

function levelOf({ app, install, channel }: StoredLayer): Exclude<Value['from'], 'default'> {
  if (app === null) return 'organization';
  if (channel !== '') return 'channel';
  return install === '' ? 'app' : 'install';
}
