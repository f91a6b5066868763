import { Hono } from 'hono';
import { z } from 'zod';
import { tryModel } from '../agent/try-model.ts';
import { forgetBreaker, readBreakers } from '../db/breakers.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import {
  listTargets,
  orderTargets,
  pauseTarget,
  removeTarget,
  saveTarget,
  type ReadTarget,
  type StoredTarget,
} from '../db/targets.ts';
import { verdictOf } from '../llm/breaker.ts';
import type { Discovered } from '../llm/discover.ts';
import type { ProviderSettings } from '../llm/open.ts';
import { PROTOCOLS } from '../llm/open.ts';
import { priceOfOwn, PriceShape } from '../llm/price.ts';
import type { Target } from '../llm/target.ts';
import { Failure } from '../model/failure.ts';
import type { OrganizationId } from '../model/ids.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';

/** What the routes need of whoever opens models. */
export type ModelsDesk = {
  /** Opens it as answers do. @throws Failure that says why it cannot be used. */
  readonly open: (organization: OrganizationId, row: ReadTarget) => Promise<Target>;
  /** A key, sealed for this target alone. */
  readonly seal: (organization: OrganizationId, target: string, key: string) => Promise<string>;
  /** Asks a server which models it has. @throws Failure that says what is wrong. */
  readonly discover: (
    organization: OrganizationId,
    asked: Pick<ProviderSettings, 'protocol' | 'baseUrl' | 'apiKey'>,
    signal: AbortSignal,
  ) => Promise<Discovered>;
  /** @throws Failure `refused`: this organization may not make us go there. */
  readonly mayReach: (organization: OrganizationId, url: string) => Promise<void>;
};

export type ModelsOptions = { readonly db: Database; readonly models: ModelsDesk };

const Name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,59}$/i, 'letters, digits, `.`, `_` and `-`, at most 60');

const Model = z.object({
  name: z.string(),
  origin: z.enum(['file', 'console']),
  protocol: z.string(),
  model: z.string(),
  baseUrl: z.string().nullable(),
  /** Whether one is kept: it is never shown. */
  hasKey: z.boolean(),
  embeddingModel: z.string().nullable(),
  tools: z.boolean(),
  sees: z.boolean(),
  windowTokens: z.number(),
  maxOutputTokens: z.number(),
  region: z.string().nullable(),
  retention: z.enum(['none', 'kept', 'trains']),
  /** Null: as the catalogue has it, if it does. */
  price: PriceShape.nullable(),
  quality: z.number(),
  paused: z.boolean(),
  /** `closed`: it is asked. `open`: it rests. `probing`: it is tried. */
  health: z.string(),
  restsBecause: z.string().nullable(),
});

/** What is set up. */
const Settings = z.strictObject({
  protocol: z.enum(PROTOCOLS),
  model: z.string().min(1).max(200),
  baseUrl: z.url().nullable().default(null),
  /** Absent: the one that is kept; null: none. */
  key: z.string().min(1).max(4_000).nullable().optional(),
  embeddingModel: z.string().min(1).max(200).nullable().default(null),
  tools: z.boolean().default(true),
  sees: z.boolean().default(false),
  windowTokens: z.int().min(1_000).max(100_000_000).default(128_000),
  maxOutputTokens: z.int().min(256).max(10_000_000).default(16_384),
  region: z.string().min(1).max(40).nullable().default(null),
  retention: z.enum(['none', 'kept', 'trains']).default('kept'),
  price: PriceShape.nullable().default(null),
  quality: z.number().min(0).max(1).default(0.5),
});

const NameParam = z.object({ name: Name });
const WITHIN_MS = 60_000;

/** What answers: an organization's models, in the order in which they are asked. */
export const models = (options: ModelsOptions) =>
  new Hono<ApiEnv>().route('/', reading(options)).route('/', changing(options)).route('/', arranging(options));

function reading({ db, models: desk }: ModelsOptions) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'viewer',
        scope: 'models:read',
        summary: 'Models in the order in which they are asked, and how they do',
        answers: z.object({ items: z.array(Model) }),
      }),
      async (c) => {
        const [rows, breakers] = await inOrganization(db, c.get('principal').organization, (tx) =>
          Promise.all([listTargets(tx), readBreakers(tx)]),
        );
        const items = rows.map((row) => {
          const state = breakers.states.get(row.name);
          const health = state === undefined ? 'closed' : verdictOf(state, breakers.now);
          return { ...shown(row), health, restsBecause: state?.open?.after ?? null };
        });
        return c.json({ items });
      },
    )
    .post(
      '/:name/test',
      endpoint({
        role: 'admin',
        scope: 'models:write',
        summary: 'Asks a model for one word',
        answers: z.object({ text: z.string(), ms: z.number() }),
      }),
      takes('param', NameParam),
      async (c) => {
        const { organization } = c.get('principal');
        const row = await inOrganization(db, organization, (tx) => find(tx, c.req.valid('param').name));
        return c.json(await tryModel(await desk.open(organization, row), WITHIN_MS));
      },
    );
}

