import type { Repository } from './repository.ts';
import type { Side } from './anchor.ts';

export type Account = { readonly login: string; readonly id: number; readonly type: 'User' | 'Bot' | 'Organization' };

/** Where a review comment stands in the diff. */
export type ReviewSpot = {
  readonly path: string;
  readonly line: number | undefined;
  readonly startLine: number | undefined;
  readonly side: Side;
  readonly commit: string;
  readonly hunk: string;
  /** The thread's first comment, for a reply. */
  readonly root: number | undefined;
  readonly review: number;
};

/** A comment in the conversation of an issue or pull request, or, with a spot, in a review thread. */
export type Comment = {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: Date;
  readonly spot: ReviewSpot | undefined;
  body: string;
  updatedAt: Date;
  edits: number;
};

export type Issue = {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly author: Account;
  readonly createdAt: Date;
  /** True for the pull request, which is an issue as well. */
  readonly isPull: boolean;
  body: string;
  updatedAt: Date;
  /** Comments in its conversation, without those in review threads. */
  comments: number;
};

export type Review = {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly state: 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED';
  readonly body: string;
  readonly submittedAt: Date;
};

/** A discussion, with comments that are answered one level deep. */
export type Discussion = {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly author: Account;
  readonly createdAt: Date;
  body: string;
};

/** A comment of a discussion, or on a commit. */
export type Remark = {
  readonly id: number;
  readonly author: Account;
  readonly createdAt: Date;
  readonly on:
    | { readonly kind: 'discussion'; readonly number: number; readonly parent: number | undefined }
    | {
        readonly kind: 'commit';
        readonly sha: string;
        readonly path: string | undefined;
        readonly position: number | undefined;
        readonly line: number | undefined;
      };
  body: string;
  updatedAt: Date;
  edits: number;
};

export type Reaction = { readonly id: number; readonly on: string; readonly by: Account; readonly content: string };
export type CheckRun = { readonly id: number; readonly headSha: string; readonly fields: Record<string, unknown> };
export type Upload = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

/** By area: `read` or `write`. */
export type Permissions = Readonly<Record<string, string>>;

/** All that the stand-in knows, in the order in which it came to be. */
export type World = {
  readonly url: string;
  readonly app: { readonly id: number; readonly slug: string; readonly name: string };
  /** What the app asks for, and what its installation has granted. */
  readonly permissions: { app: Permissions; granted: Permissions };
  readonly bot: Account;
  readonly owner: Account;
  readonly repo: { readonly name: string; readonly id: number };
  readonly git: Repository;
  readonly installation: { readonly id: number; active: boolean };
  readonly people: Map<string, Account>;
  /** What people say they are called, by their login. */
  readonly fullNames: Map<string, string>;
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, Comment>;
  readonly reviews: Map<number, Review>;
  readonly discussions: Map<number, Discussion>;
  /** Comments of discussions and on commits. */
  readonly remarks: Map<number, Remark>;
  readonly reactions: Reaction[];
  readonly checkRuns: Map<number, CheckRun>;
  readonly uploads: Map<string, Upload>;
  /** What the app is allowed to. */
  readonly may: { checks: boolean; uploads: boolean };
  /** The pull request's newest commit. */
  head: string;
  /** Ids count upwards over everything, as GitHub's do within one kind. */
  readonly nextId: () => number;
};

/** Number of the pull request that is there from the beginning. */
export const PULL_NUMBER = 1;

/** What the app of the beginning may. */
const PERMISSIONS: Permissions = {
  checks: 'write',
  contents: 'write',
  discussions: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
};

/** An app that somebody has made. */
export type Made = {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly permissions: Permissions;
};

export function createWorld(url: string, git: Repository, appId: number, made?: Made): World {
  let id = 1000;
  const nextId = (): number => (id += 1);
  const slug = made?.slug ?? 'switchboard-dev';
  const permissions = made?.permissions ?? PERMISSIONS;
  const owner: Account = { login: 'acme', id: nextId(), type: 'Organization' };
  const world: World = {
    url,
    app: { id: appId, slug, name: made?.name ?? 'Switchboard (dev)' },
    permissions: { app: permissions, granted: permissions },
    bot: { login: `${slug}[bot]`, id: nextId(), type: 'Bot' },
    owner,
    repo: { name: 'greeter', id: nextId() },
    git,
    // Octokit keeps token requests under way by installation alone, so two stand-ins in one process need two numbers.
    installation: { id: appId * 10 + 1, active: made === undefined },
    people: new Map(),
    fullNames: new Map([['ada', 'Ada Lovelace']]),
    issues: new Map(),
    comments: new Map(),
    reviews: new Map(),
    discussions: new Map(),
    remarks: new Map(),
    reactions: [],
    checkRuns: new Map(),
    uploads: new Map(),
    may: { checks: true, uploads: true },
    head: git.head.sha,
    nextId,
  };
  const text = 'The greeting took one name only; now it takes several.';
  addIssue(world, { title: 'Greet several people', body: text, author: person(world, 'grace'), isPull: true });
  return world;
}

/** The person of that name; a new name is a new person. */
export function person(world: World, login: string): Account {
  const known = world.people.get(login);
  if (known !== undefined) return known;
  const account: Account = { login, id: world.nextId(), type: 'User' };
  world.people.set(login, account);
  return account;
}

export function addIssue(world: World, given: Pick<Issue, 'title' | 'body' | 'author' | 'isPull'>): Issue {
  const now = wholeSecond();
  const issue: Issue = {
    ...given,
    id: world.nextId(),
    number: world.issues.size + world.discussions.size + 1,
    createdAt: now,
    updatedAt: now,
    comments: 0,
  };
  world.issues.set(issue.number, issue);
  return issue;
}

export function addComment(world: World, given: Pick<Comment, 'number' | 'author' | 'body' | 'spot'>): Comment {
  const now = wholeSecond();
  const comment: Comment = { ...given, id: world.nextId(), createdAt: now, updatedAt: now, edits: 0 };
  world.comments.set(comment.id, comment);
  count(world, comment, 1);
  return comment;
}

export function removeComment(world: World, comment: Comment): void {
  if (world.comments.delete(comment.id)) count(world, comment, -1);
}

function count(world: World, { number, spot }: Comment, step: 1 | -1): void {
  const issue = world.issues.get(number);
  if (issue !== undefined && spot === undefined) issue.comments += step;
}

export function editComment(comment: Comment, body: string): void {
  comment.body = body;
  comment.updatedAt = wholeSecond();
  comment.edits += 1;
}

/** `owner/repo#number`, and below it `/r<first comment>` for a review thread. */
export function threadOf(world: World, number: number, root?: number): string {
  const main = `${world.owner.login}/${world.repo.name}#${number}`;
  return root === undefined ? main : `${main}/r${root}`;
}

/** GitHub's times have no fraction. */
export function wholeSecond(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000);
}
