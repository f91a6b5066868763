import type { Account, CheckRun, Comment, Discussion, Issue, Remark, Review, World } from './world.ts';

/** GitHub's JSON of each thing, with the fields that its webhooks and REST answers both carry. */
type Json = Record<string, unknown>;

const time = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z');
export const nodeId = (kind: string, id: number): string => Buffer.from(`${kind}:${id}`).toString('base64url');

export function userJson(world: World, account: Account): Json {
  const { login, id, type } = account;
  return {
    login,
    id,
    node_id: nodeId('User', id),
    avatar_url: `${world.url}/avatars/${id}`,
    url: `${world.url}/users/${encodeURIComponent(login)}`,
    html_url: `${world.url}/${login}`,
    type,
    site_admin: false,
  };
}

export function repositoryJson(world: World): Json {
  const name = `${world.owner.login}/${world.repo.name}`;
  return {
    id: world.repo.id,
    node_id: nodeId('Repository', world.repo.id),
    name: world.repo.name,
    full_name: name,
    private: false,
    owner: userJson(world, world.owner),
    html_url: `${world.url}/${name}`,
    url: `${world.url}/repos/${name}`,
    clone_url: `file://${world.git.gitDir}`,
    default_branch: world.git.base.ref,
    archived: false,
    visibility: 'public',
  };
}

export function appJson(world: World): Json {
  return {
    id: world.app.id,
    slug: world.app.slug,
    node_id: nodeId('App', world.app.id),
    owner: userJson(world, world.owner),
    name: world.app.name,
    html_url: `${world.url}/apps/${world.app.slug}`,
    permissions: world.permissions.app,
    events: [
      'check_run',
      'commit_comment',
      'discussion',
      'discussion_comment',
      'issue_comment',
      'issues',
      'pull_request',
      'pull_request_review',
      'pull_request_review_comment',
    ],
  };
}

export function installationJson(world: World): Json {
  return {
    id: world.installation.id,
    account: userJson(world, world.owner),
    repository_selection: 'all',
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: world.owner.id,
    target_type: 'Organization',
    permissions: world.permissions.granted,
    suspended_at: null,
  };
}

export function issueJson(world: World, issue: Issue): Json {
  const url = `${base(world)}/issues/${issue.number}`;
  return {
    url,
    html_url: htmlUrl(world, issue.number),
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: userJson(world, issue.author),
    state: 'open',
    locked: false,
    labels: [],
    comments: issue.comments,
    created_at: time(issue.createdAt),
    updated_at: time(issue.updatedAt),
    body: issue.body,
    author_association: 'MEMBER',
    performed_via_github_app: null,
    ...(issue.isPull ? { pull_request: { url: `${base(world)}/pulls/${issue.number}` } } : {}),
  };
}

export function pullJson(world: World, issue: Issue): Json {
  const { base: target, head } = world.git;
  const { comments, ...shared } = issueJson(world, issue);
  return {
    ...shared,
    url: `${base(world)}/pulls/${issue.number}`,
    comments,
    draft: false,
    merged: false,
    head: {
      ...head,
      sha: world.head,
      label: `acme:${head.ref}`,
      user: userJson(world, world.owner),
      repo: repositoryJson(world),
    },
    base: { ...target, label: `acme:${target.ref}`, user: userJson(world, world.owner), repo: repositoryJson(world) },
    changed_files: world.git.files.length,
    commits: 1,
  };
}

/** A comment of either kind. */
export function commentJson(world: World, comment: Comment): Json {
  const { spot } = comment;
  const folder = spot === undefined ? 'issues' : 'pulls';
  return {
    url: `${base(world)}/${folder}/comments/${comment.id}`,
    html_url: `${htmlUrl(world, comment.number)}#${spot === undefined ? 'issuecomment-' : 'discussion_r'}${comment.id}`,
    id: comment.id,
    node_id: nodeId('Comment', comment.id),
    user: userJson(world, comment.author),
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    body: comment.body,
    author_association: comment.author.type === 'Bot' ? 'NONE' : 'MEMBER',
    performed_via_github_app: comment.author.type === 'Bot' ? appJson(world) : null,
    ...(spot === undefined ? { issue_url: `${base(world)}/issues/${comment.number}` } : spotJson(world, comment)),
  };
}

