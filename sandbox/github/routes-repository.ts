import { z } from 'zod';
import { get, notFound, page, post, refusal, unprocessable } from './route.ts';
import type { Answer, Request, Route } from './route.ts';
import { checkRoutes } from './routes-checks.ts';
import { isHere, spotOf, textProblem } from './routes-comments.ts';
import { commitRoutes } from './routes-commits.ts';
import { reactionRoutes } from './routes-reactions.ts';
import { issueJson, pullJson, repositoryJson, reviewJson, userJson } from './shapes.ts';
import type { Speech } from './speech.ts';
import { addComment, addIssue, wholeSecond } from './world.ts';
import type { Issue, Review, ReviewSpot, World } from './world.ts';

/** The repository, its issues and its pull request, and what the app may hang on them beside comments. */
export function repositoryRoutes(world: World, speech: Speech): readonly Route[] {
  const routes: readonly Route[] = [
    get('/repos/:o/:r', () => ({ status: 200, body: repositoryJson(world) })),
    get('/repos/:o/:r/issues/:n', ({ params }) =>
      one(world.issues.get(Number(params['n'])), (i) => issueJson(world, i)),
    ),
    get('/repos/:o/:r/pulls/:n', (request) => pull(world, request)),
    get('/repos/:o/:r/pulls/:n/files', (request) =>
      pullOf(world, request) === undefined ? notFound() : page(world.git.files, request),
    ),
    get('/repos/:o/:r/contents', (request) => contents(world, request)),
    get('/repos/:o/:r/contents/*', (request) => contents(world, request)),
    get('/repos/:o/:r/collaborators/:user/permission', ({ params }) => {
      const user = world.people.get(params['user'] ?? '');
      return one(user, (user) => ({ permission: 'write', role_name: 'write', user: userJson(world, user) }));
    }),
    get('/repos/:o/:r/pulls/:n/reviews', (request) =>
      page(
        [...world.reviews.values()].map((review) => reviewJson(world, review, 'rest')),
        request,
      ),
    ),
    post('/repos/:o/:r/pulls/:n/reviews', (request) => createReview(world, speech, request)),
    ...reactionRoutes(world),
    ...checkRoutes(world),
    ...commitRoutes(world, speech),
    get('/repos/:o/:r/issues', (request) => issues(world, request)),
    post('/repos/:o/:r/issues', (request) => openIssue(world, speech, request)),
  ];
  return routes.map((route) => ({
    ...route,
    handle: (request) => (isHere(world, request) ? route.handle(request) : notFound()),
  }));
}

/** Those that somebody opened, the newest first. Pull requests are issues, too. */
function issues(world: World, request: Request): Answer {
  const creator = request.query.get('creator');
  const found = [...world.issues.values()].filter(({ author }) => creator === null || author.login === creator);
  return page(
    found.toReversed().map((issue) => issueJson(world, issue)),
    request,
  );
}

const ISSUE = z.object({ title: z.string().min(1), body: z.string().default('') });

function openIssue(world: World, speech: Speech, { body }: Request): Answer {
  const read = ISSUE.safeParse(body);
  if (!read.success) return unprocessable("title can't be blank", 'title');
  const issue = addIssue(world, { ...read.data, author: world.bot, isPull: false });
  void speech.issue('opened', issue);
  return { status: 201, body: issueJson(world, issue), about: String(issue.number) };
}

function one<Item>(item: Item | undefined, json: (item: Item) => object): Answer {
  return item === undefined ? notFound() : { status: 200, body: json(item) };
}

function pullOf(world: World, { params }: Request): Issue | undefined {
  const issue = world.issues.get(Number(params['n']));
  return issue?.isPull === true ? issue : undefined;
}

function pull(world: World, request: Request): Answer {
  const issue = pullOf(world, request);
  if (issue === undefined) return notFound();
  if (/application\/vnd\.github(\.v3)?\.diff/.test(request.accept)) return { status: 200, body: world.git.diff };
  return { status: 200, body: pullJson(world, issue) };
}

async function contents(world: World, { params, query, accept }: Request): Promise<Answer> {
  const path = decodeURIComponent(params['*'] ?? '');
  const ref = query.get('ref') ?? world.git.base.ref;
  const entries = await world.git.list(ref, path);
  if (entries !== undefined)
    return {
      status: 200,
      body: entries.map(({ type, name }) => ({ type, name, path: path === '' ? name : `${path}/${name}` })),
    };
  const text = await world.git.show(ref, path);
  if (text === undefined) return notFound();
  if (/vnd\.github(\.v3)?\.raw/.test(accept)) return { status: 200, body: text };
  const content = Buffer.from(text).toString('base64');
  return { status: 200, body: { type: 'file', encoding: 'base64', path, size: Buffer.byteLength(text), content } };
}

const REVIEW = z.object({
  body: z.string().default(''),
  event: z.enum(['COMMENT', 'APPROVE', 'REQUEST_CHANGES']),
  comments: z.array(z.unknown()).default([]),
});

/** All or nothing: one bad anchor refuses the whole review. */
function createReview(world: World, speech: Speech, request: Request): Answer {
  const issue = pullOf(world, request);
  if (issue === undefined) return notFound();
  const id = world.nextId();
  const read = readReview(world, request.body, id);
  if ('status' in read) return read;
  const shared = { number: issue.number, author: world.bot };
  const review: Review = { ...shared, id, body: read.body, state: read.state, submittedAt: wholeSecond() };
  world.reviews.set(id, review);
  for (const placed of read.placed) void speech.comment('created', addComment(world, { ...shared, ...placed }));
  void speech.review(review);
  return { status: 200, body: reviewJson(world, review, 'rest'), about: String(id) };
}

const STATES = { COMMENT: 'COMMENTED', APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED' } as const;

type Placed = { readonly body: string; readonly spot: ReviewSpot };
type ReadReview = Pick<Review, 'body' | 'state'> & { readonly placed: readonly Placed[] };

function readReview(world: World, given: unknown, id: number): ReadReview | Answer {
  const read = REVIEW.safeParse(given);
  if (!read.success)
    return refusal(422, 'Invalid request: the stand-in keeps no pending reviews, so `event` is needed');
  const { body, event, comments } = read.data;
  const problem = body === '' && comments.length > 0 ? undefined : textProblem(body);
  if (problem !== undefined) return problem;
  const placed: Placed[] = [];
  for (const comment of comments) {
    const spot = spotOf(world, comment, id);
    if ('status' in spot) return spot;
    placed.push(spot);
  }
  return { body, state: STATES[event], placed };
}
