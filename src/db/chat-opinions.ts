import type { Transaction } from './database.ts';

/** What somebody thinks of answers, by the ids of their posts: all posts of one answer have the same. */
export type ChatOpinions = Readonly<Record<string, 'good' | 'bad'>>;

/** What somebody has said of these posts, by whatever way: a button, or a reaction that means it. */
export async function readChatOpinions(
  tx: Transaction,
  actor: string,
  posts: readonly { readonly id: string }[],
): Promise<ChatOpinions> {
  const ids = posts.map(({ id }) => id);
  const rows = await tx<{ id: string; verdict: 'good' | 'bad' }[]>`
    select o.external_id as id, f.verdict from switchboard.posts o
    join switchboard.feedback f on f.organization_id = o.organization_id and f.turn_id = o.turn_id and f.person = ${actor}
    where o.organization_id = current_setting('switchboard.organization')::uuid and o.external_id = any(${ids}::text[])`;
  return Object.fromEntries(rows.map(({ id, verdict }) => [id, verdict]));
}
