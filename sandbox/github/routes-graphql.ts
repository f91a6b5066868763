import { z } from 'zod';
import { GraphError, nameOf, runOperation } from './graphql-run.ts';
import type { Given, Thing } from './graphql-run.ts';
import type { Route } from './route.ts';
import { refusal } from './route.ts';
import { textProblem } from './routes-comments.ts';
import { nodeId } from './shapes.ts';
import type { Speech } from './speech.ts';
import { addRemark, editRemark } from './talk.ts';
import type { Account, Discussion, Remark, World } from './world.ts';

const BODY = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).default({}) });

/** Discussions, which are GraphQL's alone. In the ledger each is named by its first field: `graphql addReaction`. */
export function graphqlRoutes(world: World, speech: Speech): readonly Route[] {
  const roots = { query: queries(world), mutation: mutations(world, speech) };
  return [
    {
      method: 'POST',
      pattern: '/graphql',
      auth: 'installation',
      call: (body) => `graphql ${nameOf(BODY.safeParse(body).data?.query ?? '')}`,
      handle({ body }) {
        const read = BODY.safeParse(body);
        if (!read.success) return refusal(400, 'A query attribute must be specified and must be a string.');
        if (!world.installation.active) return refusal(403, 'This installation has been suspended');
        const answer = runOperation(read.data, roots);
        return { status: 200, body: answer, performed: !('errors' in answer) };
      },
    },
  ];
}

const thing = (type: string, fields: Thing['fields']): Thing => ({ type, fields });
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const text = (given: Given, name: string): string => asText(given[name]);
const time = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z');

function queries(world: World): Thing {
  return thing('Query', { node: (given) => shown(world, found(world, text(given, 'id'))) });
}

function mutations(world: World, speech: Speech): Thing {
  return thing('Mutation', {
    addDiscussionComment(given) {
      const input = inputOf(given);
      const discussion = found(world, text(input, 'discussionId'));
      if (!('title' in discussion)) throw notFound(text(input, 'discussionId'));
      const remark = addRemark(world, {
        author: world.bot,
        body: bodyOf(input),
        on: { kind: 'discussion', number: discussion.number, parent: parentOf(world, input['replyToId']) },
      });
      void speech.remark('created', remark);
      return payloadOf(world, remark);
    },
    updateDiscussionComment(given) {
      const input = inputOf(given);
      const remark = own(world, text(input, 'commentId'));
      const before = remark.body;
      editRemark(remark, bodyOf(input));
      void speech.remark('edited', remark, before);
      return payloadOf(world, remark);
    },
    deleteDiscussionComment(given) {
      const remark = own(world, text(inputOf(given), 'id'));
      world.remarks.delete(remark.id);
      void speech.remark('deleted', remark);
      return payloadOf(world, remark);
    },
    addReaction: (given) => reaction(world, inputOf(given), true),
    removeReaction: (given) => reaction(world, inputOf(given), false),
  });
}

function inputOf(given: Given): Given {
  const { input } = given;
  if (typeof input !== 'object' || input === null) throw new Error("Argument 'input' is required");
  return { ...input };
}

function bodyOf(input: Given): string {
  const body = text(input, 'body');
  const problem = textProblem(body);
  if (problem === undefined) return body;
  throw new GraphError(
    'UNPROCESSABLE',
    body.trim() === '' ? "Body can't be blank" : 'Body is too long (maximum is 65536 characters)',
  );
}

/** Only a comment of the first level can be answered. */
function parentOf(world: World, replyToId: unknown): number | undefined {
  if (replyToId === null || replyToId === undefined) return undefined;
  const parent = found(world, asText(replyToId));
  if ('title' in parent || parent.on.kind !== 'discussion') throw notFound(asText(replyToId));
  if (parent.on.parent !== undefined)
    throw new GraphError('UNPROCESSABLE', 'Parent comment is already in a thread, cannot reply to it');
  return parent.id;
}

const notFound = (id: string): GraphError =>
  new GraphError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);

function found(world: World, id: string): Discussion | Remark {
  const discussion = [...world.discussions.values()].find((one) => nodeId('Discussion', one.id) === id);
  const remark = [...world.remarks.values()].find((one) => nodeId('DiscussionComment', one.id) === id);
  const either = discussion ?? remark;
  if (either === undefined) throw notFound(id);
  return either;
}

