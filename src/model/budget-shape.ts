import { z } from 'zod';
import { PLATFORMS } from './platform.ts';
import { isTimeZone } from './time-zone.ts';

const id = z.string().min(1).max(200);

/** Names only: PostgreSQL reads the sign of an offset the other way round than people do. */
const zone = z
  .string()
  .refine((name) => /^[A-Za-z]/.test(name) && isTimeZone(name), 'must be a time zone, as Europe/Vienna');

const fields = {
  scope: z.enum(['organization', 'install', 'channel', 'person']),
  /** The platform's ids. */
  install: id.optional(),
  channel: id.optional(),
  /** `*`: each person by themselves. */
  person: id.optional(),
  every: z.enum(['day', 'month', 'total']),
  timeZone: zone.default('UTC'),
  /** US; a budget of 0 lets nothing through that costs. */
  dollars: z.number().min(0).max(1_000_000),
};
const told = { install: id, channel: id };

/** A budget as an admin writes it. */
export const budgetShape = placed(
  z.strictObject({
    ...fields,
    platform: z.enum(PLATFORMS).optional(),
    /** The channel that is told at 50, 80 and 100 %. */
    alert: z.strictObject({ ...told, platform: z.enum(PLATFORMS) }).optional(),
  }),
  ({ platform }) => platform,
);

/** The same for one of an organization's apps, of which a platform may have several. */
export const appBudgetShape = placed(
  z.strictObject({
    ...fields,
    app: z.uuid().optional(),
    alert: z.strictObject({ ...told, app: z.uuid() }).optional(),
  }),
  ({ app }) => app,
);

type Fields = z.infer<z.ZodObject<typeof fields>>;

/** With what a budget of each scope has to name, and what it cannot have. */
function placed<Schema extends z.ZodType<Fields>>(
  shape: Schema,
  appOf: (budget: z.infer<Schema>) => string | undefined,
) {
  return shape
    .refine(
      (budget) =>
        budget.scope !== 'organization' ||
        [appOf(budget), budget.install, budget.channel, budget.person].every((one) => one === undefined),
      'a budget of the organization has no platform, install, channel or person',
    )
    .refine(
      (budget) =>
        (budget.scope !== 'install' && budget.scope !== 'channel') ||
        (appOf(budget) !== undefined && budget.install !== undefined),
      'name its platform and its install',
    )
    .refine(({ scope, channel }) => scope !== 'channel' || channel !== undefined, 'name its channel')
    .refine(({ scope, channel }) => scope !== 'install' || channel === undefined, 'an install’s budget has no channel')
    .refine(({ scope, person }) => (scope === 'person') === (person !== undefined), 'a person belongs to scope: person')
    .refine(
      (budget) => budget.person === undefined || budget.person === '*' || appOf(budget) !== undefined,
      'name the person’s platform',
    )
    .refine((budget) => budget.install === undefined || appOf(budget) !== undefined, 'an install needs its platform')
    .refine(({ channel, install }) => channel === undefined || install !== undefined, 'a channel needs its install');
}

/** All of them. Two of the same kind for the same would both count, and nobody could tell them apart. */
export const budgetsShape = z
  .array(budgetShape)
  .max(500)
  .refine(
    (all) =>
      new Set(
        all.map(({ scope, platform, install, channel, person, every }) =>
          JSON.stringify([scope, platform, install, channel, person, every]),
        ),
      ).size === all.length,
    'two budgets are for the same, in the same time: keep one',
  );

export type BudgetConfig = z.infer<typeof budgetShape>;
