import { randomUUID } from 'node:crypto';
import { appId, type AppId } from '../model/ids.ts';
import { PLATFORMS, type Platform } from '../model/platform.ts';
import type { Transaction } from './database.ts';

/** A connection that somebody began. */
export type Begun = {
  /** SHA-256 of the state that comes back with the person, in hexadecimal. */
  readonly stateHash: string;
  /** Who began it, as the audit names them. */
  readonly actor: string;
  readonly platform: Platform;
  readonly app: AppId;
  /** `prepared`: an id for an app to come. `away`: the person is on the platform's pages. */
  readonly step: 'prepared' | 'away';
  /** What people are to call the app. */
  readonly name: string;
};

const FORGET_AFTER_S = { prepared: 24 * 3_600, away: 600 } as const;

export async function saveBegun(tx: Transaction, begun: Begun): Promise<void> {
  const { stateHash, actor, platform, app, step, name } = begun;
  await tx`insert into switchboard.connecting (organization_id, id, state_hash, actor_id, platform, app_id, step, details, expires_at)
    values (current_setting('switchboard.organization')::uuid, ${randomUUID()}, ${stateHash}, ${actor}, ${platform}, ${app}, ${step},
      ${JSON.stringify({ name })}::text::jsonb, now() + make_interval(secs => ${FORGET_AFTER_S[step]}))`;
}

/** Uses a state up. Undefined: it is none of this person's in this organization, was used, or is too old. */
export async function takeBegun(
  tx: Transaction,
  { stateHash, actor, platform }: Pick<Begun, 'stateHash' | 'actor' | 'platform'>,
): Promise<{ readonly app: AppId; readonly name: string } | undefined> {
  const [row] = await tx<{ app_id: string; name: string }[]>`update switchboard.connecting set used_at = now()
    where organization_id = current_setting('switchboard.organization')::uuid and state_hash = ${stateHash} and actor_id = ${actor}
      and platform = ${platform} and step = 'away' and used_at is null and expires_at > now()
    returning app_id, details->>'name' as name`;
  return row && { app: appId(row.app_id), name: row.name };
}

/** Whether this id was given to this person for an app of this platform. */
export async function isPrepared(
  tx: Transaction,
  { actor, platform, app }: Pick<Begun, 'actor' | 'platform' | 'app'>,
): Promise<boolean> {
  const rows = await tx`select 1 from switchboard.connecting
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app} and actor_id = ${actor}
      and platform = ${platform} and step = 'prepared' and expires_at > now()`;
  return rows.length > 0;
}

export const isKnownPlatform = (text: string): text is Platform => PLATFORMS.some((one) => one === text);

/** Takes away what nobody came back for, of all organizations. */
export async function sweepBegun(tx: Transaction): Promise<void> {
  await tx`delete from switchboard.connecting where expires_at < now() - make_interval(days => 1)`;
}
