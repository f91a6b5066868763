import { setTimeout as sleep } from 'node:timers/promises';
import { failed } from './errors.ts';
import type { Failed } from './errors.ts';
import { isSighted, withoutImages } from './images.ts';
import type { Hear, ModelEvent, ModelFault, ModelRequest, Provider } from './provider.ts';

/** Where a request can go: a server, and the model's name there. */
export type Target = { readonly provider: Provider; readonly model: string };

/**
 * What a consumer of a route sees. After `reset` everything said so far is void and the answer begins anew; `usage` comes
 * once per attempt, and all of them have to be paid.
 */
export type RouteEvent = ModelEvent | { readonly kind: 'reset'; readonly after: ModelFault };

export type RouteRequest = Omit<ModelRequest, 'model'>;

export type Route = {
  /** One of its targets is shown images. */
  readonly sees?: boolean;
  /** By the first of its targets that can. */
  readonly hear?: Hear;
  readonly stream: (request: RouteRequest, signal: AbortSignal) => AsyncIterable<RouteEvent>;
};

export type RouteOptions = {
  /** Tried in this order. */
  readonly targets: readonly [Target, ...Target[]];
  /** Milliseconds for all attempts together, the waits between them included. */
  readonly totalMs: number;
};

/** A longer wait is worse for the asking person than an honest error. */
const LONGEST_WAIT_MS = 5000;
/** Before a second attempt that nobody named a time for; up to half of it is added, so that many do not come at once. */
const USUAL_WAIT_MS = 500;

/** What a fault allows: the same target once more, the next one, or nothing. */
const AFTER: Readonly<Record<ModelFault, 'again' | 'next' | 'stop'>> = {
  rate: 'again',
  server: 'again',
  connection: 'again',
  stall: 'next',
  garbage: 'next',
  context: 'next',
  auth: 'next',
  policy: 'stop',
  'bad-request': 'stop',
  aborted: 'stop',
};

/**
 * What a server says that takes no images, or not these: too many pixels, a broken file, a model that does not see. An answer
 * to the words alone is better than none.
 */
const REFUSED_IMAGES: ReadonlySet<ModelFault> = new Set(['bad-request', 'context']);

/**
 * Sends a request to the first target that answers it whole. A posted message can be edited, so an attempt that fails in
 * mid-stream is started over from the beginning. Ends, as every stream, with one `done` or `failed` and never throws.
 */
export function openRoute(options: RouteOptions): Route {
  const providers = options.targets.map((target) => target.provider);
  const hear = providers.find((provider) => provider.hear !== undefined)?.hear;
  return {
    sees: providers.some((provider) => provider.sees),
    ...(hear && { hear }),
    stream: (request, signal) => run(options, request, signal),
  };
}

async function* run(options: RouteOptions, request: RouteRequest, signal: AbortSignal): AsyncGenerator<RouteEvent> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), options.totalMs);
  const by = { options, signal, deadline: deadline.signal, until: performance.now() + options.totalMs };
  try {
    yield* attempts(by, request);
  } finally {
    clearTimeout(timer);
  }
}

type By = {
  readonly options: RouteOptions;
  /** The caller's. */
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
  readonly until: number;
};

async function* attempts(by: By, request: RouteRequest): AsyncGenerator<RouteEvent> {
  const { targets } = by.options;
  const both = AbortSignal.any([by.signal, by.deadline]);
  let blind = !isSighted(request.messages);
  for (let index = 0, tried = 0; ;) {
    const target: Target = targets[index] ?? targets[0];
    const shows = !blind && target.provider.sees;
    const messages = shows ? request.messages : withoutImages(request.messages);
    const outcome: Outcome = { spoke: false, end: undefined };
    yield* pass(target.provider.stream({ ...request, messages, model: target.model }, both), outcome);
    if (outcome.end === undefined) return;
    const end = honest(outcome.end, by);
    if (shows && !outcome.spoke && REFUSED_IMAGES.has(end.fault)) {
      blind = true;
      continue;
    }
    const next = nextAttempt(targets.length, { index, tried }, end, by.until - performance.now());
    if (next === undefined || !(await waited(next.waitMs, both))) {
      yield lastOf(end, by);
      return;
    }
    if (outcome.spoke) yield { kind: 'reset', after: end.fault };
    ({ index, tried } = next);
  }
}

const lastOf = (end: Failed, { signal }: By): Failed =>
  signal.aborted ? failed('aborted', 'ended before the next attempt') : end;

type Outcome = { spoke: boolean; end: Failed | undefined };

/** Hands events on, all but the failure, which is the route's to judge. */
async function* pass(events: AsyncIterable<ModelEvent>, outcome: Outcome): AsyncGenerator<RouteEvent> {
  for await (const event of events) {
    if (event.kind === 'failed') {
      outcome.end = event;
      return;
    }
    if (event.kind === 'text') outcome.spoke = true;
    yield event;
  }
}

/** Our own deadline looks like an abort from below. */
function honest(end: Failed, { signal, deadline, options }: By): Failed {
  const late = end.fault === 'aborted' && deadline.aborted && !signal.aborted;
  return late ? failed('stall', `no whole answer within ${options.totalMs} ms`) : end;
}

type Next = { readonly index: number; readonly tried: number; readonly waitMs: number };

function nextAttempt(
  targets: number,
  { index, tried }: { index: number; tried: number },
  { fault, retryInMs }: Failed,
  leftMs: number,
): Next | undefined {
  const allowed = AFTER[fault];
  if (allowed === 'stop') return undefined;
  const waitMs = retryInMs ?? USUAL_WAIT_MS * (1 + Math.random() / 2);
  if (allowed === 'again' && tried === 0 && waitMs <= Math.min(LONGEST_WAIT_MS, leftMs))
    return { index, tried: 1, waitMs };
  return index + 1 < targets && leftMs > 0 ? { index: index + 1, tried: 0, waitMs: 0 } : undefined;
}

/** Whether the wait went to its end. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return ms === 0 || sleep(ms, true, { signal }).catch(() => false);
}
