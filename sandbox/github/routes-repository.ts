import { z } from 'zod';
import { notFound, page, refusal, unprocessable } from './route.ts';
import type { Answer, Request, Route } from './route.ts';
import { isHere, spotOf, textProblem } from './routes-comments.ts';
import { checkRunJson, issueJson, pullJson, repositoryJson, reviewJson, userJson } from './shapes.ts';
import type { Speech } from './speech.ts';
import { addComment, wholeSecond } from './world.ts';
import type { CheckRun, Issue, Review, ReviewSpot, World } from './world.ts';

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
    post('/repos/:o/:r/issues/:n/reactions', (request) =>
      react(world, request, world.issues.has(Number(request.params['n'])) ? `issue ${request.params['n']}` : undefined),
    ),
    ...['issues', 'pulls'].map((folder) =>
      post(`/repos/:o/:r/${folder}/comments/:id/reactions`, (request) => {
        const comment = world.comments.get(Number(request.params['id']));
        const kind = comment?.spot === undefined ? 'issues' : 'pulls';
        return react(world, request, comment && kind === folder ? `comment ${comment.id}` : undefined);
      }),
    ),
    post('/repos/:o/:r/check-runs', (request) => createCheckRun(world, request)),
    { ...post('/repos/:o/:r/check-runs/:id', (request) => updateCheckRun(world, request)), method: 'PATCH' },
  ];
  return routes.map((route) => ({
    ...route,
    handle: (request) => (isHere(world, request) ? route.handle(request) : notFound()),
  }));
}

function get(pattern: string, handle: Route['handle']): Route {
  return { method: 'GET', pattern, auth: 'installation', handle };
}

function post(pattern: string, handle: Route['handle']): Route {
  return { method: 'POST', pattern, auth: 'installation', handle };
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
  const path = params['*'] ?? '';
  const text = await world.git.show(query.get('ref') ?? world.git.base.ref, decodeURIComponent(path));
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

const REACTION = z.object({
  content: z.enum(['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']),
});

/** 201 for a new reaction, 200 for one that was there. */
function react(world: World, request: Request, on: string | undefined): Answer {
  if (on === undefined) return notFound();
  const read = REACTION.safeParse(request.body);
  if (!read.success) return unprocessable('content is not included in the list', 'content');
  const { content } = read.data;
  const there = world.reactions.find((r) => r.on === on && r.content === content && r.by.id === world.bot.id);
  const reaction = there ?? { id: world.nextId(), on, by: world.bot, content };
  if (there === undefined) world.reactions.push(reaction);
  const body = { id: reaction.id, content, user: userJson(world, world.bot) };
  return { status: there === undefined ? 201 : 200, body, about: `${on} ${content}` };
}

const OUTPUT = z.object({
  title: z.string(),
  summary: z.string().max(65_535),
  text: z.string().max(65_535).optional(),
  annotations: z.array(z.unknown()).max(50).optional(),
});
const CHECK_RUN = z.looseObject({ name: z.string(), head_sha: z.string(), output: OUTPUT.optional() });

function createCheckRun(world: World, { body }: Request): Answer {
  const read = CHECK_RUN.safeParse(body);
  if (!read.success) return refusal(422, `Invalid request.\n\n${read.error.issues[0]?.path.join('.') ?? ''}`);
  const run: CheckRun = { id: world.nextId(), headSha: read.data.head_sha, fields: { status: 'queued', ...read.data } };
  world.checkRuns.set(run.id, run);
  return { status: 201, body: checkRunJson(world, run), about: String(run.id) };
}

function updateCheckRun(world: World, { params, body }: Request): Answer {
  const run = world.checkRuns.get(Number(params['id']));
  const read = CHECK_RUN.partial().safeParse(body);
  if (run === undefined) return notFound();
  if (!read.success) return refusal(422, `Invalid request.\n\n${read.error.issues[0]?.path.join('.') ?? ''}`);
  // A conclusion completes the run, as GitHub does by itself.
  const status = 'conclusion' in read.data ? { status: 'completed' } : {};
  const changed: CheckRun = { ...run, fields: { ...run.fields, ...read.data, ...status } };
  world.checkRuns.set(run.id, changed);
  return { status: 200, body: checkRunJson(world, changed), about: String(run.id) };
}
