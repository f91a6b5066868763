import { z } from 'zod';
import { get, notFound, page, post, unprocessable } from './route.ts';
import type { Answer, Request, Route } from './route.ts';
import { userJson } from './shapes.ts';
import type { Reaction, World } from './world.ts';

/** What a path's parameters are about; undefined when there is no such thing. */
type About = (world: World, request: Request) => string | undefined;

const ON: readonly (readonly [pattern: string, about: About])[] = [
  [
    '/repos/:o/:r/issues/:n/reactions',
    ({ issues }, { params }) => (issues.has(Number(params['n'])) ? `issue ${params['n']}` : undefined),
  ],
  ['/repos/:o/:r/issues/comments/:id/reactions', (world, request) => commentOf(world, request, false)],
  ['/repos/:o/:r/pulls/comments/:id/reactions', (world, request) => commentOf(world, request, true)],
  [
    '/repos/:o/:r/comments/:id/reactions',
    ({ remarks }, { params }) =>
      remarks.get(Number(params['id']))?.on.kind === 'commit' ? `comment ${params['id']}` : undefined,
  ],
];

function commentOf({ comments }: World, { params }: Request, review: boolean): string | undefined {
  const comment = comments.get(Number(params['id']));
  return comment !== undefined && (comment.spot !== undefined) === review ? `comment ${comment.id}` : undefined;
}

export function reactionRoutes(world: World): readonly Route[] {
  return ON.flatMap(([pattern, about]) => [
    get(pattern, (request) => list(world, request, about(world, request))),
    post(pattern, (request) => add(world, request, about(world, request))),
    {
      ...post(`${pattern}/:reaction`, (request) => remove(world, request, about(world, request))),
      method: 'DELETE' as const,
    },
  ]);
}

const REACTION = z.object({
  content: z.enum(['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']),
});

/** 201 for a new reaction, 200 for one that was there. */
function add(world: World, request: Request, on: string | undefined): Answer {
  if (on === undefined) return notFound();
  const read = REACTION.safeParse(request.body);
  if (!read.success) return unprocessable('content is not included in the list', 'content');
  const { content } = read.data;
  const there = world.reactions.find((r) => r.on === on && r.content === content && r.by.id === world.bot.id);
  const reaction = there ?? { id: world.nextId(), on, by: world.bot, content };
  if (there === undefined) world.reactions.push(reaction);
  return { status: there === undefined ? 201 : 200, body: json(world, reaction), about: `${on} ${content}` };
}

function list(world: World, request: Request, on: string | undefined): Answer {
  if (on === undefined) return notFound();
  const content = request.query.get('content');
  const found = world.reactions.filter((one) => one.on === on && (content === null || one.content === content));
  return page(
    found.map((one) => json(world, one)),
    request,
  );
}

/** An app may take away its own only. */
function remove(world: World, { params }: Request, on: string | undefined): Answer {
  const at = world.reactions.findIndex(
    (one) => one.on === on && String(one.id) === params['reaction'] && one.by.id === world.bot.id,
  );
  if (on === undefined || at === -1) return notFound();
  world.reactions.splice(at, 1);
  return { status: 204, about: on };
}

const json = (world: World, { id, content, by }: Reaction): object => ({ id, content, user: userJson(world, by) });
