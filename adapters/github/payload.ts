import { z } from 'zod';
import { instant, name, words } from '../kit/shape.ts';

/**
 * The parts of GitHub's webhook payloads and REST answers that we read. Everything else is left out unread, so that a
 * field which GitHub adds or drops elsewhere breaks nothing.
 */
const id = z.int().nonnegative();
const app = z.object({ id }).nullish();

/** A time that is only compared with itself. */
const stamp = name;

/** Null for an account that was deleted since. */
const user = z.object({ login: name, id, type: z.string().optional() }).nullish();

const written = {
  body: words.nullish(),
  user,
  performed_via_github_app: app,
};

export const issueComment = z.object({ ...written, id, created_at: instant, updated_at: stamp });

export const reviewComment = z.object({
  ...written,
  id,
  created_at: instant,
  updated_at: stamp,
  in_reply_to_id: id.nullish(),
  path: words,
  line: z.int().nullish(),
  start_line: z.int().nullish(),
  side: z.string().nullish(),
  commit_id: name,
  diff_hunk: words.nullish(),
});

export const review = z.object({ ...written, id, state: z.string(), submitted_at: instant.nullish() });

/** An issue or a pull request: both have a title, a number and a first text. */
export const issue = z.object({ ...written, number: id, title: words, created_at: instant });

/** Names of objects in GraphQL, of the older form and of today's. */
const node = z.string().regex(/^[\w=-]{1,150}$/, 'is no node');

export const discussion = z.object({ ...written, number: id, node_id: node, title: words, created_at: instant });

export const discussionComment = z.object({
  ...written,
  id,
  node_id: node,
  parent_id: id.nullish(),
  created_at: instant,
});

const sha = z.string().regex(/^[0-9a-f]{6,64}$/, 'is no commit');

/** Characters of a path that is written into an address. Ours: real ones are far shorter. */
const MOST_PATH = 1_000;

export const commitComment = z.object({
  ...written,
  id,
  created_at: instant,
  updated_at: stamp,
  commit_id: sha,
  // A longer one is let go: the comment is about the commit then.
  path: words.max(MOST_PATH).nullish().catch(undefined),
  position: z.int().nullish(),
  line: z.int().nullish(),
});

export const checkRun = z.object({
  id,
  head_sha: sha,
  status: z.string(),
  external_id: name.nullish(),
  app,
});

export const envelope = z.object({
  action: name.optional(),
  installation: z.object({ id }).nullish(),
});

/** Names as they stand in addresses. */
const slug = z.string().regex(/^[\w.-]{1,100}$/, 'is no name on GitHub');
const repository = z.object({ name: slug, owner: z.object({ login: slug }) });
const numbered = z.object({ number: id, pull_request: z.unknown().optional() });

/** What was changed by an `edited` event: only the fields that were. */
const changes = z.object({ body: z.unknown().optional(), title: z.unknown().optional() }).nullish();

export const issueCommentEvent = z.object({ repository, issue: numbered, comment: issueComment });
export const reviewCommentEvent = z.object({ repository, pull_request: numbered, comment: reviewComment });
export const reviewEvent = z.object({ repository, pull_request: numbered, review });
export const issueEvent = z.object({ repository, issue, changes });
export const pullRequestEvent = z.object({ repository, pull_request: issue, changes });
export const discussionEvent = z.object({ repository, discussion, changes });
export const discussionCommentEvent = z.object({ repository, discussion, comment: discussionComment });
export const commitCommentEvent = z.object({ repository, comment: commitComment });
export const checkRunEvent = z.object({
  repository,
  check_run: checkRun,
  requested_action: z.object({ identifier: z.string() }).nullish(),
  sender: user,
});
export const installationEvent = z.object({
  installation: z.object({ id, account: z.object({ login: name }).nullish() }),
});

/** Answers of the REST API. */
export const created = z.object({ id });
export const headAnswer = z.object({ head: z.object({ sha }) });
export const checkRunsAnswer = z.object({ check_runs: z.array(checkRun) });
export const reactionsAnswer = z.array(z.object({ id, user }));
export const personAnswer = z.object({ id, login: name, name: name.nullish() });
export const issuesAnswer = z.array(z.object({ number: id, title: words, pull_request: z.unknown().optional() }));
export const openedAnswer = z.object({ number: id });
const deliveryId = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,19}$/)]);
/** One attempt to deliver; a redelivery is another one with the same GUID. */
export const attempts = z.array(
  z.object({ id: deliveryId, guid: name, delivered_at: instant, status_code: z.int().catch(0), event: name }),
);
export const appAnswer = z.object({ slug: z.string().min(1) });
export const issueAnswer = issue.extend({ comments: z.int().nonnegative() });

export type Attempt = z.infer<typeof attempts>[number];
export type Repository = z.infer<typeof repository>;
export type User = z.infer<typeof user>;
export type Written = { body?: string | null | undefined; user?: User; performed_via_github_app?: z.infer<typeof app> };
export type IssueComment = z.infer<typeof issueComment>;
export type ReviewComment = z.infer<typeof reviewComment>;
export type Review = z.infer<typeof review>;
export type Discussion = z.infer<typeof discussion>;
export type DiscussionComment = z.infer<typeof discussionComment>;
export type CommitComment = z.infer<typeof commitComment>;
export type CheckRun = z.infer<typeof checkRun>;
export type Issue = z.infer<typeof issue>;