function own(world: World, id: string): Remark {
  const remark = found(world, id);
  if ('title' in remark) throw notFound(id);
  if (remark.author.id === world.bot.id) return remark;
  throw new GraphError('FORBIDDEN', 'Resource not accessible by integration');
}

const payloadOf = (world: World, remark: Remark): Thing =>
  thing('DiscussionCommentPayload', { comment: () => remarkThing(world, remark) });

const shown = (world: World, one: Discussion | Remark): Thing =>
  'title' in one ? discussionThing(world, one) : remarkThing(world, one);

/** Bots have no `[bot]` in their name here. */
const accountThing = ({ type, login, id }: Account): Thing =>
  thing(type, { login: () => login.replace(/\[bot\]$/, ''), databaseId: () => id });

function discussionThing(world: World, one: Discussion): Thing {
  const { id, number, title, body, createdAt, author } = one;
  return thing('Discussion', {
    id: () => nodeId('Discussion', id),
    number: () => number,
    title: () => title,
    body: () => body,
    createdAt: () => time(createdAt),
    author: () => accountThing(author),
    comments: (given) => connection(world, below(world, number, undefined), given),
  });
}

function remarkThing(world: World, one: Remark): Thing {
  const { id, on, body, createdAt, author } = one;
  const { number, parent } = on.kind === 'discussion' ? on : { number: 0, parent: undefined };
  const above = world.remarks.get(parent ?? 0);
  return thing('DiscussionComment', {
    id: () => nodeId('DiscussionComment', id),
    databaseId: () => id,
    body: () => body,
    createdAt: () => time(createdAt),
    author: () => accountThing(author),
    replyTo: () => (above === undefined ? null : remarkThing(world, above)),
    replies: (given) => connection(world, below(world, number, id), given),
    discussion() {
      const discussion = world.discussions.get(number);
      return discussion === undefined ? null : discussionThing(world, discussion);
    },
  });
}

const below = (world: World, number: number, parent: number | undefined): readonly Remark[] =>
  [...world.remarks.values()].filter(
    ({ on }) => on.kind === 'discussion' && on.number === number && on.parent === parent,
  );

/** The last ones before a cursor, which is a comment's number. */
function connection(world: World, all: readonly Remark[], given: Given): Thing {
  const last = Number(given['last']);
  if (!(last >= 1 && last <= 100)) throw new GraphError('EXCESSIVE_PAGINATION', 'Give `last`, 1 to 100');
  const before = given['before'] === null || given['before'] === undefined ? Infinity : Number(given['before']);
  const older = all.filter(({ id }) => id < before);
  const nodes = older.slice(-last);
  return thing('DiscussionCommentConnection', {
    totalCount: () => all.length,
    nodes: () => nodes.map((one) => remarkThing(world, one)),
    pageInfo: () =>
      thing('PageInfo', {
        hasPreviousPage: () => older.length > nodes.length,
        startCursor: () => (nodes[0] === undefined ? null : String(nodes[0].id)),
      }),
  });
}

const CONTENTS: Readonly<Record<string, string>> = {
  THUMBS_UP: '+1',
  THUMBS_DOWN: '-1',
  LAUGH: 'laugh',
  CONFUSED: 'confused',
  HEART: 'heart',
  HOORAY: 'hooray',
  ROCKET: 'rocket',
  EYES: 'eyes',
};

function reaction(world: World, input: Given, added: boolean): Thing {
  const subject = found(world, text(input, 'subjectId'));
  const name = text(input, 'content');
  const content = CONTENTS[name];
  if (content === undefined) throw new Error(`Variable $content of type ReactionContent! was provided invalid value`);
  const on = 'title' in subject ? `discussion ${subject.number}` : `comment ${subject.id}`;
  const at = world.reactions.findIndex((one) => one.on === on && one.content === content && one.by.id === world.bot.id);
  if (added && at === -1) world.reactions.push({ id: world.nextId(), on, by: world.bot, content });
  if (!added && at === -1) throw new GraphError('UNPROCESSABLE', 'Could not remove the reaction');
  if (!added) world.reactions.splice(at, 1);
  return thing('ReactionPayload', { reaction: () => thing('Reaction', { content: () => name }) });
}
