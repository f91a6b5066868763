import type { z } from 'zod';
import type { Event, Place, Why } from '../../src/model/event.ts';
import { placeOf, subjectId } from './address.ts';
import type { Address, Subject } from './address.ts';
import { readPressed } from './checks.ts';
import {
  fromCommitComment,
  fromDiscussion,
  fromDiscussionComment,
  fromIssue,
  fromIssueComment,
  fromReview,
  fromReviewComment,
} from './message.ts';
import type { Bot, Heard } from './message.ts';
import * as payload from './payload.ts';
import type { Issue, Repository } from './payload.ts';

/** The text that somebody wrote, edited or deleted, before it is known which of the three. */
type Writing = { readonly place: Place; readonly subject: Subject; readonly heard: Heard };

type Context = { readonly install: number; readonly bot: Bot };

/** Reads one event's payload; a string says why there is nothing to do. */
type Reader = (raw: unknown, context: Context) => Event | string;

/**
 * What a verified delivery means: exactly one event. `name` is the header `X-GitHub-Event`. Never throws: what is not
 * for us, or not in the documented shape, becomes `ignored` with a reason that names event and action.
 */
export function read(name: string, raw: unknown, bot: Bot): Event {
  const head = payload.envelope.safeParse(raw);
  const action = head.data?.action;
  const title = action === undefined ? name : `${name}.${action}`;
  const reader = Object.hasOwn(READERS, title) ? READERS[title] : undefined;
  if (reader === undefined) return ignored(title, 'the bot does nothing on this event');
  const install = head.data?.installation?.id;
  if (install === undefined) {
    return ignored(title, 'no installation in it; set the webhook in the GitHub App, not in a repository');
  }
  const event = reader(raw, { install, bot });
  return typeof event === 'string' ? ignored(title, event) : event;
}

