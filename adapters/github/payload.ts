import { z } from 'zod';

/**
 * The parts of GitHub's webhook payloads and REST answers that we read. Everything else is left out unread, so that a
 * field which GitHub adds or drops elsewhere breaks nothing.
 */
const id = z.int().nonnegative();
const app = z.object({ id }).nullish();

/** Null for an account that was deleted since. */
const user = z.object({ login: z.string(), id, type: z.string().optional() }).nullish();

const written = {
  body: z.string().nullish(),
  user,
  performed_via_github_app: app,
};

export const issueComment = z.object({ ...written, id, created_at: z.coerce.date(), updated_at: z.string() });

export const reviewComment = z.object({
  ...written,
  id,
  created_at: z.coerce.date(),
  updated_at: z.string(),
  in_reply_to_id: id.nullish(),
  path: z.string(),
  line: z.int().nullish(),
  start_line: z.int().nullish(),
  side: z.string().nullish(),
  commit_id: z.string(),
  diff_hunk: z.string().nullish(),
});

export const review = z.object({ ...written, id, state: z.string(), submitted_at: z.coerce.date().nullish() });

/** An issue or a pull request: both have a title, a number and a first text. */
export const issue = z.object({ ...written, number: id, title: z.string(), created_at: z.coerce.date() });

export const envelope = z.object({
  action: z.string().optional(),
  installation: z.object({ id }).nullish(),
});

const repository = z.object({ name: z.string(), owner: z.object({ login: z.string() }) });
const numbered = z.object({ number: id });

/** What was changed by an `edited` event: only the fields that were. */
const changes = z.object({ body: z.unknown().optional(), title: z.unknown().optional() }).nullish();

export const issueCommentEvent = z.object({ repository, issue: numbered, comment: issueComment });
export const reviewCommentEvent = z.object({ repository, pull_request: numbered, comment: reviewComment });
export const reviewEvent = z.object({ repository, pull_request: numbered, review });
export const issueEvent = z.object({ repository, issue, changes });
export const pullRequestEvent = z.object({ repository, pull_request: issue, changes });
export const installationEvent = z.object({
  installation: z.object({ id, account: z.object({ login: z.string() }).nullish() }),
});

/** Answers of the REST API. */
export const created = z.object({ id });
export const appAnswer = z.object({ slug: z.string().min(1) });
export const issueAnswer = issue.extend({ comments: z.int().nonnegative() });

export type Repository = z.infer<typeof repository>;
export type User = z.infer<typeof user>;
export type Written = { body?: string | null | undefined; user?: User; performed_via_github_app?: z.infer<typeof app> };
export type IssueComment = z.infer<typeof issueComment>;
export type ReviewComment = z.infer<typeof reviewComment>;
export type Review = z.infer<typeof review>;
export type Issue = z.infer<typeof issue>;
