import { createHash } from 'node:crypto';
import { clean } from '../kit/text.ts';
import type { Author, CodeAnchor, Message } from '../../src/model/message.ts';
import { attachmentsOf } from './attachments.ts';
import { subjectId } from './address.ts';
import { addressed } from './mention.ts';
import { readOwn } from './render.ts';
import type {
  CommitComment,
  Discussion,
  DiscussionComment,
  Issue,
  IssueComment,
  Review,
  ReviewComment,
  User,
  Written,
} from './payload.ts';

/** What the adapter has to know about itself to read what others wrote. */
export type Bot = {
  readonly appId: number;
  /** The name that people mention, without `@`. */
  readonly slug: string;
  /** Address of the pages that people see: where attachments are linked to. */
  readonly webUrl: string;
};

/** A message, and whether it names the bot. */
export type Heard = { readonly message: Message; readonly mentioned: boolean };

export function fromIssueComment(comment: IssueComment, bot: Bot): Heard {
  return heard(comment, bot, {
    id: subjectId({ kind: 'c', id: comment.id }),
    version: versionOf(comment),
    sentAt: comment.created_at,
    body: comment.body ?? '',
    anchor: undefined,
  });
}

export function fromReviewComment(comment: ReviewComment, bot: Bot): Heard {
  return heard(comment, bot, {
    id: subjectId({ kind: 'r', id: comment.id }),
    version: versionOf(comment),
    sentAt: comment.created_at,
    body: comment.body ?? '',
    anchor: anchorOf(comment),
  });
}

export function fromReview(review: Review, sentAt: Date, bot: Bot): Heard {
  const body = review.body ?? '';
  return heard(review, bot, {
    id: subjectId({ kind: 'v', id: review.id }),
    version: digest(body),
    sentAt,
    body,
    anchor: undefined,
  });
}

/** An issue's or pull request's first text, under its title. */
export function fromIssue(issue: Issue, bot: Bot): Heard {
  const body = titled(issue.title, issue.body);
  return heard(issue, bot, {
    id: subjectId({ kind: 'n', id: issue.number }),
    // `updated_at` of an issue moves with every comment and label under it.
    version: digest(body),
    sentAt: issue.created_at,
    body,
    anchor: undefined,
  });
}

/** A discussion's first text, under its title. */
export function fromDiscussion(discussion: Discussion, bot: Bot): Heard {
  const body = titled(discussion.title, discussion.body);
  const id = subjectId({ kind: 'd', id: discussion.number });
  return heard(discussion, bot, {
    id,
    version: digest(body),
    sentAt: discussion.created_at,
    body,
    anchor: undefined,
  });
}

export function fromDiscussionComment(comment: DiscussionComment, bot: Bot): Heard {
  const body = comment.body ?? '';
  return heard(comment, bot, {
    id: subjectId({ kind: 'e', id: comment.id, node: comment.node_id }),
    // `updated_at` moves with every vote.
    version: digest(body),
    sentAt: comment.created_at,
    body,
    anchor: undefined,
  });
}

export function fromCommitComment(comment: CommitComment, bot: Bot): Heard {
  const { path, line, commit_id: commit } = comment;
  const anchor = path
    ? { path: clean(path), line: line ?? undefined, startLine: undefined, side: undefined, commit, hunk: undefined }
    : undefined;
  return heard(comment, bot, {
    id: subjectId({ kind: 'k', id: comment.id }),
    version: versionOf(comment),
    sentAt: comment.created_at,
    body: comment.body ?? '',
    anchor,
  });
}

const titled = (title: string, body: string | null | undefined): string =>
  `# ${title.replaceAll(/\s+/g, ' ').trim()}\n\n${body ?? ''}`.trim();

type Parts = {
  readonly id: string;
  readonly version: string;
  readonly sentAt: Date;
  readonly body: string;
  readonly anchor: CodeAnchor | undefined;
};

function heard(written: Written, bot: Bot, parts: Parts): Heard {
  const author = authorOf(written, bot);
  const body = clean(parts.body).replaceAll('\r\n', '\n');
  const { mentioned, text } = addressed(author.kind === 'self' ? readOwn(body) : body, bot.slug);
  const { id, version, sentAt, anchor } = parts;
  const attachments = attachmentsOf(body, bot.webUrl);
  return { mentioned, message: { id, version, author, text, attachments, anchor, sentAt } };
}

/** `ghost` is GitHub's own name for an account that is gone. */
export function authorOf(written: Written, bot: Bot): Author {
  const self = isOwn(written, bot);
  const author = personOf(written.user);
  return self ? { ...author, kind: 'self' } : author;
}

/** Whoever did something, other than this app. */
export function personOf(user: User): Author {
  if (!user) return { id: '0', name: 'ghost', kind: 'human' };
  return { id: String(user.id), name: clean(user.login), kind: user.type === 'Bot' ? 'bot' : 'human' };
}

/** Written by this app: as itself, or through it. */
export function isOwn(written: Written, bot: Bot): boolean {
  if (written.performed_via_github_app?.id === bot.appId) return true;
  return written.user?.login.toLowerCase() === `${bot.slug.toLowerCase()}[bot]`;
}

function anchorOf(comment: ReviewComment): CodeAnchor {
  return {
    path: clean(comment.path),
    line: comment.line ?? undefined,
    startLine: comment.start_line ?? undefined,
    side: comment.side === 'LEFT' ? 'left' : comment.side === 'RIGHT' ? 'right' : undefined,
    commit: comment.commit_id,
    hunk: comment.diff_hunk ? clean(comment.diff_hunk) : undefined,
  };
}

/** GitHub's times are whole seconds: two edits within one differ by their text alone. */
function versionOf(comment: IssueComment | ReviewComment | CommitComment): string {
  return `${comment.updated_at}-${digest(comment.body ?? '').slice(0, 8)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
