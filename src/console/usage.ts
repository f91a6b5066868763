import { Hono } from 'hono';
import { z } from 'zod';
import { inOrganization, type Database } from '../db/database.ts';
import { reportUsage, USAGE_GROUPS, type UsageRow } from '../db/report-usage.ts';
import { endpoint, takes, type ApiEnv } from './endpoint.ts';

const COLUMNS = [
  'day',
  'app',
  'platform',
  'install',
  'channel',
  'person',
  'personName',
  'provider',
  'model',
  'calls',
  'failed',
  'answers',
  'tokensIn',
  'tokensCached',
  'tokensOut',
  'dollars',
] as const satisfies readonly (keyof UsageRow)[];

const Row = z.object({
  day: z.string(),
  app: z.string(),
  platform: z.string(),
  install: z.string(),
  channel: z.string(),
  person: z.string(),
  personName: z.string(),
  provider: z.string(),
  model: z.string(),
  calls: z.number(),
  failed: z.number(),
  answers: z.number(),
  tokensIn: z.number(),
  tokensCached: z.number(),
  tokensOut: z.number(),
  /** US, as far as prices are known. */
  dollars: z.number(),
});

const MOST = 10_000;

const Wanted = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    /** One or several, parted by commas. */
    by: z
      .string()
      .max(100)
      .default('day')
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(USAGE_GROUPS)).min(1)),
  })
  .refine(({ from, to }) => from <= to, 'to: not before from')
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= 366 * 86_400_000, 'at most a year');

/** What answers used and cost. */
export function usage({ db }: { readonly db: Database }) {
  return new Hono<ApiEnv>()
    .get(
      '/',
      endpoint({
        role: 'analyst',
        scope: 'usage:read',
        summary: 'What was used, by day, app, install, channel, person or model',
        answers: z.object({ items: z.array(Row) }),
      }),
      takes('query', Wanted),
      async (c) => {
        const wanted = c.req.valid('query');
        const { organization } = c.get('principal');
        const items = await inOrganization(db, organization, (tx) => reportUsage(tx, { ...wanted, most: MOST }));
        return c.json({ items: [...items] });
      },
    )
    .get(
      '/csv',
      endpoint({ role: 'analyst', scope: 'usage:read', summary: 'The same as a table', type: 'text/csv' }),
      takes('query', Wanted),
      async (c) => {
        const wanted = c.req.valid('query');
        const { organization } = c.get('principal');
        const rows = await inOrganization(db, organization, (tx) => reportUsage(tx, { ...wanted, most: MOST }));
        const lines = [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => cell(row[name])).join(','))];
        return c.body(`${lines.join('\r\n')}\r\n`, 200, {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="usage-${wanted.from}-${wanted.to}.csv"`,
        });
      },
    );
}

/** As RFC 4180 has it. What begins like a formula is one to spreadsheets (OWASP: CSV Injection). Pure. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