const READERS: Readonly<Record<string, Reader>> = {
  'issue_comment.created': (raw, context) =>
    from(payload.issueCommentEvent, raw, (event) => {
      const writing = issueCommentOf(event, context);
      return said(writing, why(writing, 'mention', 'overheard'), true);
    }),
  'issue_comment.edited': (raw, context) =>
    from(payload.issueCommentEvent, raw, (event) => edited(issueCommentOf(event, context), 'mention')),
  'issue_comment.deleted': (raw, context) =>
    from(payload.issueCommentEvent, raw, (event) => deleted(issueCommentOf(event, context))),

  'pull_request_review_comment.created': (raw, context) =>
    from(payload.reviewCommentEvent, raw, (event) => {
      const writing = reviewCommentOf(event, context);
      // A thread's first comment has nothing before it.
      return said(writing, why(writing, 'review', 'follow-up'), typeof event.comment.in_reply_to_id === 'number');
    }),
  'pull_request_review_comment.edited': (raw, context) =>
    from(payload.reviewCommentEvent, raw, (event) => edited(reviewCommentOf(event, context), 'review')),
  'pull_request_review_comment.deleted': (raw, context) =>
    from(payload.reviewCommentEvent, raw, (event) => deleted(reviewCommentOf(event, context))),

  'pull_request_review.submitted': (raw, context) =>
    from(payload.reviewEvent, raw, (event) => {
      const writing = reviewOf(event, context);
      if (writing === undefined) return 'a review without a text of its own';
      return said(writing, why(writing, 'mention', 'overheard'), true);
    }),
  'pull_request_review.edited': (raw, context) =>
    from(payload.reviewEvent, raw, (event) => {
      const writing = reviewOf(event, context);
      return writing === undefined ? 'a review without a text of its own' : edited(writing, 'mention');
    }),

  'issues.opened': (raw, context) =>
    from(payload.issueEvent, raw, ({ repository, issue }) => opened(repository, issue, context)),
  'issues.edited': (raw, context) =>
    from(payload.issueEvent, raw, ({ repository, issue, changes }) =>
      rewritten(changes) ? edited(issueOf(repository, issue, context), 'mention') : NOT_THE_TEXT,
    ),
  'issues.deleted': (raw, context) =>
    from(payload.issueEvent, raw, ({ repository, issue }) => deleted(issueOf(repository, issue, context))),
  'pull_request.opened': (raw, context) =>
    from(payload.pullRequestEvent, raw, (event) =>
      opened(event.repository, event.pull_request, { ...context, pull: true }),
    ),
  'pull_request.edited': (raw, context) =>
    from(payload.pullRequestEvent, raw, ({ repository, pull_request, changes }) =>
      rewritten(changes)
        ? edited(issueOf(repository, pull_request, { ...context, pull: true }), 'mention')
        : NOT_THE_TEXT,
    ),

  'discussion.created': (raw, context) =>
    from(payload.discussionEvent, raw, (event) => {
      const writing = discussionOf(event, context);
      return said(writing, why(writing, 'mention', 'overheard'), false);
    }),
  'discussion.edited': (raw, context) =>
    from(payload.discussionEvent, raw, (event) =>
      rewritten(event.changes) ? edited(discussionOf(event, context), 'mention') : NOT_THE_TEXT,
    ),
  'discussion.deleted': (raw, context) =>
    from(payload.discussionEvent, raw, (event) => deleted(discussionOf(event, context))),
  'discussion_comment.created': (raw, context) =>
    from(payload.discussionCommentEvent, raw, (event) => {
      const writing = discussionCommentOf(event, context);
      return said(writing, why(writing, 'mention', unnamedIn(event)), true);
    }),
  'discussion_comment.edited': (raw, context) =>
    from(payload.discussionCommentEvent, raw, (event) =>
      edited(discussionCommentOf(event, context), 'mention', unnamedIn(event)),
    ),
  'discussion_comment.deleted': (raw, context) =>
    from(payload.discussionCommentEvent, raw, (event) => deleted(discussionCommentOf(event, context))),

  'commit_comment.created': (raw, context) =>
    from(payload.commitCommentEvent, raw, (event) => {
      const writing = commitCommentOf(event, context);
      return said(writing, why(writing, 'mention', 'overheard'), true);
    }),

  'check_run.rerequested': (raw, { install, bot }) =>
    from(payload.checkRunEvent, raw, (event) => readPressed(event, { install, bot, button: 'again' })),
  'check_run.requested_action': (raw, { install, bot }) =>
    from(payload.checkRunEvent, raw, (event) =>
      readPressed(event, { install, bot, button: event.requested_action?.identifier }),
    ),

  'installation.created': (raw) =>
    from(payload.installationEvent, raw, ({ installation }) => ({
      kind: 'installed',
      install: String(installation.id),
      name: installation.account?.login || `installation ${installation.id}`,
    })),
  'installation.deleted': (raw) =>
    from(payload.installationEvent, raw, ({ installation }) => ({
      kind: 'uninstalled',
      install: String(installation.id),
    })),
  'installation.suspend': () => 'the installation is suspended: calls to it will be refused until it is taken back',
  'installation.unsuspend': () => 'the installation is no longer suspended',
};

const NOT_THE_TEXT = 'neither its title nor its text was changed';

const ignored = (title: string, reason: string): Event => ({ kind: 'ignored', reason: `${title}: ${reason}` });

function from<Shape extends z.ZodType>(
  shape: Shape,
  raw: unknown,
  use: (event: z.output<Shape>) => Event | string,
): Event | string {
  const parsed = shape.safeParse(raw);
  if (parsed.success) return use(parsed.data);
  const [issue] = parsed.error.issues;
  return `not in the documented shape at ${issue?.path.join('.') ?? 'the top'}`;
}

function issueCommentOf(event: z.output<typeof payload.issueCommentEvent>, context: Context): Writing {
  const subject: Subject = { kind: 'c', id: event.comment.id };
  const { number, pull_request } = event.issue;
  const place = at(event.repository, context, { number, subject, ...(pull_request ? { pull: true } : {}) });
  return { place, subject, heard: fromIssueComment(event.comment, context.bot) };
}

