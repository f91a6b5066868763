import type { Adapter, Credentials, Limits } from '../../src/model/adapter.ts';
import { required } from '../kit/base-url.ts';
import { openLookup } from './lookup.ts';
import { openReach } from './reach.ts';
import type { RoomOf } from './room.ts';
import { openSending } from './send.ts';

/** All ours: there is no vendor who sets any. */
const LIMITS: Limits = {
  // Each edit writes the whole part anew: this keeps it to some kilobytes.
  part: 12_000,
  measure: (markdown) => markdown.length,
  // People see a flow from some six steps a second on.
  editEveryMs: 150,
  appendEveryMs: undefined,
  streamForMs: undefined,
  findable: true,
  // A transaction of the store that nobody waits for any more ends after ten seconds.
  readLagMs: 12_000,
  lateMs: 12_000,
  budgets: [],
};

/**
 * The chat of one organization in the console. What people write there comes by the console's own API, which is where they are
 * signed in: nothing is received over the hooks.
 */
export function openWeb(credentials: Credentials, roomOf: RoomOf): Adapter {
  const room = roomOf(required(credentials, 'CHAT_ORGANIZATION'));
  return { platform: 'web', limits: LIMITS, ...openSending(room), ...openLookup(room), ...openReach(room) };
}
