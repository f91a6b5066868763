import { randomUUID } from 'node:crypto';
import type { AppId, TurnId } from '../model/ids.ts';
import type { Transaction } from './database.ts';
import { accountsOf } from './recall-memories.ts';

/** Of whom something is remembered. An app knows a person by one id in all its installs. */
export type Whose =
  | { readonly scope: 'person'; readonly app: AppId; readonly person: string }
  | { readonly scope: 'channel'; readonly app: AppId; readonly install: string; readonly channel: string }
  | { readonly scope: 'organization' };

export type MemoryKind = 'fact' | 'preference' | 'instruction';

export type Memory = {
  /** By which people name it; counted for each person, channel and organization. */
  readonly number: number;
  readonly kind: MemoryKind;
  readonly text: string;
  /** Told to the model each time. */
  readonly pinned: boolean;
  /** Of a person: kept by another one of that person's linked accounts. */
  readonly elsewhere: boolean;
};

export type NewMemory = {
  readonly whose: Whose;
  readonly kind: MemoryKind;
  readonly text: string;
  readonly pinned: boolean;
  /** Names the call that keeps it: the same call once more keeps nothing more. */
  readonly key: string;
  readonly turn: TurnId | undefined;
  readonly by: string;
};

/** `full`: as much is kept there as may be; something has to be forgotten first. */
export type Kept = { readonly kind: 'kept'; readonly number: number } | { readonly kind: 'full' };

/** Of one person, channel or organization. */
export const MOST_KEPT = 100;

/** Keeps something; what says the same words already is kept once. */
export async function keepMemory(tx: Transaction, memory: NewMemory): Promise<Kept> {
  const { kind, text, pinned, key, turn, by } = memory;
  const { scope, app, install, subject } = columnsOf(memory.whose);
  // One at a time for each subject: two at once would be given one number.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`memory/${app}/${scope}/${install}/${subject}`}, 0))`;
  const mine = tx`organization_id = current_setting('switchboard.organization')::uuid and scope = ${scope} and app_id is not distinct from ${app}::uuid
    and install = ${install} and subject = ${subject}`;
  const [same] = await tx<{ number: number }[]>`
    update switchboard.memories set kind = ${kind}, pinned = pinned or ${pinned}, updated_at = now()
    where ${mine} and key not like 'instructions/%' and (lower(text) = lower(${text}) or key = ${key}) returning number`;
  if (same !== undefined) return { kind: 'kept', number: same.number };
  const [row] = await tx<{ number: number }[]>`
    insert into switchboard.memories (organization_id, id, scope, app_id, install, subject, number, kind, text, pinned, key, source_turn, created_by)
    select current_setting('switchboard.organization')::uuid, ${randomUUID()}, ${scope}, ${app}::uuid, ${install}, ${subject}, coalesce(max(number), 0) + 1,
      ${kind}, ${text}, ${pinned}, ${key}, ${turn ?? null}::uuid, ${by}
    from switchboard.memories where ${mine} having count(*) < ${MOST_KEPT} returning number`;
  return row === undefined ? { kind: 'full' } : { kind: 'kept', number: row.number };
}

/** Sets the custom instructions of a person or a channel, in place of those before; an empty text takes them away. */
export async function instruct(
  tx: Transaction,
  whose: Whose,
  { text, by }: { text: string; by: string },
): Promise<void> {
  const { scope, app, install, subject } = columnsOf(whose);
  const key = instructionsKey(whose);
  await tx`delete from switchboard.memories where organization_id = current_setting('switchboard.organization')::uuid and key = ${key}`;
  if (text === '') return;
  await tx`insert into switchboard.memories (organization_id, id, scope, app_id, install, subject, number, kind, text, pinned, key, created_by)
    values (current_setting('switchboard.organization')::uuid, ${randomUUID()}, ${scope}, ${app}::uuid, ${install}, ${subject}, 0, 'instruction', ${text},
      true, ${key}, ${by}) on conflict (organization_id, key) do update set text = excluded.text, created_by = excluded.created_by, updated_at = now()`;
}

