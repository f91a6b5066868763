import { afterOutcome, claimed, CLOSED, type Breakers, type BreakerState } from '../llm/breaker.ts';
import type { ModelFault } from '../llm/provider.ts';
import { organizationId, type OrganizationId } from '../model/ids.ts';
import type { Clock } from '../observe/clock.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** Milliseconds for which what was read is good: a breaker that opened elsewhere is seen so much later. */
const FRESH_MS = 1_000;

/** Successes that are told along with the next failure, at most: enough for any share of the window. */
const MOST_OKS = 200;

type Known = { state: BreakerState; readAt: number; oks: number };

/** Names the breaker of one organization's target in the whole hub. */
export const breakerKey = (organization: OrganizationId, target: string): string => `${organization}/${target}`;

/**
 * Breakers that all processes share. A success of a target that is well is not written: it is counted here, and told
 * along with the next failure, so that a busy target costs nothing. Keys as `breakerKey` makes them.
 */
export function openBreakers(db: Database, clock: Clock): Breakers {
  const known = new Map<string, Known>();
  // What has to be added to this process's clock to get the database's.
  let ahead = clock.wall() - clock.now();
  const isFresh = (key: string): boolean => clock.now() - (known.get(key)?.readAt ?? -Infinity) < FRESH_MS;
  const note = (key: string, state: BreakerState): void => {
    known.set(key, { state, readAt: clock.now(), oks: known.get(key)?.oks ?? 0 });
  };

  const refresh = async (keys: readonly string[]): Promise<void> => {
    for (const [organization, targets] of byOrganization(keys)) {
      const { now, states } = await inOrganization(db, organization, (tx) => readStates(tx, targets));
      ahead = now - clock.now();
      for (const target of targets) note(breakerKey(organization, target), states.get(target) ?? CLOSED);
    }
  };

  /** Changes a breaker by what it is at this moment, with its row locked. */
  const change = async (
    key: string,
    next: (state: BreakerState, now: number) => BreakerState | undefined,
  ): Promise<boolean> => {
    const { organization, target } = partsOf(key);
    const after = await inOrganization(db, organization, (tx) => changeState(tx, target, next));
    if (after !== undefined) note(key, after);
    return after !== undefined;
  };

  const report = async (key: string, outcome: 'ok' | ModelFault): Promise<void> => {
    const entry = known.get(key) ?? { state: CLOSED, readAt: -Infinity, oks: 0 };
    if (outcome === 'ok' && isWell(entry.state)) {
      known.set(key, { ...entry, oks: Math.min(MOST_OKS, entry.oks + 1) });
      return;
    }
    known.set(key, { ...entry, oks: 0 });
    await change(key, (state, now) => {
      let next = state;
      for (let count = 0; count < entry.oks; count += 1) next = afterOutcome(next, 'ok', now);
      return afterOutcome(next, outcome, now);
    });
  };

  return {
    now: () => clock.now() + ahead,
    async read(keys) {
      const stale = keys.filter((key) => !isFresh(key));
      if (stale.length > 0) await refresh(stale);
      return Object.fromEntries(keys.map((key) => [key, known.get(key)?.state ?? CLOSED]));
    },
    report,
    probe: (key) => change(key, claimed),
  };
}

const isWell = ({ open, inRow, recent }: BreakerState): boolean =>
  open === undefined && inRow.length === 0 && recent.every(({ failed }) => failed === 0);

function partsOf(key: string): { organization: OrganizationId; target: string } {
  const at = key.indexOf('/');
  return { organization: organizationId(key.slice(0, at)), target: key.slice(at + 1) };
}

function byOrganization(keys: readonly string[]): ReadonlyMap<OrganizationId, readonly string[]> {
  const groups = Map.groupBy(keys.map(partsOf), ({ organization }) => organization);
  return new Map([...groups].map(([organization, parts]) => [organization, parts.map(({ target }) => target)]));
}

const NOW = `(extract(epoch from clock_timestamp()) * 1000)::float8`;

async function readStates(
  tx: Transaction,
  targets: readonly string[],
): Promise<{ readonly now: number; readonly states: ReadonlyMap<string, BreakerState> }> {
  const rows = await tx<{ now: number; target: string | null; state: BreakerState | null }[]>`
    select ${tx.unsafe(NOW)} as now, b.target, b.state from (select 1) one left join switchboard.breakers b
      on b.organization_id = current_setting('switchboard.organization')::uuid and b.target = any(${[...targets]}::text[])`;
  const states = rows.flatMap(({ target, state }) =>
    target === null || state === null ? [] : [[target, state] as const],
  );
  return { now: rows[0]?.now ?? 0, states: new Map(states) };
}

/** Of all targets, with the database's time. */
export async function readBreakers(
  tx: Transaction,
): Promise<{ readonly now: number; readonly states: ReadonlyMap<string, BreakerState> }> {
  const rows = await tx<{ target: string }[]>`select target from switchboard.breakers
    where organization_id = current_setting('switchboard.organization')::uuid`;
  return readStates(
    tx,
    rows.map(({ target }) => target),
  );
}

async function changeState(
  tx: Transaction,
  target: string,
  next: (state: BreakerState, now: number) => BreakerState | undefined,
): Promise<BreakerState | undefined> {
  // Two that begin a row at once: the second one waits here for the first.
  await tx`insert into switchboard.breakers (organization_id, target, state)
    values (current_setting('switchboard.organization')::uuid, ${target}, ${asJson(tx, [CLOSED])}::jsonb -> 0) on conflict do nothing`;
  const [row] = await tx<{ now: number; state: BreakerState }[]>`
    select ${tx.unsafe(NOW)} as now, state from switchboard.breakers
    where organization_id = current_setting('switchboard.organization')::uuid and target = ${target} for update`;
  const after = row && next(row.state, row.now);
  if (after === undefined) return undefined;
  await tx`update switchboard.breakers set state = ${asJson(tx, [after])}::jsonb -> 0, updated_at = now()
    where organization_id = current_setting('switchboard.organization')::uuid and target = ${target}`;
  return after;
}

/** Closes a target's breaker: it was set up anew. */
export async function forgetBreaker(tx: Transaction, target: string): Promise<void> {
  await tx`delete from switchboard.breakers
    where organization_id = current_setting('switchboard.organization')::uuid and target = ${target}`;
}
