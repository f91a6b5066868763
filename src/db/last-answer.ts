import type { Spot } from '../model/budget.ts';
import type { TurnId } from '../model/ids.ts';
import { turnId } from '../model/ids.ts';
import type { Transaction } from './database.ts';

/** The newest threads of a channel in which somebody's last answer is looked for. */
const MOST_THREADS = 200;

/** The last answer of a day there, or else to this person in the channel's other threads; undefined: there is none. */
export async function lastAnswer(
  tx: Transaction,
  { thread, app, install, channel, person }: Spot & { readonly thread: string },
): Promise<TurnId | undefined> {
  const [row] = await tx<{ id: string }[]>`
    with places as (
      select ${thread}::uuid as id, true as here
      union all
      (select t.id, false from switchboard.threads t
        join switchboard.installs i on i.organization_id = t.organization_id and i.id = t.install_id
        where t.organization_id = current_setting('switchboard.organization')::uuid and i.app_id = ${app} and i.external_id = ${install}
          and t.channel = ${channel} order by t.created_at desc limit ${MOST_THREADS})
    )
    select r.id from places
    join switchboard.turns r on r.organization_id = current_setting('switchboard.organization')::uuid and r.thread_id = places.id
    where r.state in ('answered', 'dead') and coalesce(r.template, '') not like 'command:%' and r.started_at > now() - interval '24 hours'
      and (places.here or exists (select 1 from switchboard.messages m
        where m.organization_id = r.organization_id and m.thread_id = r.thread_id and m.turn_id = r.id and m.author_id = ${person}))
    order by places.here desc, r.started_at desc limit 1`;
  return row && turnId(row.id);
}