function changing({ db, models: desk }: ModelsOptions) {
  return new Hono<ApiEnv>()
    .put(
      '/:name',
      endpoint({ role: 'admin', scope: 'models:write', summary: 'Adds a model, or changes the one of this name' }),
      takes('param', NameParam),
      takes('json', Settings),
      async (c) => {
        const { name } = c.req.valid('param');
        const { key, ...settings } = c.req.valid('json');
        const principal = c.get('principal');
        const { organization } = principal;
        if (settings.baseUrl !== null) await desk.mayReach(organization, settings.baseUrl);
        const sealed = typeof key === 'string' ? await desk.seal(organization, name, key) : undefined;
        await change(db, principal, async (tx) => {
          const before = (await listTargets(tx)).find((row) => row.name === name);
          if (before?.origin === 'file') throw inFile(name);
          const kept = keptKey(before, settings, key);
          const row: StoredTarget = {
            ...settings,
            price: settings.price ?? priceOfOwn(settings.protocol, settings.baseUrl) ?? null,
            name,
            origin: 'console',
            sealedKey: sealed ?? kept,
            hearingModel: null,
            qualityFor: {},
          };
          await saveTarget(tx, row);
          await forgetBreaker(tx, name);
          const details = { ...settings, key: key === undefined ? 'as before' : key === null ? 'none' : 'new' };
          return { result: undefined, changed: { what: 'model.saved', subject: `model/${name}`, details } };
        });
        return c.body(null, 204);
      },
    )
    .delete(
      '/:name',
      endpoint({ role: 'admin', scope: 'models:write', summary: 'Takes a model away, with its key' }),
      takes('param', NameParam),
      async (c) => {
        const { name } = c.req.valid('param');
        await change(db, c.get('principal'), async (tx) => {
          if ((await find(tx, name)).origin === 'file') throw inFile(name);
          await removeTarget(tx, name);
          return { result: undefined, changed: { what: 'model.removed', subject: `model/${name}` } };
        });
        return c.body(null, 204);
      },
    );
}

function arranging({ db }: ModelsOptions) {
  return new Hono<ApiEnv>()
    .put(
      '/',
      endpoint({
        role: 'admin',
        scope: 'models:write',
        summary: 'Puts models into an order; those of the configuration stay before all others',
      }),
      takes('json', z.object({ order: z.array(Name).min(1).max(200) })),
      async (c) => {
        const { order } = c.req.valid('json');
        await change(db, c.get('principal'), async (tx) => {
          await orderTargets(tx, order);
          return { result: undefined, changed: { what: 'models.ordered', subject: 'models', details: { order } } };
        });
        return c.body(null, 204);
      },
    )
    .post(
      '/:name/state',
      endpoint({
        role: 'operator',
        scope: 'models:write',
        summary: 'Pauses a model, lets it go on, or has one that rests asked again',
      }),
      takes('param', NameParam),
      takes('json', z.object({ state: z.enum(['paused', 'active', 'awake']) })),
      async (c) => {
        const { name } = c.req.valid('param');
        const { state } = c.req.valid('json');
        await change(db, c.get('principal'), async (tx) => {
          await find(tx, name);
          if (state === 'awake') await forgetBreaker(tx, name);
          else await pauseTarget(tx, name, state === 'paused');
          return { result: undefined, changed: { what: `model.${state}`, subject: `model/${name}` } };
        });
        return c.body(null, 204);
      },
    );
}

const inFile = (name: string): Failure => new Failure('invalid', `${name} is in the configuration: change it there`);

async function find(tx: Transaction, name: string) {
  const row = (await listTargets(tx)).find((one) => one.name === name);
  if (row === undefined) throw notFound('model');
  return row;
}

/** A key was given for one server: moved to another one, it is asked for again. */
function keptKey(
  before: ReadTarget | undefined,
  { baseUrl }: { readonly baseUrl: string | null },
  key: string | null | undefined,
): string | null {
  if (key !== undefined || before === undefined) return null;
  if (before.sealedKey !== null && before.baseUrl !== baseUrl)
    throw new Failure('invalid', 'key: give it again, since the model is asked at another address');
  return before.sealedKey;
}

const shown = ({
  sealedKey,
  hearingModel: _hearing,
  qualityFor: _for,
  changedMs: _at,
  ...row
}: ReadTarget & { paused: boolean }) => ({
  ...row,
  hasKey: sealedKey !== null,
});
