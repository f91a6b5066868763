import { OWN_INSTALL } from '../model/platform.ts';
import type { Transaction } from './database.ts';

/** What the bot does in a conversation of its own. */
export type ChatDoing = 'seen' | 'working' | 'done' | 'failed';

/**
 * What the bot does in the conversation `c`, as a column: read from what waits there and from its turns, and kept nowhere, so
 * that no process that ends, and no sign that is lost, leaves a conversation at work for ever.
 */
export const doingOf = (tx: Transaction): ReturnType<Transaction> => tx`coalesce((
    select case
      when exists (select 1 from switchboard.turns r where r.organization_id = t.organization_id and r.thread_id = t.id and r.state = 'running') then 'working'
      when exists (select 1 from switchboard.messages m where m.organization_id = t.organization_id and m.thread_id = t.id and m.state = 'waiting') then 'seen'
      when (select l.state from switchboard.turns l where l.organization_id = t.organization_id and l.thread_id = t.id order by l.started_at desc limit 1) = 'dead' then 'failed'
    end
    from switchboard.threads t
    where t.organization_id = c.organization_id and t.channel = c.id::text and t.install_id in (
      select i.id from switchboard.installs i where i.organization_id = c.organization_id and i.external_id = ${OWN_INSTALL})
    limit 1), 'done')`;
