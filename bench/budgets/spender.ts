/** One process that spends: asks again and again for money, "calls" for it, and says what it has cost, until it is killed. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { DEFAULT_ORGANIZATION } from '../../src/db/apps.ts';
import { openBudgets } from '../../src/db/budgets.ts';
import { openDatabase } from '../../src/db/database.ts';
import { groupCommit } from '../../src/db/group-commit.ts';
import { reserve, settleHolds } from '../../src/db/holds.ts';
import { budgetsOf, type Slot } from '../../src/model/budget.ts';
import { turnId } from '../../src/model/ids.ts';
import { APP, CHANNELS, INSTALLS, openLedger, PEOPLE, PER_ANSWER } from './world.ts';

const [url = '', atOnce = '50'] = process.argv.slice(2);
const db = openDatabase(url, 4);
const ledger = openLedger(url);
const budgets = await openBudgets(db)(DEFAULT_ORGANIZATION);
const hold = groupCommit(db, reserve);
const settle = groupCommit(db, settleHolds, 'soon');

const pick = <Item>(all: readonly [Item, ...Item[]] | readonly Item[], fallback: Item): Item =>
  all[randomInt(all.length)] ?? fallback;

/** An answer: a few calls, each at most so dear. */
async function answer(): Promise<void> {
  const turn = turnId(randomUUID());
  const spot = { app: APP, install: pick(INSTALLS, 'w0'), channel: pick(CHANNELS, 'c0'), person: pick(PEOPLE, 'u0') };
  const slots = budgetsOf(budgets, spot).map(({ budget, subject }) => ({ budget, subject }));
  for (let calls = randomInt(1, 5); calls > 0; calls -= 1) {
    const worst = randomInt(1, 25) / 1_000;
    const reserved = await hold(DEFAULT_ORGANIZATION, {
      turn,
      slots,
      answer: { run: 'run', most: PER_ANSWER },
      dollars: worst,
    });
    process.send?.(reserved.kind);
    if (reserved.kind === 'refused') return;
    const cost = await call([{ budget: turn, subject: 'run' }, ...slots], worst);
    await settle(DEFAULT_ORGANIZATION, { hold: reserved.hold, dollars: cost });
  }
}

/** What a vendor does: it takes its time, and its money. Not always it says how much. */
async function call(slots: readonly Slot[], worst: number): Promise<number | null> {
  const outcome = randomInt(20);
  if (outcome === 0) return 0;
  const cost = (worst * randomInt(1, 1_001)) / 1_000;
  await sleep(randomInt(20));
  await bill(ledger, slots, cost);
  await sleep(randomInt(10));
  return outcome === 1 ? null : cost;
}

async function bill(sql: postgres.Sql, slots: readonly Slot[], cost: number): Promise<void> {
  const dollars = cost.toFixed(9);
  await sql`insert into public.bills ${sql(slots.map((slot) => ({ ...slot, dollars })))}`;
}

await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    for (;;) await answer();
  }),
);
