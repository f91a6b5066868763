import type { Place } from '../model/event.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import { policyOf, type Policy, type PolicyLayer } from '../model/policy.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** The policy of every place of one organization, as it was a few seconds ago. */
export type PolicyBook = (app: AppId, place: Pick<Place, 'install' | 'channel'>) => Policy;

/** A policy as it is stored; an empty install or channel means all of them. */
export type PolicyRow = {
  readonly app: AppId;
  readonly install: string;
  readonly channel: string;
  readonly policy: PolicyLayer;
};

/** Milliseconds after which a changed policy is heard of at the latest. */
const FRESH_MS = 5_000;

/** Reads the policies of an organization, and again when they may have changed; @throws as any query. */
export function openPolicies(db: Database): (organization: OrganizationId) => Promise<PolicyBook> {
  const books = new Map<OrganizationId, { readonly book: Promise<PolicyBook>; readonly until: number }>();
  return (organization) => {
    const known = books.get(organization);
    if (known !== undefined && known.until > performance.now()) return known.book;
    const book = inOrganization(db, organization, readBook);
    books.set(organization, { book, until: performance.now() + FRESH_MS });
    book.catch(() => books.delete(organization));
    return book;
  };
}

const keyOf = (app: string, install: string, channel: string): string => JSON.stringify([app, install, channel]);

async function readBook(tx: Transaction): Promise<PolicyBook> {
  const [organization] = await tx<{ policy: PolicyLayer }[]>`select policy from switchboard.organizations
    where organization_id = current_setting('switchboard.organization')::uuid`;
  const rows = await tx<{ app_id: string; install: string; channel: string; policy: PolicyLayer }[]>`
    select app_id, install, channel, policy from switchboard.policies
    where organization_id = current_setting('switchboard.organization')::uuid`;
  const layers = new Map(rows.map((row) => [keyOf(row.app_id, row.install, row.channel), row.policy]));
  const widest = organization?.policy ?? {};
  const known = new Map<string, Policy>();
  return (app, { install, channel }) => {
    const key = keyOf(app, install, channel);
    const merged =
      known.get(key) ??
      policyOf([
        widest,
        layers.get(keyOf(app, '', '')) ?? {},
        layers.get(keyOf(app, install, '')) ?? {},
        layers.get(key) ?? {},
      ]);
    if (layers.size > 0) known.set(key, merged);
    return merged;
  };
}

type Fragment = ReturnType<Transaction>;

/** All layers of a place, the widest first, as JSON; for a statement in which its organization is `o`. */
export function layersOf(tx: Transaction, at: { app: Fragment; install: Fragment; channel: Fragment }): Fragment {
  return tx`jsonb_build_array(o.policy) || coalesce((
    select jsonb_agg(p.policy order by p.install <> '', p.channel <> '') from switchboard.policies p
    where p.organization_id = o.organization_id and p.app_id = ${at.app} and p.install in ('', ${at.install}) and p.channel in ('', ${at.channel})), '[]')`;
}

/** Replaces the policies of these apps, and the organization's own, by what a file says. */
export async function savePolicies(tx: Transaction, widest: PolicyLayer, rows: readonly PolicyRow[]): Promise<void> {
  await tx`update switchboard.organizations set policy = ${tx.json(widest)}
    where organization_id = current_setting('switchboard.organization')::uuid`;
  await tx`delete from switchboard.policies where organization_id = current_setting('switchboard.organization')::uuid`;
  await tx`insert into switchboard.policies (organization_id, app_id, install, channel, policy)
    select current_setting('switchboard.organization')::uuid, app, install, channel, policy
    from json_to_recordset(${asJson(tx, rows)}) as r(app uuid, install text, channel text, policy jsonb)`;
}
