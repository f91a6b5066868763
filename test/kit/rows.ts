import type { Database } from '../../src/db/database.ts';

/** Stands in every text of a row that is made here. */
export const MARK = 'marked-by-the-other-organization';

type Column = {
  readonly table_schema: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly udt_name: string;
  readonly column_default: string | null;
};

/**
 * A row in every table that has organizations, made from the catalogue: a new table has one by itself. Its texts hold `MARK`.
 * @returns all ids that stand in them, and the tables.
 */
export async function fillEveryTable(
  { sql }: Database,
  organization: string,
): Promise<{ readonly ids: readonly string[]; readonly tables: readonly string[] }> {
  const columns = await sql<Column[]>`
    select table_schema, table_name, column_name, udt_name, column_default from information_schema.columns c
    where table_schema in ('switchboard', 'auth') and is_generated = 'NEVER' order by table_schema, table_name, ordinal_position`;
  // What a column may hold is tried elsewhere.
  const checks = await sql<{ table: string; name: string }[]>`
    select conrelid::regclass::text as table, conname as name from pg_constraint where contype = 'c' and connamespace::regnamespace::text in ('switchboard', 'auth')`;
  for (const { table, name } of checks) await sql.unsafe(`alter table ${table} drop constraint "${name}"`);
  const tables = Map.groupBy(columns, ({ table_schema: schema, table_name: table }) => `"${schema}"."${table}"`);
  const ids: string[] = [];
  const filled: string[] = [];
  for (const [table, all] of tables) {
    const owner = all.find(({ column_name: name }) => name === 'organization_id' || name === 'organizationId');
    if (owner === undefined) continue;
    const names = all.map(({ column_name: name }) => `"${name}"`).join(', ');
    const values = all.map((column) => (column === owner ? `'${organization}'` : valueOf(column))).join(', ');
    // Neither references nor triggers are looked at: it is rows that are wanted, and not what they mean.
    const [rows] = await sql.begin(async (tx) => [
      await tx`set local session_replication_role = replica`.then(() =>
        tx.unsafe(`insert into ${table} (${names}) values (${values}) on conflict do nothing returning *`),
      ),
    ]);
    for (const value of (rows ?? []).flatMap((row) => Object.values(row)))
      if (typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value) && value !== organization)
        ids.push(value);
    filled.push(table);
  }
  return { ids: [...new Set(ids)], tables: filled };
}

/** By the type's name. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/^uuid$/, 'gen_random_uuid()'],
  [/^_/, `'{}'`],
  [/^jsonb?$/, `'{"note": "${MARK}"}'`],
  [/^timestamp/, `now() + interval '1 hour'`],
  [/^date$/, 'current_date'],
  [/^bytea$/, `'\\x00'`],
  [/^bit$/, `repeat('0', 1024)::bit(1024)`],
  [/^bool$/, 'false'],
  [/^(int|float|numeric)/, '1'],
];

/** As an SQL expression. */
function valueOf({ column_name: name, udt_name: type, column_default: preset }: Column): string {
  const [, value] = VALUES.find(([pattern]) => pattern.test(type)) ?? [];
  if (value !== undefined) return value;
  return name === 'state' && preset !== null ? preset : `'${name}-${MARK}'`;
}
