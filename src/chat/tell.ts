import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { OrganizationId } from '../model/ids.ts';

/** What processes with open sockets listen to: ids of conversations in which something changed. */
export const CHAT_CHANNEL = 'switchboard_chat';

/** Milliseconds between two NOTIFYs of one process: each takes a lock of the whole database when it commits. */
const EVERY_MS = 150;

/** A NOTIFY carries 8,000 bytes at most (PostgreSQL's documentation of NOTIFY); one name has 73. */
const MOST_NAMES = 100;

/** Says that something changed in a conversation, once that is committed. Never rejects: whoever misses it looks by itself. */
export type Tell = (organization: OrganizationId, conversation: string) => void;

export type Teller = { readonly tell: Tell; readonly [Symbol.asyncDispose]: () => Promise<void> };

/**
 * Tells all processes. The first change at once, those that come within `everyMs` of it together: whatever is streamed, and to
 * how many, a process sends seven NOTIFYs a second.
 */
export function openTeller(db: Database, everyMs = EVERY_MS): Teller {
  const changed = new Set<string>();
  let sending: Promise<void> | undefined;
  const send = async (): Promise<void> => {
    while (changed.size > 0) {
      const names = [...changed].slice(0, MOST_NAMES);
      for (const name of names) changed.delete(name);
      await db.sql`select pg_notify(${CHAT_CHANNEL}, ${names.join(' ')})`.catch(() => {});
      await sleep(everyMs);
    }
    sending = undefined;
  };
  return {
    tell(organization, conversation) {
      changed.add(`${organization}/${conversation}`);
      sending ??= send();
    },
    async [Symbol.asyncDispose]() {
      await sending;
    },
  };
}

/** The names in what was told. Pure. */
export const namesIn = (told: string): readonly string[] => told.split(' ').filter((name) => name.length === 73);
