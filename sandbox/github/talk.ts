import { wholeSecond } from './world.ts';
import type { Discussion, Remark, World } from './world.ts';

export function addDiscussion(world: World, given: Pick<Discussion, 'title' | 'body' | 'author'>): Discussion {
  const number = world.issues.size + world.discussions.size + 1;
  const discussion: Discussion = { ...given, id: world.nextId(), number, createdAt: wholeSecond() };
  world.discussions.set(discussion.number, discussion);
  return discussion;
}

export function addRemark(world: World, given: Pick<Remark, 'author' | 'body' | 'on'>): Remark {
  const now = wholeSecond();
  const remark: Remark = { ...given, id: world.nextId(), createdAt: now, updatedAt: now, edits: 0 };
  world.remarks.set(remark.id, remark);
  return remark;
}

export function editRemark(remark: Remark, body: string): void {
  remark.body = body;
  remark.updatedAt = wholeSecond();
  remark.edits += 1;
}

/** `owner/repo/discussions/n`, below it `/c<first comment>`; `owner/repo@sha` for a commit. */
export function threadOfRemark(world: World, { id, on }: Remark): string {
  const repo = `${world.owner.login}/${world.repo.name}`;
  if (on.kind === 'commit') return `${repo}@${on.sha}`;
  return `${repo}/discussions/${on.number}/c${on.parent ?? id}`;
}

export const threadOfDiscussion = (world: World, number: number): string =>
  `${world.owner.login}/${world.repo.name}/discussions/${number}`;
