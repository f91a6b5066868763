import { z } from 'zod';
import type { Access, Adapter, HistoryRange } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Message } from '../../src/model/message.ts';
import type { Draft, Posted } from '../../src/model/reply.ts';
import { addressOf, subjectId } from './address.ts';
import type { Address } from './address.ts';
import type { Client } from './client.ts';
import type { Marker } from './marker.ts';
import type { Discussions } from './discussions.ts';
import { fromCommitComment, fromIssue, fromIssueComment, fromReviewComment, isOwn } from './message.ts';
import type { Bot } from './message.ts';
import { commitComment, issueAnswer, issueComment, reviewComment } from './payload.ts';
import type { CommitComment } from './payload.ts';
import { cut, isAfter } from './range.ts';
import { shaped } from './shaped.ts';

type Lookup = Required<Pick<Adapter, 'history' | 'findPost'>>;

/** The most that GitHub gives at once. */
const PER_PAGE = 100;
/** 1,000 comments read for one conversation: a limit of ours, so that a huge pull request costs ten calls at most. */
const MOST_PAGES = 10;
/** The clocks of two machines, and whole seconds in GitHub's times. */
const CLOCK_MS = 60_000;

const ISSUE_COMMENTS = 'GET /repos/{owner}/{repo}/issues/{number}/comments';
const COMMIT_COMMENTS = 'GET /repos/{owner}/{repo}/commits/{sha}/comments';
const REVIEW_COMMENTS = 'GET /repos/{owner}/{repo}/pulls/{number}/comments';

type Read = { readonly client: Client; readonly access: Access; readonly bot: Bot; readonly signal: AbortSignal };

/** What reads. */
export type Reads = { readonly client: Client; readonly discussions: Discussions };

/** Reads conversations: what was said before, and whether a part of ours is there. */
export function openLookup({ client, discussions }: Reads, marker: Marker, bot: Bot): Lookup {
  return {
    async history(access, place, range, signal) {
      const address = addressOf(place);
      const read = { client, access, bot, signal };
      if (address.discussion !== undefined) return discussions.history(access, address, range, signal);
      if (address.commit !== undefined) return commitHistory(read, address, range);
      return address.root === undefined ? issueHistory(read, address, range) : reviewHistory(read, address, range);
    },
    async findPost(access, draft, since, signal) {
      const address = addressOf(draft.place);
      const sought = { marker: marker.of(draft.nonce), since };
      if (address.discussion !== undefined) return discussions.find(access, address, sought, signal);
      return findPost({ client, access, bot, signal }, draft, sought);
    },
  };
}

/** From the last page backwards: GitHub lists an issue's comments oldest first and knows no other order. */
async function issueHistory(read: Read, address: Address, range: HistoryRange): Promise<readonly Message[]> {
  const issue = shaped(issueAnswer, await get(read, 'GET /repos/{owner}/{repo}/issues/{number}', address, {}));
  const messages: Message[] = [];
  const last = Math.ceil(issue.comments / PER_PAGE);
  for (let page = last; page > Math.max(0, last - MOST_PAGES) && messages.length < range.most; page -= 1) {
    const list = await comments(read, ISSUE_COMMENTS, address, { page });
    messages.unshift(...list.map((comment) => fromIssueComment(comment, read.bot).message));
    if (!isAfter(messages[0], range)) break;
  }
  return cut([fromIssue(issue, read.bot).message, ...messages], range);
}

async function reviewHistory(read: Read, address: Address, range: HistoryRange): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (let page = 1; page <= MOST_PAGES && messages.length < range.most; page += 1) {
    // All threads of the pull request come in one list, newest first.
    const answer = await get(read, REVIEW_COMMENTS, address, { page, sort: 'created', direction: 'desc' });
    const list = shaped(z.array(reviewComment), answer);
    const ours = list.filter((comment) => (comment.in_reply_to_id ?? comment.id) === address.root);
    messages.unshift(...ours.toReversed().map((comment) => fromReviewComment(comment, read.bot).message));
    const ended = list.length < PER_PAGE || list.some((comment) => comment.id === address.root);
    if (ended || !isAfter(messages[0], range)) break;
  }
  return cut(messages, range);
}

/** The comments on the same line of the commit; GitHub lists those of the whole commit, oldest first. */
async function commitHistory(read: Read, address: Address, range: HistoryRange): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for await (const comment of commitComments(read, address))
    messages.push(fromCommitComment(comment, read.bot).message);
  return cut(messages, range);
}

async function* commitComments(read: Read, { owner, repo, commit }: Address): AsyncIterable<CommitComment> {
  const { sha, path, position } = commit ?? { sha: '' };
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const parameters = { owner, repo, sha, per_page: PER_PAGE, page };
    const list = shaped(
      z.array(commitComment),
      await read.client.call(read.access, COMMIT_COMMENTS, parameters, read.signal),
    );
    yield* list.filter((one) => (one.path ?? undefined) === path && (one.position ?? undefined) === position);
    if (list.length < PER_PAGE) return;
  }
  // Saying "not there" after half a look would post it twice.
  throw new Failure('unavailable', `more than ${MOST_PAGES * PER_PAGE} comments on the commit`);
}

async function findOnCommit(read: Read, address: Address, marker: string): Promise<Posted | undefined> {
  for await (const comment of commitComments(read, address)) {
    if (isOwn(comment, read.bot) && comment.body?.trimEnd().endsWith(marker) === true)
      return { id: subjectId({ kind: 'k', id: comment.id }) };
  }
  return undefined;
}

/** The comment by this app that ends in the draft's marker, among those written or edited since then. */
async function findPost(
  read: Read,
  draft: Draft,
  sought: { readonly marker: string; readonly since: Date },
): Promise<Posted | undefined> {
  const address = addressOf(draft.place);
  if (address.commit !== undefined) return findOnCommit(read, address, sought.marker);
  const route = address.root === undefined ? ISSUE_COMMENTS : REVIEW_COMMENTS;
  const since = new Date(sought.since.getTime() - CLOCK_MS).toISOString();
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const list = await comments(read, route, address, { page, since });
    const found = list.find((comment) => isOwn(comment, read.bot) && comment.body?.trimEnd().endsWith(sought.marker));
    if (found !== undefined) return { id: subjectId({ kind: address.root === undefined ? 'c' : 'r', id: found.id }) };
    if (list.length < PER_PAGE) return undefined;
  }
  // Saying "not there" after half a look would post it twice.
  throw new Failure('unavailable', `more than ${MOST_PAGES * PER_PAGE} comments since ${since}`);
}

type Query = { readonly page: number; readonly since?: string };

async function comments(read: Read, route: string, address: Address, query: Query) {
  return shaped(z.array(issueComment), await get(read, route, address, query));
}

function get(read: Read, route: string, address: Address, query: Readonly<Record<string, string | number>>) {
  const { owner, repo, number } = address;
  const parameters = { owner, repo, number, per_page: PER_PAGE, ...query };
  return read.client.call(read.access, route, parameters, read.signal);
}
