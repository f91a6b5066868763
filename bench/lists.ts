import { DEFAULT_ORGANIZATION, environmentApp } from '../src/db/apps.ts';
import { inOrganization, type Database } from '../src/db/database.ts';
import { openTestConsole, type TestConsole } from '../test/kit/console.ts';
import { openTestDatabase, startTestServer } from '../test/kit/database.ts';
import { percentile } from './load.ts';

// The lists of the console over a million messages: how long a page takes at the top, deep below, and when it is filtered.

const MESSAGES = 1_000_000;
const THREADS = 100_000;
const TIMES = 40;
/** Milliseconds. */
const GOAL = 300;

const APP = environmentApp('slack');

const server = await startTestServer();
try {
  await using database = await openTestDatabase();
  await using hub = await openTestConsole({}, database);
  await fill(database.db);
  process.stdout.write(`${MESSAGES} messages in ${THREADS} conversations, as many deliveries\n`);
  const pages: readonly (readonly [string, string])[] = [
    ['conversations, the first page', '/conversations'],
    ['conversations, from the middle', `/conversations?cursor=${cursor(THREADS / 2)}`],
    ['conversations with their words', '/conversations?reveal=true'],
    ['conversations of one channel', '/conversations?channel=C7'],
    ['conversations of one person', '/conversations?person=U42'],
    ['conversations that failed', '/conversations?state=dead'],
    ['conversations with a word that few have', '/conversations?text=needle'],
    ['conversations with a word that none has', '/conversations?text=nowhere-at-all'],
    ['one conversation', `/conversations/${await anyThread(database.db)}?reveal=true`],
    ['deliveries, the first page', '/deliveries'],
    ['deliveries, from the middle', `/deliveries?cursor=${cursor(MESSAGES / 2)}`],
    ['deliveries that were ignored', '/deliveries?outcome=ignored'],
    ['what waits', '/deliveries/waiting'],
    ['dead letters', '/dead-letters'],
    ['audit', '/audit'],
    ['usage by model', '/usage?from=2026-01-01&to=2026-12-31&by=model'],
  ];
  for (const [name, path] of pages) {
    const took = await measure(hub, name, path);
    const [half, most] = [percentile(took, 0.5), percentile(took, 0.95)];
    if (most > GOAL) process.exitCode = 1;
    process.stdout.write(
      `  ${name.padEnd(42)} p50 ${half.toFixed(0).padStart(4)} ms, p95 ${most.toFixed(0).padStart(4)} ms\n`,
    );
  }
  await plans(database.db);
} finally {
  await server.stop();
}

/** Milliseconds that each time took. */
async function measure({ ask }: TestConsole, name: string, path: string): Promise<readonly number[]> {
  const took: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const at = performance.now();
    const answer = await ask(`/api/v1${path}`);
    await answer.text();
    took.push(performance.now() - at);
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`);
  }
  return took;
}

/** As many seconds before the newest as there are rows. */
function cursor(rows: number): string {
  const at = new Date(Date.UTC(2026, 0, 1) + (MESSAGES - rows) * 1_000).toISOString();
  return Buffer.from(JSON.stringify([at, '00000000-0000-4000-8000-000000000000'])).toString('base64url');
}

async function anyThread({ sql }: Database): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from switchboard.threads limit 1`;
  return row?.id ?? '';
}

async function fill({ sql }: Database): Promise<void> {
  const install = '00000000-0000-4000-8000-0000000000b1';
  // With the marks of version 4, as ids of ours have them.
  const id = (kind: string, n: string) =>
    `overlay(overlay(md5('${kind}' || ${n}) placing '4' from 13) placing '8' from 17)::uuid`;
  const organization = `'${DEFAULT_ORGANIZATION}'::uuid`;
  const begin = `timestamptz '2026-01-01'`;
  const one = await sql.reserve();
  await one`set statement_timeout = 0`;
  await one.unsafe(`set session_replication_role = replica;
    insert into switchboard.installs (organization_id, id, app_id, external_id, name) values (${organization}, '${install}', '${APP}', 'T1', 'Example');
    insert into switchboard.threads (organization_id, id, install_id, channel, external_id, active_at, created_at)
      select ${organization}, ${id('t', 'n')}, '${install}', 'C' || n % 500, 'thread' || n, ${begin} + n * interval '10 seconds', ${begin} from generate_series(1, ${THREADS}) n;
    insert into switchboard.turns (organization_id, id, thread_id, state, answer, error, started_at, ended_at)
      select ${organization}, ${id('r', 'n')}, ${id('t', 'n')}, case when n % 5000 = 0 then 'dead' else 'answered' end, 'An answer of some words.',
        case when n % 5000 = 0 then 'the model said no' end, ${begin} + n * interval '10 seconds', ${begin} + n * interval '10 seconds' from generate_series(1, ${THREADS}) n;
    insert into switchboard.messages (organization_id, id, thread_id, external_id, version, author_id, author_name, author_kind, text, attachments, address, why, has_past, state, turn_id, correlation, sent_at, received_at)
      select ${organization}, ${id('m', 'n')}, ${id('t', `1 + n % ${THREADS}`)}, 'm' || n, '1', 'U' || n % 1000, 'Somebody', 'human',
        'Some words of a question, number ' || n || case when n % 50000 = 0 then ' needle' else '' end, '[]', 'a', 'mention', false, 'answered', ${id('r', `1 + n % ${THREADS}`)},
        ${id('m', 'n')}, ${begin} + n * interval '1 second', ${begin} + n * interval '1 second' from generate_series(1, ${MESSAGES}) n;
    insert into switchboard.deliveries (organization_id, app_id, delivery_id, correlation, raw, outcome, reason, received_at)
      select ${organization}, '${APP}', 'd' || n, ${id('m', 'n')}, '\\x7b7d', case when n % 1000 = 0 then 'ignored' else 'message' end, null, ${begin} + n * interval '1 second'
      from generate_series(1, ${MESSAGES}) n;
    insert into switchboard.usage_days (organization_id, day, app_id, install, channel, person, provider, model, calls, answers, dollars)
      select ${organization}, date '2026-01-01' + d, '${APP}', 'T1', 'C' || c, 'U' || c, 'openai', 'm' || c % 5, 10, 9, 0.25 from generate_series(0, 364) d, generate_series(1, 100) c;
    reset session_replication_role; reset statement_timeout`);
  await one`set statement_timeout = 0`;
  await one`analyze`;
  await one`reset statement_timeout`;
  one.release();
}

/** The indexes by which the lists are read. */
async function plans(db: Database): Promise<void> {
  const lists: readonly (readonly [string, string])[] = [
    ['conversations', 'select * from switchboard.threads where %s order by active_at desc, id desc limit 51'],
    [
      'deliveries',
      'select * from switchboard.deliveries where %s order by received_at desc, delivery_id desc limit 51',
    ],
    [
      'dead letters',
      `select * from switchboard.turns where %s and state = 'dead' order by ended_at desc, id desc limit 51`,
    ],
  ];
  for (const [name, statement] of lists) {
    const query = statement.replace('%s', `organization_id = current_setting('switchboard.organization')::uuid`);
    const rows = await inOrganization(db, DEFAULT_ORGANIZATION, (tx) => tx.unsafe(`explain ${query}`));
    const index = /using (\w+)/.exec(rows.map((row) => String(row['QUERY PLAN'])).join('\n'))?.[1] ?? 'no index';
    process.stdout.write(`  ${name} are read by ${index}\n`);
  }
}
