import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { hasApp } from '../db/apps.ts';
import { listBudgets, removeBudget, saveBudget, type NewBudget } from '../db/budgets.ts';
import { inOrganization, type Database, type Transaction } from '../db/database.ts';
import { appBudgetShape } from '../model/budget-shape.ts';
import { Failure } from '../model/failure.ts';
import { change } from './change.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';
import { notFound } from './problem.ts';
import { IdParam } from './shapes.ts';

const Budget = z.object({
  id: z.string(),
  scope: z.enum(['organization', 'install', 'channel', 'person']),
  app: z.string().nullable(),
  install: z.string(),
  channel: z.string(),
  person: z.string(),
  every: z.enum(['day', 'month', 'total']),
  timeZone: z.string(),
  /** US. */
  dollars: z.number(),
  alert: z.object({ app: z.string(), install: z.string(), channel: z.string() }).nullable(),
  origin: z.enum(['file', 'console']),
  /** In the day or month that is now. */
  spent: z.number(),
  /** By calls under way. */
  held: z.number(),
});

/** What may be spent, and what is. */
export const budgets = (options: { readonly db: Database }) =>
  new Hono<ApiEnv>().route('/', listing(options)).route('/', changing(options));

function listing({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'analyst',
        scope: 'budgets:read',
        summary: 'What may be spent, and what is',
        answers: z.object({ items: z.array(Budget) }),
      }),
      async (c) => {
        const items = await inOrganization(db, c.get('principal').organization, listBudgets);
        return c.json({ items: [...items] });
      },
    )
    .post(
      '/',
      endpoint({
        role: 'admin',
        scope: 'budgets:write',
        summary: 'Adds a budget',
        answers: z.object({ id: z.string() }),
      }),
      takes('json', appBudgetShape),
      async (c) => c.json(await change(db, c.get('principal'), (tx) => save(tx, randomUUID(), c.req.valid('json')))),
    );
}

function changing({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .put(
      '/:id',
      endpoint({
        role: 'admin',
        scope: 'budgets:write',
        summary: 'Changes the amount, the time zone and the alert of a budget',
        answers: z.object({ id: z.string() }),
      }),
      takes('param', IdParam),
      takes('json', appBudgetShape),
      async (c) => {
        const { id } = c.req.valid('param');
        return c.json(
          await change(db, c.get('principal'), async (tx) => {
            const known = await listBudgets(tx);
            if (!known.some((budget) => budget.id === id)) throw notFound('budget');
            return save(tx, id, c.req.valid('json'));
          }),
        );
      },
    )
    .delete(
      '/:id',
      endpoint({ role: 'admin', scope: 'budgets:write', summary: 'Takes a budget away' }),
      takes('param', IdParam),
      async (c) => {
        const { id } = c.req.valid('param');
        await change(db, c.get('principal'), async (tx) => {
          if (!(await removeBudget(tx, id))) throw notFound('budget');
          return { result: undefined, changed: { what: 'budget.removed', subject: `budget/${id}` } };
        });
        return c.body(null, 204);
      },
    );
}

async function save(tx: Transaction, id: string, given: z.infer<typeof appBudgetShape>) {
  const { app, install = '', channel = '', person = '', alert, ...rest } = given;
  for (const wanted of [app, alert?.app])
    if (wanted !== undefined && !(await hasApp(tx, wanted))) throw notFound('app');
  const budget: NewBudget = { ...rest, id, app, install, channel, person, alert };
  if (!(await saveBudget(tx, budget)))
    throw new Failure(
      'invalid',
      'what a budget is for stays, and one of the configuration is changed there: make another',
    );
  return { result: { id }, changed: { what: 'budget.saved', subject: `budget/${id}`, details: { budget } } };
}
