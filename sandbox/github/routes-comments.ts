import { z } from 'zod';
import { anchorProblem, hunkOf } from './anchor.ts';
import type { Anchor } from './anchor.ts';
import { notFound, page, refusal, unprocessable } from './route.ts';
import type { Answer, Request, Route } from './route.ts';
import { commentJson } from './shapes.ts';
import type { Speech } from './speech.ts';
import { addComment, editComment, removeComment, threadOf } from './world.ts';
import type { Comment, ReviewSpot, World } from './world.ts';

/** GitHub's limit of a body, in characters. */
const MOST = 65_536;
const TEXT = z.object({ body: z.string() });

/** Comments of both kinds as the app writes and reads them; what it writes is delivered back to it, as GitHub does. */
export function commentRoutes(world: World, speech: Speech): readonly Route[] {
  const write = (number: number, body: string, spot: ReviewSpot | undefined): Answer => {
    const comment = addComment(world, { number, author: world.bot, body, spot });
    void speech.comment('created', comment);
    const about = `${threadOf(world, number, spot?.root)} ${comment.id}`;
    return { status: 201, body: commentJson(world, comment), about };
  };
  return [
    {
      method: 'POST',
      pattern: '/repos/:o/:r/issues/:n/comments',
      auth: 'installation',
      writes: true,
      handle(request) {
        const text = textOf(request);
        if (typeof text !== 'string') return text;
        const number = Number(request.params['n']);
        return isHere(world, request) && world.issues.has(number) ? write(number, text, undefined) : notFound();
      },
    },
    {
      method: 'POST',
      pattern: '/repos/:o/:r/pulls/:n/comments/:id/replies',
      auth: 'installation',
      writes: true,
      handle(request) {
        const text = textOf(request);
        if (typeof text !== 'string') return text;
        const root = commentOf(world, request, 'review');
        if (root?.spot === undefined || String(root.number) !== request.params['n']) return notFound();
        if (root.spot.root !== undefined)
          return unprocessable('in_reply_to_id must be a top-level comment', 'in_reply_to');
        return write(root.number, text, { ...root.spot, root: root.id });
      },
    },
    {
      method: 'POST',
      pattern: '/repos/:o/:r/pulls/:n/comments',
      auth: 'installation',
      writes: true,
      handle(request) {
        const number = Number(request.params['n']);
        if (!isHere(world, request) || world.issues.get(number)?.isPull !== true) return notFound();
        const made = spotOf(world, request.body);
        return 'status' in made ? made : write(number, made.body, made.spot);
      },
    },
    { method: 'GET', pattern: '/repos/:o/:r/issues/:n/comments', ...list(world, 'issue') },
    { method: 'GET', pattern: '/repos/:o/:r/pulls/:n/comments', ...list(world, 'review') },
    ...single(world, speech, 'issue'),
    ...single(world, speech, 'review'),
  ];
}

type Kind = 'issue' | 'review';

const FOLDER = { issue: 'issues', review: 'pulls' } as const;

/** Read, change and delete one comment. */
function single(world: World, speech: Speech, kind: Kind): readonly Route[] {
  const pattern = `/repos/:o/:r/${FOLDER[kind]}/comments/:id`;
  return [
    {
      method: 'GET',
      pattern,
      auth: 'installation',
      handle(request) {
        const comment = commentOf(world, request, kind);
        return comment === undefined ? notFound() : { status: 200, body: commentJson(world, comment) };
      },
    },
    {
      method: 'PATCH',
      pattern,
      auth: 'installation',
      writes: true,
      handle(request) {
        const text = textOf(request);
        if (typeof text !== 'string') return text;
        const comment = commentOf(world, request, kind);
        if (comment === undefined) return notFound();
        const before = comment.body;
        editComment(comment, text);
        void speech.comment('edited', comment, before);
        return { status: 200, body: commentJson(world, comment), about: String(comment.id) };
      },
    },
    {
      method: 'DELETE',
      pattern,
      auth: 'installation',
      handle(request) {
        const comment = commentOf(world, request, kind);
        if (comment === undefined) return notFound();
        removeComment(world, comment);
        void speech.comment('deleted', comment);
        return { status: 204, about: String(comment.id) };
      },
    },
  ];
}

/** Issue comments come oldest first always; review comments take `sort` and `direction`. Both take `since`. */
function list(world: World, kind: Kind): Pick<Route, 'auth' | 'handle'> {
  return {
    auth: 'installation',
    handle(request) {
      const { params, query } = request;
      const number = Number(params['n']);
      if (!isHere(world, request) || !world.issues.has(number)) return notFound();
      const since = Date.parse(query.get('since') ?? '') || 0;
      const found = [...world.comments.values()].filter(
        (comment) => comment.number === number && isKind(comment, kind) && comment.updatedAt.getTime() >= since,
      );
      const newestFirst = kind === 'review' && query.has('sort') && query.get('direction') === 'desc';
      const ordered = newestFirst ? found.toReversed() : found;
      return page(
        ordered.map((comment) => commentJson(world, comment)),
        request,
      );
    },
  };
}

const isKind = (comment: Comment, kind: Kind): boolean => (comment.spot !== undefined) === (kind === 'review');

export function isHere(world: World, { params }: Request): boolean {
  const same = (given: string | undefined, own: string): boolean => given?.toLowerCase() === own.toLowerCase();
  return world.installation.active && same(params['o'], world.owner.login) && same(params['r'], world.repo.name);
}

function commentOf(world: World, request: Request, kind: Kind): Comment | undefined {
  const comment = world.comments.get(Number(request.params['id']));
  return comment !== undefined && isKind(comment, kind) && isHere(world, request) ? comment : undefined;
}

/** The body's text, or GitHub's refusal of it. */
function textOf(request: Request): string | Answer {
  const read = TEXT.safeParse(request.body);
  if (!read.success) return refusal(422, 'Invalid request.\n\n"body" wasn\'t supplied.');
  return textProblem(read.data.body) ?? read.data.body;
}

export function textProblem(text: string): Answer | undefined {
  if (text.trim() === '') return unprocessable('Body cannot be blank');
  return Array.from(text).length > MOST ? unprocessable(`Body is too long (maximum is ${MOST} characters)`) : undefined;
}

const PLACED = z.object({
  body: z.string(),
  path: z.string(),
  commit_id: z.string().optional(),
  line: z.int().optional(),
  start_line: z.int().optional(),
  side: z.enum(['LEFT', 'RIGHT']).default('RIGHT'),
  subject_type: z.enum(['line', 'file']).default('line'),
});

/** Where a new review comment goes, or GitHub's refusal of it. */
export function spotOf(world: World, given: unknown, review?: number): { body: string; spot: ReviewSpot } | Answer {
  const read = PLACED.safeParse(given);
  if (!read.success) return refusal(422, `Invalid request.\n\n${read.error.issues[0]?.path.join('.') ?? ''}`);
  const { body, path, commit_id, line, start_line, side, subject_type } = read.data;
  const { files, head } = world.git;
  if (line === undefined && subject_type === 'line') return unprocessable('line must be given', 'line');
  const anchor: Anchor = { path, line, startLine: start_line, side };
  const problem = anchorProblem(files, anchor);
  if (problem !== undefined) return unprocessable(problem, 'pull_request_review_thread');
  const spot = { ...anchor, commit: commit_id ?? head.sha, hunk: hunkOf(files, anchor) };
  return textProblem(body) ?? { body, spot: { ...spot, root: undefined, review: review ?? world.nextId() } };
}