function discussionOf(event: z.output<typeof payload.discussionEvent>, context: Context): Writing {
  const { number, node_id: discussion } = event.discussion;
  const subject: Subject = { kind: 'd', id: number };
  const place = at(event.repository, context, { number, discussion, subject });
  return { place, subject, heard: fromDiscussion(event.discussion, context.bot) };
}

function discussionCommentOf(event: z.output<typeof payload.discussionCommentEvent>, context: Context): Writing {
  const { comment } = event;
  const { number, node_id: discussion } = event.discussion;
  const subject: Subject = { kind: 'e', id: comment.id, node: comment.node_id };
  // Answers are one level deep: a comment and the replies below it are one conversation.
  const root = comment.parent_id ?? comment.id;
  const place = at(event.repository, context, { number, discussion, root, subject });
  return { place, subject, heard: fromDiscussionComment(comment, context.bot) };
}

const unnamedIn = ({ comment }: z.output<typeof payload.discussionCommentEvent>): Why =>
  typeof comment.parent_id === 'number' ? 'follow-up' : 'overheard';

function commitCommentOf(event: z.output<typeof payload.commitCommentEvent>, context: Context): Writing {
  const { id, commit_id: sha, path, position } = event.comment;
  const subject: Subject = { kind: 'k', id };
  const spot = path ? { path, ...(typeof position === 'number' && { position }) } : {};
  const place = at(event.repository, context, { number: 0, commit: { sha, ...spot }, subject });
  return { place, subject, heard: fromCommitComment(event.comment, context.bot) };
}

function reviewCommentOf(event: z.output<typeof payload.reviewCommentEvent>, context: Context): Writing {
  const { comment } = event;
  const subject: Subject = { kind: 'r', id: comment.id };
  // GitHub names the thread's first comment in every reply, and takes replies to that one only.
  const root = comment.in_reply_to_id ?? comment.id;
  const place = at(event.repository, context, { number: event.pull_request.number, root, subject, pull: true });
  return { place, subject, heard: fromReviewComment(comment, context.bot) };
}

function reviewOf(event: z.output<typeof payload.reviewEvent>, context: Context): Writing | undefined {
  const { review } = event;
  if (!review.submitted_at || !review.body?.trim()) return undefined;
  const subject: Subject = { kind: 'v', id: review.id };
  const place = at(event.repository, context, { number: event.pull_request.number, subject, pull: true });
  return { place, subject, heard: fromReview(review, review.submitted_at, context.bot) };
}

function issueOf(repository: Repository, issue: Issue, context: Context & { readonly pull?: true }): Writing {
  const subject: Subject = { kind: 'n', id: issue.number };
  const { pull } = context;
  const place = at(repository, context, { number: issue.number, subject, ...(pull && { pull }) });
  return { place, subject, heard: fromIssue(issue, context.bot) };
}

function at(repository: Repository, context: Context, spot: Omit<Address, 'owner' | 'repo'>): Place {
  return placeOf(context.install, { owner: repository.owner.login, repo: repository.name, ...spot });
}

function opened(repository: Repository, issue: Issue, context: Context & { readonly pull?: true }): Event {
  const writing = issueOf(repository, issue, context);
  return said(writing, why(writing, 'mention', 'overheard'), false);
}

/** What the bot wrote itself is kept, and never taken for a question. */
function why(writing: Writing, named: Why, unnamed: Why): Why {
  if (writing.heard.message.author.kind === 'self') return 'overheard';
  return writing.heard.mentioned ? named : unnamed;
}

function said(writing: Writing, why: Why, hasPast: boolean): Event {
  return { kind: 'message', place: writing.place, why, message: writing.heard.message, hasPast };
}

function edited(writing: Writing, named: Why, unnamed: Why = named === 'review' ? 'follow-up' : 'overheard'): Event {
  return { kind: 'edited', place: writing.place, why: why(writing, named, unnamed), message: writing.heard.message };
}

function deleted(writing: Writing): Event {
  return { kind: 'deleted', place: writing.place, messageId: subjectId(writing.subject) };
}

function rewritten(changes: { body?: unknown; title?: unknown } | null | undefined): boolean {
  return changes?.body !== undefined || changes?.title !== undefined;
}
