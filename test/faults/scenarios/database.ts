import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { chooseAccount } from '../../../src/db/embedded-account.ts';
import { load } from '../load.ts';
import type { Scenario } from '../scenario.ts';
import { settle, standing } from '../settle.ts';
import { PLATFORMS, until, type World } from '../world.ts';

/** Milliseconds after the database is back until a job is worked on. */
const FIRST_JOB_WITHIN_MS = 5_000;

const execute = promisify(execFile);

export const databaseScenarios: readonly Scenario[] = [
  {
    name: 'postgres-killed-under-load',
    async run(world) {
      await startHubs(world);
      for (let crash = 0; crash < 3; crash += 1) {
        const loading = load(world, { seconds: 6, perSecond: 25 });
        await sleep(world.random.between(1_500, 4_500));
        await world.postgres.kill();
        world.tally.databaseCrashes += 1;
        await sleep(world.random.between(0, 3_000));
        await world.postgres.start();
        await firstJobAfterCrash(world);
        await loading;
        await settle(world);
      }
    },
  },
  {
    name: 'postgres-restarted-in-order',
    async run(world) {
      await startHubs(world);
      const loading = load(world, { seconds: 6, perSecond: 15 });
      await sleep(2_000);
      await world.postgres.stop();
      world.tally.faults += 1;
      await sleep(2_000);
      await world.postgres.start();
      await loading;
      await settle(world);
    },
  },
  {
    name: 'backends-terminated-at-random',
    async run(world) {
      await startHubs(world);
      const loading = load(world, { seconds: 10, perSecond: 20 });
      for (let round = 0; round < 25; round += 1) {
        await sleep(400);
        const ended = await world.sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = ${world.database} and application_name like 'switchboard%' and random() < 0.5`;
        world.tally.faults += ended.length;
      }
      await loading;
      await settle(world);
    },
  },
  {
    name: 'postgres-connections-reset',
    async run(world) {
      await startHubs(world, true);
      const loading = load(world, { seconds: 8, perSecond: 20 });
      for (let round = 0; round < 10; round += 1) {
        await sleep(world.random.between(300, 1_000));
        world.wire.cut();
        world.tally.faults += 1;
      }
      await loading;
      await settle(world);
    },
  },
  {
    // Every connection that is open, the listening one and the leader's too, is deaf from one moment on and stays so.
    name: 'postgres-half-open',
    async run(world) {
      await startHubs(world, true);
      await load(world, { seconds: 2, perSecond: 15 });
      world.wire.deafen();
      world.tally.faults += 1;
      const during = performance.now();
      await load(world, { seconds: 4, perSecond: 10 });
      await settle(world, 60_000);
      world.expect(performance.now() - during < 60_000, 'not over within a minute of the connections’ going deaf');
      // A second time, with all connections idle: nobody notices before something is to be done.
      await sleep(3_000);
      world.wire.deafen();
      world.tally.faults += 1;
      await Promise.all(PLATFORMS.map((name) => world.ask(name)));
      await settle(world, 60_000);
    },
  },
  {
    name: 'postgres-black-hole-15s',
    async run(world) {
      await startHubs(world, true);
      const loading = load(world, { seconds: 18, perSecond: 8 });
      await sleep(2_000);
      world.wire.blackHole(true);
      world.tally.faults += 1;
      await sleep(15_000);
      world.wire.blackHole(false);
      await loading;
      await settle(world);
    },
  },
  {
    name: 'postgres-read-only-30s',
    async run(world) {
      await startHubs(world);
      const loading = load(world, { seconds: 34, perSecond: 6 });
      await sleep(2_000);
      await world.postgres.command(`alter database ${world.database} set default_transaction_read_only = on`);
      await terminateBackends(world);
      world.tally.faults += 1;
      await sleep(30_000);
      await world.postgres.command(`alter database ${world.database} reset default_transaction_read_only`);
      await terminateBackends(world);
      await loading;
      await settle(world);
    },
  },
  {
    // The settings change under connections that live on: those that the pool keeps have to take writes again by themselves.
    name: 'postgres-read-only-reload',
    async run(world) {
      await startHubs(world);
      const loading = load(world, { seconds: 12, perSecond: 8 });
      await sleep(2_000);
      await readOnly(world, true);
      world.tally.faults += 1;
      await sleep(8_000);
      await readOnly(world, false);
      await loading;
      await settle(world);
    },
  },
  {
    name: 'postgres-slow',
    async run(world) {
      await startHubs(world, true);
      world.wire.delay(150);
      world.tally.faults += 1;
      await load(world, { seconds: 10, perSecond: 5 });
      await settle(world);
      world.wire.delay(0);
    },
  },
  {
    name: 'postgres-paused-12s',
    async run(world) {
      await startHubs(world);
      const loading = load(world, { seconds: 14, perSecond: 8 });
      await sleep(1_500);
      await world.postgres.pause();
      world.tally.faults += 1;
      await sleep(12_000);
      await world.postgres.resume();
      await loading;
      await settle(world);
    },
  },
  {
    name: 'pool-exhausted',
    async run(world) {
      await startHubs(world);
      await load(world, { seconds: 2, perSecond: 10 });
      // Connected before there is no room left.
      const admin = greedyConnection(world);
      await admin`select 1`;
      const greedy = Array.from({ length: 90 }, () => greedyConnection(world));
      world.tally.faults += 1;
      await terminateBackends(world, admin);
      await load(world, { seconds: 8, perSecond: 8 });
      await Promise.all([admin, ...greedy].map((sql) => sql.end({ timeout: 1 }).catch(() => {})));
      await settle(world);
    },
  },
  {
    // Somebody's migration or backup holds a table for longer than our statements may take.
    name: 'tables-locked-15s',
    async run(world) {
      await startHubs(world);
      const loading = load(world, { seconds: 16, perSecond: 8 });
      await sleep(1_500);
      world.tally.faults += 1;
      await world.sql.begin(async (tx) => {
        await tx`lock table switchboard.messages, switchboard.threads in access exclusive mode`;
        await sleep(15_000);
      });
      await loading;
      await settle(world);
    },
  },
  { name: 'disk-full', run: diskFull },
];

async function startHubs(world: World, wired = false): Promise<void> {
  await world.start('web', { wired });
  await world.start('worker', { wired });
  await world.start('worker', { wired });
}

/** Something new is answered soon after the database takes connections again. */
async function firstJobAfterCrash(world: World): Promise<void> {
  await until('the database is back', 20_000, async () => (await standing(world)) !== undefined);
  const [backAt, back] = [performance.now(), Date.now()];
  const question = await world.ask('slack');
  await world.expectAnswered(question, 30_000);
  const seconds = (performance.now() - backAt) / 1000;
  const [row] = await world.sql<{ received: number; begun: number; ended: number }[]>`select
    extract(epoch from m.received_at)::float8 as received, extract(epoch from t.started_at)::float8 as begun,
    extract(epoch from t.ended_at)::float8 as ended
    from switchboard.messages m join switchboard.turns t on t.organization_id = m.organization_id and t.id = m.turn_id
    where m.text like ${`%${question.token}%`}`;
  const after = [row?.received, row?.begun, row?.ended].map((at) => ((at ?? 0) - back / 1000).toFixed(1)).join(', ');
  world.expect(
    seconds * 1000 < FIRST_JOB_WITHIN_MS,
    `the first job ended ${seconds.toFixed(1)} s after the database was back (received, begun, ended after ${after} s)`,
  );
}

/** Every backend of a hub, so that each connection is made anew under the settings of now. */
async function terminateBackends(world: World, sql = world.sql): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = ${world.database} and application_name like 'switchboard%'`;
}

async function readOnly(world: World, on: boolean): Promise<void> {
  await world.postgres.command(`alter system set default_transaction_read_only = ${on ? 'on' : 'off'}`);
  await world.postgres.command('select pg_reload_conf()');
}

/** As the superuser, whose reserved places are taken too but for what the checker needs. */
function greedyConnection(world: World): postgres.Sql {
  const sql = postgres(world.postgres.urlOf(world.database), { max: 1, onnotice: () => {}, connect_timeout: 5 });
  sql`select 1`.catch(() => {});
  return sql;
}

/** The tables lie on a disk of 96 MB of their own, which somebody else's file then fills. */
async function diskFull(world: World): Promise<void> {
  const disk = join(tmpdir(), `switchboard-faults-disk-${process.pid}`);
  await mkdir(disk, { recursive: true });
  await execute('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', disk]);
  const folder = join(disk, 'tables');
  try {
    const account = await chooseAccount();
    await mkdir(folder);
    await account.own(folder);
    await chmod(folder, 0o700);
    await chown(disk, 0, 0);
    await world.postgres.command(`create tablespace faults_small location '${folder}'`);
    await world.postgres.command(`alter database ${world.database} set tablespace faults_small`);
    await startHubs(world);
    await load(world, { seconds: 3, perSecond: 15 });
    await settle(world);
    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(96 * 1_048_576)).catch(() => {});
    world.tally.faults += 1;
    // Long answers, so that the pages with room left are used up soon.
    const loading = load(world, { seconds: 12, perSecond: 20, words: 150 });
    await sleep(9_000);
    const refused = world.questions.filter(({ status }) => status === 503 || status === 500).length;
    world.expect(refused > 0 || world.printed().includes('53100'), 'the disk was never full for the hub');
    await rm(filler);
    await loading;
    await settle(world);
  } finally {
    await world.stopAll();
    await world.postgres.command(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${world.database}'`,
    );
    await world.postgres.command(`alter database ${world.database} set tablespace pg_default`);
    await world.postgres.command('drop tablespace if exists faults_small').catch(() => {});
    await execute('umount', ['-l', disk]).catch(() => {});
    await rm(disk, { recursive: true, force: true });
  }
}
