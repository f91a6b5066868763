import type { Transaction } from './database.ts';

/** A channel in which something was said, as the platform names it. */
export type KnownPlace = {
  readonly app: string;
  readonly platform: string;
  /** The platform's id of the workspace. */
  readonly install: string;
  readonly installName: string | null;
  readonly channel: string;
  /** The row of the install: lists are in the order of these. */
  readonly installId: string;
};

/** Behind which place a list goes on. */
export type AfterPlace = { readonly install: string; readonly channel: string };

const FIRST: AfterPlace = { install: '00000000-0000-0000-0000-000000000000', channel: '' };

/**
 * Channels with conversations, by install and channel. Goes from one to the next by the index of threads: a channel costs one
 * look, however many conversations it has.
 * @param install the row of the only install that is asked for; undefined: all.
 */
export async function listPlaces(
  tx: Transaction,
  {
    install,
    after = FIRST,
    most,
  }: { readonly install: string | undefined; readonly after?: AfterPlace | undefined; readonly most: number },
): Promise<readonly KnownPlace[]> {
  const only = install === undefined ? tx`` : tx`and t.install_id = ${install}`;
  return tx<KnownPlace[]>`
    with recursive walk as (
      (select t.install_id, t.channel from switchboard.threads t
        where t.organization_id = current_setting('switchboard.organization')::uuid ${only}
          and (t.install_id, t.channel) > (${after.install}::uuid, ${after.channel})
        order by t.install_id, t.channel limit 1)
      union all
      select n.install_id, n.channel from walk w cross join lateral (
        select t.install_id, t.channel from switchboard.threads t
        where t.organization_id = current_setting('switchboard.organization')::uuid ${only}
          and (t.install_id, t.channel) > (w.install_id, w.channel)
        order by t.install_id, t.channel limit 1) n
    )
    select i.app_id as app, a.platform, i.external_id as install, i.name as "installName", w.channel, i.id as "installId"
    from (select * from walk limit ${most}) w
    join switchboard.installs i on i.organization_id = current_setting('switchboard.organization')::uuid and i.id = w.install_id
    join switchboard.apps a on a.organization_id = i.organization_id and a.id = i.app_id
    order by w.install_id, w.channel`;
}
