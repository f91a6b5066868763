import { z } from 'zod';
import type { Access, HistoryRange } from '../../src/model/adapter.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Message } from '../../src/model/message.ts';
import type { Posted } from '../../src/model/reply.ts';
import { instant, name, words } from '../kit/shape.ts';
import { subjectId } from './address.ts';
import type { Address } from './address.ts';
import type { Graph } from './graphql.ts';
import { fromDiscussion, fromDiscussionComment, isOwn } from './message.ts';
import type { Bot } from './message.ts';
import type { DiscussionComment } from './payload.ts';
import { cut, isAfter } from './range.ts';
import { shaped } from './shaped.ts';

/** Discussions have no REST API: all of it is GraphQL (docs: Using the GraphQL API for Discussions). */
export type Discussions = {
  /** Below the comment that began the thread; without one a new comment. */
  readonly add: (access: Access, address: Address, body: string, signal: AbortSignal) => Promise<Posted>;
  readonly change: (access: Access, node: string, body: string, signal: AbortSignal) => Promise<void>;
  readonly remove: (access: Access, node: string, signal: AbortSignal) => Promise<void>;
  /** Rejects where the discussion itself does not answer. */
  readonly look: (access: Access, address: Address, signal: AbortSignal) => Promise<void>;
  readonly history: (
    access: Access,
    address: Address,
    range: HistoryRange,
    signal: AbortSignal,
  ) => Promise<readonly Message[]>;
  /** Our comment with this mark, if it was made since then. */
  readonly find: (access: Access, address: Address, sought: Sought, signal: AbortSignal) => Promise<Posted | undefined>;
};

export type Sought = { readonly marker: string; readonly since: Date };

const WHO = '__typename login ... on User { databaseId } ... on Bot { databaseId }';
const COMMENT = `id databaseId body createdAt author { ${WHO} } replyTo { databaseId }`;
const PAGE = `nodes { ${COMMENT} } pageInfo { hasPreviousPage startCursor }`;
const BODY = `id number title body createdAt author { ${WHO} }`;

const ADD = `mutation($discussionId: ID!, $replyToId: ID, $body: String!) {
  addDiscussionComment(input: { discussionId: $discussionId, replyToId: $replyToId, body: $body }) {
    comment { id databaseId }
  }
}`;
const CHANGE = `mutation($commentId: ID!, $body: String!) {
  updateDiscussionComment(input: { commentId: $commentId, body: $body }) { comment { id } }
}`;
const REMOVE = 'mutation($id: ID!) { deleteDiscussionComment(input: { id: $id }) { comment { id } } }';
const LOOK = 'query($id: ID!) { node(id: $id) { ... on Discussion { number } } }';
const ROOT = 'query($id: ID!) { node(id: $id) { ... on DiscussionComment { id replyTo { id } } } }';
const COMMENTS = `query($id: ID!, $before: String) {
  node(id: $id) { ... on Discussion { ${BODY} comments(last: 100, before: $before) { ${PAGE} } } }
}`;
const REPLIES = `query($id: ID!, $before: String) {
  node(id: $id) {
    ... on DiscussionComment { ${COMMENT} discussion { ${BODY} } replies(last: 100, before: $before) { ${PAGE} } }
  }
}`;

const author = z
  .object({ __typename: z.string(), login: name, databaseId: z.int().nonnegative().nullish() })
  .nullish()
  .transform((who) =>
    // Bots have their REST name only there.
    who
      ? {
          login: who.__typename === 'Bot' ? `${who.login}[bot]` : who.login,
          id: who.databaseId ?? 0,
          type: who.__typename,
        }
      : null,
  );
const node = z.string().regex(/^[\w=-]{1,150}$/);
const databaseId = z.int().nonnegative();
const comment = z
  .object({
    id: node,
    databaseId,
    body: words,
    createdAt: instant,
    author,
    replyTo: z.object({ databaseId }).nullish(),
  })
  .transform((one): DiscussionComment => ({
    id: one.databaseId,
    node_id: one.id,
    parent_id: one.replyTo?.databaseId,
    body: one.body,
    created_at: one.createdAt,
    user: one.author,
  }));
const page = z.object({
  nodes: z.array(comment),
  pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullish() }),
});
const body = z
  .object({ id: node, number: z.int().nonnegative(), title: words, body: words, createdAt: instant, author })
  .transform(({ id, createdAt, author: user, ...one }) => ({ ...one, node_id: id, created_at: createdAt, user }));
