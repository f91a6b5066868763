import type { Delivered, Webhooks } from './webhooks.ts';
import {
  checkRunJson,
  commentJson,
  discussionJson,
  installationJson,
  issueJson,
  pullJson,
  remarkJson,
  repositoryJson,
  reviewJson,
  userJson,
} from './shapes.ts';
import type { Account, CheckRun, Comment, Discussion, Issue, Remark, Review, World } from './world.ts';

/** Tells the app what happened, in the shapes of GitHub's webhooks. */
export type Speech = {
  readonly comment: (action: 'created' | 'edited' | 'deleted', comment: Comment, before?: string) => Promise<Delivered>;
  readonly issue: (action: 'opened' | 'edited', issue: Issue, before?: string) => Promise<Delivered>;
  readonly review: (review: Review) => Promise<Delivered>;
  readonly discussion: (
    action: 'created' | 'edited' | 'deleted',
    discussion: Discussion,
    before?: string,
  ) => Promise<Delivered>;
  /** Comments on commits are told of when they are made, and never again. */
  readonly remark: (action: 'created' | 'edited' | 'deleted', remark: Remark, before?: string) => Promise<Delivered>;
  /** "Re-run", or a click on a button with this identifier. */
  readonly check: (run: CheckRun, by: Account, button?: string) => Promise<Delivered>;
  readonly installation: (action: 'created' | 'deleted' | 'suspend' | 'unsuspend') => Promise<Delivered>;
};

type Parts = {
  /** What every delivery says of where it is from. */
  readonly around: (sender: Account) => object;
  readonly changes: (before: string | undefined) => object;
};

function openTalkSpeech(
  world: World,
  webhooks: Webhooks,
  { around, changes }: Parts,
): Pick<Speech, 'discussion' | 'remark' | 'check'> {
  return {
    discussion: (action, discussion, before) =>
      webhooks.deliver('discussion', {
        action,
        discussion: discussionJson(world, discussion),
        ...changes(before),
        ...around(discussion.author),
      }),
    async remark(action, remark, before) {
      const said = { action, comment: remarkJson(world, remark), ...changes(before), ...around(remark.author) };
      if (remark.on.kind === 'commit') {
        return action === 'created'
          ? webhooks.deliver('commit_comment', said)
          : { guid: '', status: undefined, inMs: 0 };
      }
      const discussion = world.discussions.get(remark.on.number);
      if (discussion === undefined) throw new Error(`no discussion ${remark.on.number}`);
      return webhooks.deliver('discussion_comment', { ...said, discussion: discussionJson(world, discussion) });
    },
    check: (run, by, button) =>
      webhooks.deliver('check_run', {
        action: button === undefined ? 'rerequested' : 'requested_action',
        check_run: checkRunJson(world, run),
        ...(button !== undefined && { requested_action: { identifier: button } }),
        ...around(by),
      }),
  };
}

export function openSpeech(world: World, webhooks: Webhooks): Speech {
  const around = (sender: Account): object => ({
    repository: repositoryJson(world),
    organization: userJson(world, world.owner),
    sender: userJson(world, sender),
    installation: { id: world.installation.id, node_id: 'x' },
  });
  const changes = (before: string | undefined): object =>
    before === undefined ? {} : { changes: { body: { from: before } } };

  return {
    comment(action, comment, before) {
      const issue = world.issues.get(comment.number);
      if (issue === undefined) throw new Error(`no issue ${comment.number}`);
      const said = { action, comment: commentJson(world, comment), ...changes(before), ...around(comment.author) };
      return comment.spot === undefined
        ? webhooks.deliver('issue_comment', { ...said, issue: issueJson(world, issue) })
        : webhooks.deliver('pull_request_review_comment', { ...said, pull_request: pullJson(world, issue) });
    },
    issue(action, issue, before) {
      const said = { action, number: issue.number, ...changes(before), ...around(issue.author) };
      return issue.isPull
        ? webhooks.deliver('pull_request', { ...said, pull_request: pullJson(world, issue) })
        : webhooks.deliver('issues', { ...said, issue: issueJson(world, issue) });
    },
    review(review) {
      const pull = world.issues.get(review.number);
      if (pull === undefined) throw new Error(`no pull request ${review.number}`);
      return webhooks.deliver('pull_request_review', {
        action: 'submitted',
        review: reviewJson(world, review, 'webhook'),
        pull_request: pullJson(world, pull),
        ...around(review.author),
      });
    },
    ...openTalkSpeech(world, webhooks, { around, changes }),
    installation: (action) =>
      webhooks.deliver('installation', {
        action,
        installation: installationJson(world),
        repositories: [{ id: world.repo.id, name: world.repo.name, full_name: `acme/${world.repo.name}` }],
        sender: userJson(world, world.owner),
      }),
  };
}
