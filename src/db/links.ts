import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { AppId, OrganizationId } from '../model/ids.ts';
import { inOrganization, type Database, type Transaction } from './database.ts';

/** Somebody on one platform. An app knows a person by one id in all its installs. */
export type Account = { readonly app: AppId; readonly install: string; readonly person: string };

/** How one account proves to be another one's person: who asked for a code with the one uses it with the other. */
export type Links = {
  /** A new code for this account, in place of any that it had; only its digest is kept. */
  readonly giveCode: (organization: OrganizationId, account: Account) => Promise<string>;
  /** Uses a code up. `same`: it was this account that asked for it. Done twice by the same account it is as done once. */
  readonly useCode: (
    organization: OrganizationId,
    account: Account,
    code: string,
  ) => Promise<'linked' | 'same' | 'unknown'>;
  /** Takes this account out of the person that it was linked into; false: it was linked with none. */
  readonly unlink: (organization: OrganizationId, account: Account) => Promise<boolean>;
};

/** Minutes for which a code is good. */
export const CODE_GOOD_FOR_MIN = 10;

/** Crockford's Base32: no letter that looks like another. Twelve of them are 60 bits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS = 12;

export function openLinks(db: Database): Links {
  return {
    giveCode: (organization, account) => inOrganization(db, organization, (tx) => giveCode(tx, account)),
    useCode: (organization, account, code) => inOrganization(db, organization, (tx) => useCode(tx, account, code)),
    unlink: (organization, account) => inOrganization(db, organization, (tx) => unlink(tx, account)),
  };
}

async function giveCode(tx: Transaction, { app, install, person }: Account): Promise<string> {
  const letters = Array.from({ length: LETTERS }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
  await tx`delete from switchboard.link_codes where organization_id = current_setting('switchboard.organization')::uuid
    and (expires_at < now() or app_id = ${app} and person = ${person})`;
  await tx`insert into switchboard.link_codes (organization_id, digest, app_id, install, person, expires_at)
    values (current_setting('switchboard.organization')::uuid, ${digestOf(letters)}, ${app}, ${install}, ${person},
      now() + make_interval(mins => ${CODE_GOOD_FOR_MIN}))`;
  return letters.replaceAll(/.{4}(?=.)/g, '$&-');
}

/** As people copy it: in any case, with or without the lines, with an O for a zero. */
function digestOf(code: string): string {
  const letters = code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return createHash('sha256').update(`switchboard/link/${letters}`).digest('hex');
}

async function useCode(tx: Transaction, account: Account, code: string): Promise<'linked' | 'same' | 'unknown'> {
  const digest = digestOf(code);
  await lockLinks(tx);
  const [row] = await tx<{ app_id: AppId; install: string; person: string }[]>`
    select app_id, install, person from switchboard.link_codes
    where organization_id = current_setting('switchboard.organization')::uuid and digest = ${digest} and expires_at > now()`;
  const done = `${account.app}/${account.person} by ${digest}`;
  if (row === undefined) return (await wasLinked(tx, done)) ? 'linked' : 'unknown';
  const other: Account = { app: row.app_id, install: row.install, person: row.person };
  // Somebody who tries it out has not lost it.
  if (other.app === account.app && other.person === account.person) return 'same';
  await tx`delete from switchboard.link_codes
    where organization_id = current_setting('switchboard.organization')::uuid and digest = ${digest}`;
  await join(tx, account, other);
  await audit(tx, account, 'people.linked', done);
  return 'linked';
}

/** One at a time in an organization: two who join the same person with others at the same time would tear it apart. */
async function lockLinks(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('link/' || current_setting('switchboard.organization'), 0))`;
}

async function join(tx: Transaction, one: Account, other: Account): Promise<void> {
  const groups: string[] = [];
  for (const { app, install, person } of [one, other]) {
    // Nobody has asked the platform for the name yet.
    await tx`insert into switchboard.people (organization_id, app_id, install, id, name, read_at)
      values (current_setting('switchboard.organization')::uuid, ${app}, ${install}, ${person}, ${person}, to_timestamp(0)) on conflict do nothing`;
    groups.push(...(await groupsOf(tx, app, person)));
  }
  const group = groups[0] ?? randomUUID();
  await tx`update switchboard.people set one_with = ${group} where organization_id = current_setting('switchboard.organization')::uuid
    and (one_with = any(${groups}::uuid[]) or app_id = ${one.app} and id = ${one.person} or app_id = ${other.app} and id = ${other.person})`;
}

async function groupsOf(tx: Transaction, app: AppId, person: string): Promise<readonly string[]> {
  const rows = await tx<{ one_with: string }[]>`select distinct one_with from switchboard.people
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app} and id = ${person} and one_with is not null`;
  return rows.map((row) => row.one_with);
}

async function unlink(tx: Transaction, account: Account): Promise<boolean> {
  await lockLinks(tx);
  const { app, person } = account;
  const groups = await groupsOf(tx, app, person);
  if (groups.length === 0) return false;
  await tx`update switchboard.people set one_with = null
    where organization_id = current_setting('switchboard.organization')::uuid and app_id = ${app} and id = ${person}`;
  // Who is left alone is linked with nobody.
  await tx`update switchboard.people set one_with = null
    where organization_id = current_setting('switchboard.organization')::uuid and one_with = any(${[...groups]}::uuid[])
      and (select count(distinct (o.app_id, o.id)) from switchboard.people o where o.organization_id = people.organization_id and o.one_with = people.one_with) = 1`;
  await audit(tx, account, 'people.unlinked', `${app}/${person}`);
  return true;
}

async function audit(tx: Transaction, { app, person }: Account, what: string, subject: string): Promise<void> {
  await tx`insert into switchboard.audit (organization_id, actor, what, subject)
    values (current_setting('switchboard.organization')::uuid, ${`${app}/${person}`}, ${what}, ${subject})`;
}

/** A command that is obeyed once more, because its process ended, finds its own code used up. */
async function wasLinked(tx: Transaction, subject: string): Promise<boolean> {
  const rows =
    await tx`select 1 from switchboard.audit where organization_id = current_setting('switchboard.organization')::uuid
    and what = 'people.linked' and subject = ${subject} and at > now() - make_interval(mins => ${CODE_GOOD_FOR_MIN})`;
  return rows.length > 0;
}