const added = z.object({ addDiscussionComment: z.object({ comment: z.object({ id: node, databaseId }) }) });
const rooted = z.object({ node: z.object({ id: node, replyTo: z.object({ id: node }).nullish() }) });
const looked = z.object({ node: z.object({ number: z.int() }) });
const commentsAnswer = z.object({ node: z.intersection(body, z.object({ comments: page })) });
const repliesAnswer = z.object({ node: z.intersection(comment, z.object({ discussion: body, replies: page })) });

/** 1,000 comments read for one conversation: a limit of ours. */
const MOST_PAGES = 10;
/** The clocks of two machines. */
const CLOCK_MS = 60_000;

export function openDiscussions(graph: Graph, bot: Bot): Discussions {
  const rootOf = async (access: Access, { subject, discussion }: Address, signal: AbortSignal): Promise<string> => {
    if (subject.kind !== 'e') return discussion ?? '';
    const answer = await graph.read({ access, text: ROOT, variables: { id: subject.node } }, signal);
    const { node } = shaped(rooted, answer);
    return node.replyTo?.id ?? node.id;
  };
  const pages = (access: Access, address: Address, signal: AbortSignal): AsyncIterable<Page> =>
    readPages(graph, { access, address, root: () => rootOf(access, address, signal) }, signal);
  return {
    async add(access, address, text, signal) {
      const { discussion, root } = address;
      const replyToId = root === undefined ? null : await rootOf(access, address, signal);
      const variables = { discussionId: discussion, replyToId, body: text };
      const parsed = added.safeParse(await graph.change({ access, text: ADD, variables }, signal));
      if (!parsed.success) throw new Failure('unknown-outcome', 'GitHub took the comment and did not say its id');
      const { id, databaseId } = parsed.data.addDiscussionComment.comment;
      return { id: subjectId({ kind: 'e', id: databaseId, node: id }) };
    },
    async change(access, commentId, text, signal) {
      await graph.change({ access, text: CHANGE, variables: { commentId, body: text } }, signal);
    },
    async remove(access, id, signal) {
      await graph.change({ access, text: REMOVE, variables: { id } }, signal);
    },
    async look(access, { discussion }, signal) {
      shaped(looked, await graph.read({ access, text: LOOK, variables: { id: discussion } }, signal));
    },
    async history(access, address, range, signal) {
      const messages: Message[] = [];
      let first: readonly Message[] = [];
      for await (const { above, comments } of pages(access, address, signal)) {
        first = above(bot);
        messages.unshift(...comments.map((one) => fromDiscussionComment(one, bot).message));
        if (messages.length >= range.most || !isAfter(messages[0], range)) break;
      }
      return cut([...first, ...messages], range);
    },
    async find(access, address, { marker, since }, signal) {
      const from = since.getTime() - CLOCK_MS;
      for await (const { comments, ended } of pages(access, address, signal)) {
        const found = comments.find((one) => isOwn(one, bot) && one.body?.trimEnd().endsWith(marker) === true);
        if (found !== undefined) return { id: subjectId({ kind: 'e', id: found.id, node: found.node_id }) };
        if (ended || comments.some(({ created_at }) => created_at.getTime() < from)) return undefined;
      }
      // Saying "not there" after half a look would post it twice.
      throw new Failure('unavailable', `more than ${MOST_PAGES * 100} comments in the discussion`);
    },
  };
}

/** One page, the newest first; what stands above all of them comes with each. */
type Page = {
  readonly above: (bot: Bot) => readonly Message[];
  readonly comments: readonly DiscussionComment[];
  readonly ended: boolean;
};
type Reading = { readonly access: Access; readonly address: Address; readonly root: () => Promise<string> };

async function* readPages(graph: Graph, { access, address, root }: Reading, signal: AbortSignal): AsyncIterable<Page> {
  const id = address.root === undefined ? (address.discussion ?? '') : await root();
  let before: string | null = null;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const text = address.root === undefined ? COMMENTS : REPLIES;
    const read = pageIn(await graph.read({ access, text, variables: { id, before } }, signal), address.root);
    const { hasPreviousPage, startCursor } = read.page.pageInfo;
    yield { above: read.above, comments: read.page.nodes, ended: !hasPreviousPage };
    if (!hasPreviousPage) return;
    before = startCursor ?? null;
  }
}

function pageIn(
  answer: unknown,
  root: number | undefined,
): Pick<Page, 'above'> & { readonly page: z.output<typeof page> } {
  if (root === undefined) {
    const { node } = shaped(commentsAnswer, answer);
    return { page: node.comments, above: (bot) => [fromDiscussion(node, bot).message] };
  }
  const { node } = shaped(repliesAnswer, answer);
  const above = (bot: Bot) => [fromDiscussion(node.discussion, bot).message, fromDiscussionComment(node, bot).message];
  return { page: node.replies, above };
}