/** All that is kept of somebody or of a place, in the order in which it was kept; custom instructions have the number 0. */
export async function listMemories(tx: Transaction, whose: Whose): Promise<readonly Memory[]> {
  const owners = await ownersOf(tx, whose);
  const rows = await tx<Memory[]>`
    select number, kind, text, pinned, (app_id is distinct from ${owners[0]?.app ?? null}::uuid or subject <> ${owners[0]?.subject ?? ''}) as elsewhere
    from switchboard.memories where ${ownedBy(tx, whose, owners)} order by elsewhere, number, created_at`;
  return [...rows];
}

/**
 * Forgets what has this number; of a person with several accounts that of the one at hand comes first.
 * @returns whether there was any.
 */
export async function forgetMemory(tx: Transaction, whose: Whose, number: number): Promise<boolean> {
  for (const owner of await ownersOf(tx, whose))
    if ((await erase(tx, tx`${ownedBy(tx, whose, [owner])} and number = ${number}`)) > 0) return true;
  return false;
}

/** Forgets all of somebody, on all linked accounts, or of a place. It is audited, without what it was. */
export async function forgetAll(tx: Transaction, whose: Whose, by: string): Promise<number> {
  const erased = await erase(tx, ownedBy(tx, whose, await ownersOf(tx, whose)));
  const { scope, app, install, subject } = columnsOf(whose);
  const of = [scope, app, install, subject].filter((part) => part !== null && part !== '').join('/');
  await tx`insert into switchboard.audit (organization_id, actor, what, subject)
    values (current_setting('switchboard.organization')::uuid, ${by}, 'memory.erased', ${of})`;
  return erased;
}

/** Forgets what was said in these turns: their questions are deleted. */
export async function forgetTurns(tx: Transaction, turns: readonly string[]): Promise<void> {
  if (turns.length === 0) return;
  await tx`delete from switchboard.memories
    where organization_id = current_setting('switchboard.organization')::uuid and source_turn = any(${[...turns]}::uuid[])`;
}

type Fragment = ReturnType<Transaction>;

/** The journal of the turn that kept it has its words as well; a turn that runs still needs them. */
async function erase(tx: Transaction, which: Fragment): Promise<number> {
  const rows = await tx<
    { turn: string | null }[]
  >`delete from switchboard.memories where ${which} returning source_turn as turn`;
  const turns = rows.flatMap(({ turn }) => turn ?? []);
  if (turns.length > 0)
    await tx`update switchboard.steps s set input = null, output = null from switchboard.turns t
      where t.organization_id = current_setting('switchboard.organization')::uuid and t.id = any(${turns}::uuid[]) and t.state <> 'running'
        and s.organization_id = t.organization_id and s.turn_id = t.id and (s.input is not null or s.output is not null)`;
  return rows.length;
}

type Owner = { readonly app: string | null; readonly subject: string };

/** The one at hand first. */
async function ownersOf(tx: Transaction, whose: Whose): Promise<readonly Owner[]> {
  const { app, subject } = columnsOf(whose);
  if (whose.scope !== 'person') return [{ app, subject }];
  const linked = await accountsOf(tx, whose);
  const others = linked.map(({ app, person }): Owner => ({ app, subject: person }));
  return [{ app, subject }, ...others.filter((one) => one.app !== app || one.subject !== subject)];
}

function ownedBy(tx: Transaction, whose: Whose, owners: readonly Owner[]): Fragment {
  const { scope, install } = columnsOf(whose);
  const apps = owners.map(({ app }) => app);
  const subjects = owners.map(({ subject }) => subject);
  return tx`organization_id = current_setting('switchboard.organization')::uuid and scope = ${scope} and install = ${install}
    and exists (select 1 from unnest(${apps}::uuid[], ${subjects}::text[]) as o(app, subject)
      where o.app is not distinct from memories.app_id and o.subject = memories.subject)`;
}

function columnsOf(whose: Whose): { scope: Whose['scope']; app: AppId | null; install: string; subject: string } {
  const { scope } = whose;
  if (scope === 'organization') return { scope, app: null, install: '', subject: '' };
  if (scope === 'person') return { scope, app: whose.app, install: '', subject: whose.person };
  return { scope, app: whose.app, install: whose.install, subject: whose.channel };
}

const instructionsKey = (whose: Whose): string => {
  const { scope, app, install, subject } = columnsOf(whose);
  return `instructions/${JSON.stringify([scope, app, install, subject])}`;
};
