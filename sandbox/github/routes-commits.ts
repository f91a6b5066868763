import { z } from 'zod';
import { get, notFound, page, post, refusal } from './route.ts';
import type { Answer, Request, Route } from './route.ts';
import { textProblem } from './routes-comments.ts';
import { remarkJson } from './shapes.ts';
import type { Speech } from './speech.ts';
import { addRemark, editRemark } from './talk.ts';
import type { Remark, World } from './world.ts';

const ONE = '/repos/:o/:r/comments/:id';
const ALL = '/repos/:o/:r/commits/:sha/comments';

/** Commits, and what is said about them. */
export function commitRoutes(world: World, speech: Speech): readonly Route[] {
  const writing = { writes: true } as const;
  return [
    get('/repos/:o/:r/commits/:sha', ({ params }) =>
      isCommit(world, params['sha']) ? { status: 200, body: { sha: params['sha'] } } : notFound(),
    ),
    get(ALL, (request) => {
      const { sha } = request.params;
      const found = [...world.remarks.values()].filter(({ on }) => on.kind === 'commit' && on.sha === sha);
      return page(
        found.map((one) => remarkJson(world, one)),
        request,
      );
    }),
    { ...post(ALL, (request) => create(world, speech, request)), ...writing },
    get(ONE, (request) => withOne(world, request, (one) => ({ status: 200, body: remarkJson(world, one) }))),
    {
      ...post(ONE, (request) => withOne(world, request, (one) => change(world, one, request))),
      ...writing,
      method: 'PATCH',
    },
    {
      ...post(ONE, (request) =>
        withOne(world, request, (one) => {
          world.remarks.delete(one.id);
          return { status: 204, about: String(one.id) };
        }),
      ),
      method: 'DELETE',
    },
  ];
}

export const isCommit = ({ git, head }: World, sha: string | undefined): boolean =>
  sha === git.head.sha || sha === git.base.sha || sha === head;

function withOne(world: World, { params }: Request, use: (remark: Remark) => Answer): Answer {
  const remark = world.remarks.get(Number(params['id']));
  return remark?.on.kind === 'commit' ? use(remark) : notFound();
}

const BODY = z.object({ body: z.string(), path: z.string().optional(), position: z.int().positive().optional() });

function create(world: World, speech: Speech, { params, body }: Request): Answer {
  const sha = params['sha'] ?? '';
  if (!isCommit(world, sha)) return refusal(422, `No commit found for SHA: ${sha}`);
  const read = BODY.safeParse(body);
  if (!read.success) return refusal(422, 'Invalid request.\n\n"body" wasn\'t supplied.');
  const { path, position } = read.data;
  const problem = textProblem(read.data.body);
  if (problem !== undefined) return problem;
  const on = { kind: 'commit', sha, path, position, line: undefined } as const;
  const remark = addRemark(world, { author: world.bot, body: read.data.body, on });
  void speech.remark('created', remark);
  return { status: 201, body: remarkJson(world, remark), about: String(remark.id) };
}

function change(world: World, remark: Remark, { body }: Request): Answer {
  const read = BODY.safeParse(body);
  if (!read.success) return refusal(422, 'Invalid request.\n\n"body" wasn\'t supplied.');
  const problem = textProblem(read.data.body);
  if (problem !== undefined) return problem;
  editRemark(remark, read.data.body);
  return { status: 200, body: remarkJson(world, remark), about: String(remark.id) };
}