function spotJson(world: World, { spot, number }: Comment): Json {
  if (spot === undefined) return {};
  return {
    pull_request_review_id: spot.review,
    pull_request_url: `${base(world)}/pulls/${number}`,
    path: spot.path,
    line: spot.line ?? null,
    original_line: spot.line ?? null,
    start_line: spot.startLine ?? null,
    side: spot.side,
    start_side: spot.startLine === undefined ? null : spot.side,
    commit_id: spot.commit,
    original_commit_id: spot.commit,
    diff_hunk: spot.hunk,
    subject_type: spot.line === undefined ? 'file' : 'line',
    ...(spot.root === undefined ? {} : { in_reply_to_id: spot.root }),
  };
}

/** Webhooks write the state in small letters, the REST API in capitals. */
export function reviewJson(world: World, review: Review, at: 'webhook' | 'rest'): Json {
  return {
    id: review.id,
    node_id: nodeId('Review', review.id),
    user: userJson(world, review.author),
    body: review.body === '' ? null : review.body,
    state: at === 'rest' ? review.state : review.state.toLowerCase(),
    commit_id: world.git.head.sha,
    submitted_at: time(review.submittedAt),
    html_url: `${htmlUrl(world, review.number)}#pullrequestreview-${review.id}`,
    pull_request_url: `${base(world)}/pulls/${review.number}`,
    author_association: 'MEMBER',
  };
}

export function checkRunJson(world: World, run: CheckRun): Json {
  return {
    id: run.id,
    head_sha: run.headSha,
    url: `${base(world)}/check-runs/${run.id}`,
    app: appJson(world),
    ...run.fields,
  };
}

export function discussionJson(world: World, discussion: Discussion): Json {
  const { id, number, title, body, createdAt, author } = discussion;
  return {
    id,
    node_id: nodeId('Discussion', id),
    number,
    title,
    body,
    user: userJson(world, author),
    state: 'open',
    locked: false,
    comments: [...world.remarks.values()].filter(({ on }) => on.kind === 'discussion' && on.number === number).length,
    created_at: time(createdAt),
    updated_at: time(createdAt),
    html_url: `${world.url}/${world.owner.login}/${world.repo.name}/discussions/${number}`,
    author_association: 'MEMBER',
    category: { id: 1, name: 'General', slug: 'general', is_answerable: false },
  };
}

/** A comment of a discussion, or on a commit: in a form of its own each. */
export function remarkJson(world: World, remark: Remark): Json {
  const { id, body, createdAt, updatedAt, author, on } = remark;
  const common = { id, body, user: userJson(world, author), author_association: 'MEMBER' };
  const times = { created_at: time(createdAt), updated_at: time(updatedAt) };
  if (on.kind === 'commit') {
    const { sha, path, position, line } = on;
    const spot = { commit_id: sha, path: path ?? null, position: position ?? null, line: line ?? null };
    return { ...common, ...times, ...spot, node_id: nodeId('CommitComment', id), url: `${base(world)}/comments/${id}` };
  }
  return {
    ...common,
    ...times,
    node_id: nodeId('DiscussionComment', id),
    parent_id: on.parent ?? null,
    child_comment_count: 0,
    repository_url: `${world.owner.login}/${world.repo.name}`,
    discussion_id: world.discussions.get(on.number)?.id ?? 0,
  };
}

const base = (world: World): string => `${world.url}/repos/${world.owner.login}/${world.repo.name}`;

function htmlUrl(world: World, number: number): string {
  const page = world.issues.get(number)?.isPull === true ? 'pull' : 'issues';
  return `${world.url}/${world.owner.login}/${world.repo.name}/${page}/${number}`;
}
