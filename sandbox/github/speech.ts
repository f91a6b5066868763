import type { Delivered, Webhooks } from './webhooks.ts';
import { commentJson, installationJson, issueJson, pullJson, repositoryJson, reviewJson, userJson } from './shapes.ts';
import type { Account, Comment, Issue, Review, World } from './world.ts';

/** Tells the app what happened, in the shapes of GitHub's webhooks. */
export type Speech = {
  readonly comment: (action: 'created' | 'edited' | 'deleted', comment: Comment, before?: string) => Promise<Delivered>;
  readonly issue: (action: 'opened' | 'edited', issue: Issue, before?: string) => Promise<Delivered>;
  readonly review: (review: Review) => Promise<Delivered>;
  readonly installation: (action: 'created' | 'deleted' | 'suspend' | 'unsuspend') => Promise<Delivered>;
};

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
    installation: (action) =>
      webhooks.deliver('installation', {
        action,
        installation: installationJson(world),
        repositories: [{ id: world.repo.id, name: world.repo.name, full_name: `acme/${world.repo.name}` }],
        sender: userJson(world, world.owner),
      }),
  };
}
