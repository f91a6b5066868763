import type { Place } from '../model/event.ts';
import type { AppId, OrganizationId } from '../model/ids.ts';
import { policyOf, type Policy, type PolicyLayer } from '../model/policy.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';
import { asJson } from './rows.ts';

/** The policy of every place of one organization, as it was a few seconds ago. */
export type PolicyBook = (app: AppId, place: Pick<Place, 'install' | 'channel'>) => Policy;

/** Where a policy holds; an empty install or channel means all of them. */
export type PolicyPlace = { readonly app: AppId; readonly install: string; readonly channel: string };

/** A policy as it is stored. */
export type PolicyRow = PolicyPlace & { readonly policy: PolicyLayer };

/** What says it: the configuration, or the console, which counts over it. */
export type PolicyOrigin = 'file' | 'console';

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
  const [organization] = await tx<
    { policy: PolicyLayer }[]
  >`select policy || console_policy as policy from switchboard.organizations
    where organization_id = current_setting('switchboard.organization')::uuid`;
  const rows = await tx<{ app_id: string; install: string; channel: string; policy: PolicyLayer }[]>`
    select app_id, install, channel, policy from switchboard.policies
    where organization_id = current_setting('switchboard.organization')::uuid order by origin desc`;
  const layers = new Map<string, PolicyLayer>();
  for (const row of rows) {
    const key = keyOf(row.app_id, row.install, row.channel);
    layers.set(key, { ...layers.get(key), ...row.policy });
  }
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
  return tx`jsonb_build_array(o.policy, o.console_policy) || coalesce((
    select jsonb_agg(p.policy order by p.install <> '', p.channel <> '', p.origin desc) from switchboard.policies p
    where p.organization_id = o.organization_id and p.app_id = ${at.app} and p.install in ('', ${at.install}) and p.channel in ('', ${at.channel})), '[]')`;
}

/** Makes the configuration's policies these; what the console says stays as it is. */
export async function savePolicies(tx: Transaction, widest: PolicyLayer, rows: readonly PolicyRow[]): Promise<void> {
  await tx`update switchboard.organizations set policy = ${tx.json(widest)}
    where organization_id = current_setting('switchboard.organization')::uuid`;
  await tx`delete from switchboard.policies
    where organization_id = current_setting('switchboard.organization')::uuid and origin = 'file'`;
  await tx`insert into switchboard.policies (organization_id, app_id, install, channel, origin, policy)
    select current_setting('switchboard.organization')::uuid, app, install, channel, 'file', policy
    from json_to_recordset(${asJson(tx, rows)}) as r(app uuid, install text, channel text, policy jsonb)`;
}

/** A layer of an organization's policies. Without an app it is the organization's own. */
export type StoredLayer = {
  readonly app: string | null;
  readonly install: string;
  readonly channel: string;
  readonly origin: PolicyOrigin;
  readonly policy: PolicyLayer;
};

/** All layers, the widest first; of the same place the configuration's first. */
export async function listLayers(tx: Transaction): Promise<readonly StoredLayer[]> {
  return tx<StoredLayer[]>`
    select null::uuid as app, '' as install, '' as channel, own.origin, own.policy from switchboard.organizations o,
      lateral (values ('file', o.policy), ('console', o.console_policy)) as own(origin, policy)
    where o.organization_id = current_setting('switchboard.organization')::uuid
    union all
    select app_id, install, channel, origin, policy from switchboard.policies
    where organization_id = current_setting('switchboard.organization')::uuid
    order by app nulls first, install, channel, origin desc`;
}

/**
 * Makes the console's layer of a place this one; one that says nothing is taken away.
 * @param place undefined: the organization.
 * @returns what it was before.
 */
export async function saveLayer(
  tx: Transaction,
  place: PolicyPlace | undefined,
  policy: PolicyLayer,
): Promise<PolicyLayer> {
  const json = asJson(tx, [policy]);
  if (place === undefined) {
    const [before] = await tx<{ policy: PolicyLayer }[]>`select console_policy as policy from switchboard.organizations
      where organization_id = current_setting('switchboard.organization')::uuid for update`;
    await tx`update switchboard.organizations set console_policy = (${json}->0)::jsonb
      where organization_id = current_setting('switchboard.organization')::uuid`;
    return before?.policy ?? {};
  }
  const { app, install, channel } = place;
  const [before] = await tx<{ policy: PolicyLayer }[]>`delete from switchboard.policies
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app} and install = ${install} and channel = ${channel}
      and origin = 'console' returning policy`;
  if (Object.keys(policy).length > 0)
    await tx`insert into switchboard.policies (organization_id, app_id, install, channel, origin, policy)
      values (current_setting('switchboard.organization')::uuid, ${app}, ${install}, ${channel}, 'console', (${json}->0)::jsonb)`;
  return before?.policy ?? {};
}
