import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseAccount } from '../src/db/embedded-account.ts';
import { startEmbedded } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { migrateQueue } from '../src/queue/worker.ts';
import { flawsOf, play } from './budgets/play.ts';

/** Whether nested budgets hold when many processes spend from them at once and are killed in between. */

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } });
const seconds = Number(values.seconds);

const folder = await mkdtemp(join(tmpdir(), 'switchboard-budgets-'));
await chmod(folder, 0o755);
const server = await startEmbedded(join(folder, 'postgres'), await chooseAccount());
try {
  await migrate(server.url, migrateQueue);
  const played = await play({ url: server.url, processes: 8, atOnce: 50, seconds, killEveryMs: 500 });
  const heads = ['budgets of', 'many', 'may spend', 'counted', 'billed', 'over', 'lost', 'held'];
  const cells = played.rows.map(({ kind, budgets, may, spent, billed, over, lost, held }) => [
    kind,
    `${budgets}`,
    `$${may.toFixed(2)}`,
    `$${spent.toFixed(6)}`,
    `$${billed.toFixed(6)}`,
    `${over}`,
    `${lost}`,
    `${held}`,
  ]);
  const flaws = flawsOf(played);
  const lines = [
    ...[heads, ...cells].map((row) => row.map((cell) => cell.padEnd(16)).join('')),
    '',
    `8 processes, 400 calls at once, ${seconds} s: ${played.granted} granted, ${played.refused} refused, ${played.kills} kills, ${played.holds} holds left`,
    ...flaws,
    flaws.length === 0 ? 'no budget is over, and nothing is held any more' : 'FAILED',
  ];
  process.stdout.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  if (flaws.length > 0) process.exitCode = 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
