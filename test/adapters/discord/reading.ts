import assert from 'node:assert/strict';
import { learn } from '../../../adapters/discord/learn.ts';
import { openMemory } from '../../../adapters/discord/memory.ts';
import { read } from '../../../adapters/discord/read.ts';
import type { Event } from '../../../src/model/event.ts';

export const BOT = { user: '1457469483726668048', application: '1457469483726668048' };
export const GUILD = '1457468924290662599';
export const ROLE = '1457473602180878604';
export const CHANNEL = '1457510428359004343';

export const ada = { id: '1033044521375764530', username: 'ada', global_name: 'Ada Lovelace' };
export const self = { id: BOT.user, username: 'Switchboard', global_name: null, bot: true };

export const message = {
  id: '1457536551830421524',
  type: 0,
  channel_id: CHANNEL,
  channel_type: 0,
  guild_id: GUILD,
  author: ada,
  member: { nick: null, roles: [] },
  content: 'just talking',
  timestamp: '2026-01-05T00:49:53.676000+00:00',
  edited_timestamp: null,
  mentions: [] as object[],
  mention_roles: [] as string[],
  attachments: [] as object[],
};

export function reading(memory = openMemory(BOT.user)) {
  let s = 0;
  return (t: string, d: unknown) => {
    const dispatch = { t, d, s: (s += 1) };
    learn(dispatch, memory);
    return read(dispatch, { bot: BOT, memory, session: 'abc' });
  };
}

export function only(found: ReturnType<typeof read>): Event {
  assert.equal(found?.events.length, 1);
  const [event] = found?.events ?? [];
  assert.ok(event);
  return event;
}

export function said(changes: object, dispatch = reading()) {
  const event = only(dispatch('MESSAGE_CREATE', { ...message, ...changes }));
  assert.ok(event.kind === 'message', JSON.stringify(event));
  return event;
}

export const guild = {
  id: GUILD,
  name: 'Acme',
  joined_at: '2026-01-04T00:00:00+00:00',
  roles: [{ id: ROLE, tags: { bot_id: BOT.user } }],
  threads: [{ id: '777777777777777777' }],
};
