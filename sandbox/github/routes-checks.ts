import { z } from 'zod';
import { get, notFound, post, refusal } from './route.ts';
import type { Answer, Request, Route } from './route.ts';
import { checkRunJson } from './shapes.ts';
import type { CheckRun, World } from './world.ts';

export function checkRoutes(world: World): readonly Route[] {
  const allowed = (handle: Route['handle']): Route['handle'] => {
    return (request) => (world.may.checks ? handle(request) : refusal(403, 'Resource not accessible by integration'));
  };
  return [
    get('/repos/:o/:r/commits/:sha/check-runs', (request) => list(world, request)),
    post(
      '/repos/:o/:r/check-runs',
      allowed((request) => create(world, request)),
    ),
    {
      ...post(
        '/repos/:o/:r/check-runs/:id',
        allowed((request) => update(world, request)),
      ),
      method: 'PATCH',
    },
  ];
}

const OUTPUT = z.object({
  title: z.string(),
  summary: z.string().max(65_535),
  text: z.string().max(65_535).optional(),
  annotations: z.array(z.unknown()).max(50).optional(),
});
/** docs: REST, Checks: three actions at most, labels of 20 letters, descriptions of 40, identifiers of 20. */
const ACTIONS = z
  .array(
    z.object({
      label: z.string().min(1).max(20),
      description: z.string().min(1).max(40),
      identifier: z.string().min(1).max(20),
    }),
  )
  .max(3);
const CHECK_RUN = z.looseObject({
  name: z.string(),
  head_sha: z.string(),
  status: z.enum(['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending']).optional(),
  conclusion: z
    .enum(['action_required', 'cancelled', 'failure', 'neutral', 'success', 'skipped', 'stale', 'timed_out'])
    .optional(),
  external_id: z.string().optional(),
  output: OUTPUT.optional(),
  actions: ACTIONS.optional(),
});

const invalid = (error: z.ZodError): Answer =>
  refusal(422, `Invalid request.\n\n${error.issues[0]?.path.join('.') ?? ''}`);

function create(world: World, { body }: Request): Answer {
  const read = CHECK_RUN.safeParse(body);
  if (!read.success) return invalid(read.error);
  const run: CheckRun = { id: world.nextId(), headSha: read.data.head_sha, fields: { status: 'queued', ...read.data } };
  world.checkRuns.set(run.id, run);
  return { status: 201, body: checkRunJson(world, run), about: String(run.id) };
}

function update(world: World, { params, body }: Request): Answer {
  const run = world.checkRuns.get(Number(params['id']));
  const read = CHECK_RUN.partial().safeParse(body);
  if (run === undefined) return notFound();
  if (!read.success) return invalid(read.error);
  // A conclusion completes the run, as GitHub does by itself.
  const status = 'conclusion' in read.data ? { status: 'completed' } : {};
  const changed: CheckRun = { ...run, fields: { ...run.fields, ...read.data, ...status } };
  world.checkRuns.set(run.id, changed);
  return { status: 200, body: checkRunJson(world, changed), about: String(run.id) };
}

/** The newest of each name unless all are asked for. */
function list(world: World, { params, query }: Request): Answer {
  const named = query.get('check_name');
  const found = [...world.checkRuns.values()]
    .filter(({ headSha, fields }) => headSha === params['sha'] && (named === null || fields['name'] === named))
    .toReversed();
  const latest = found.filter(
    (run, index) => found.findIndex((one) => one.fields['name'] === run.fields['name']) === index,
  );
  const runs = query.get('filter') === 'all' ? found : latest;
  return {
    status: 200,
    body: { total_count: runs.length, check_runs: runs.map((run) => checkRunJson(world, run)) },
  };
}
