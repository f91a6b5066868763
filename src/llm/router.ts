import { systemClock, type Clock } from '../observe/clock.ts';
import { attempt, begun, type Outcome } from './attempt.ts';
import type { Breakers, BreakerState } from './breaker.ts';
import { choose, type Choice, type Picked } from './choose.ts';
import { failed, type Failed } from './errors.ts';
import { withoutImages } from './images.ts';
import { begin, dollarsOf, goOn, reportOf, type Journey } from './journey.ts';
import { openLatencies, type Latencies } from './latency.ts';
import { outputTokensOf } from './obstacles.ts';
import type { ModelRequest } from './provider.ts';
import type { RouteRequest, RouterEvent } from './route-request.ts';
import { keyOf, type Target } from './target.ts';
import { estimateTokens } from './tokens.ts';

export type Router = {
  /**
   * Sends a request to the best target that answers it whole. A posted message can be edited, so an attempt that fails in
   * mid-stream is started over from the beginning. Ends, as every stream, with one `done` or `failed` and never throws.
   * @param targets in the organization's order.
   */
  readonly stream: (
    targets: readonly Target[],
    request: RouteRequest,
    signal: AbortSignal,
  ) => AsyncIterable<RouterEvent>;
};

export type RouterOptions = {
  readonly breakers: Breakers;
  /** Milliseconds for all attempts of a request together, the waits between them included. */
  readonly totalMs: number;
  readonly clock?: Clock;
};

/** What one request has with it. */
type By = {
  readonly options: RouterOptions;
  readonly clock: Clock;
  readonly latencies: Latencies;
  readonly targets: readonly Target[];
  readonly request: RouteRequest;
  readonly inputTokens: number;
  /** The caller's. */
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
  /** Either of them. */
  readonly both: AbortSignal;
  readonly totalMs: number;
  readonly until: number;
};

export function openRouter(options: RouterOptions): Router {
  const { clock = systemClock } = options;
  const latencies = openLatencies(clock.now);
  return {
    async *stream(targets, request, signal) {
      const totalMs = Math.min(options.totalMs, request.mostMs ?? Infinity);
      const controller = new AbortController();
      const deadline = controller.signal;
      const both = AbortSignal.any([signal, deadline]);
      const until = clock.now() + totalMs;
      const inputTokens = estimateTokens(request);
      const by = { options, clock, latencies, targets, request, inputTokens, signal, deadline, both, totalMs, until };
      const stop = clock.after(totalMs, () => controller.abort());
      try {
        yield* attempts(by);
      } finally {
        stop();
      }
    },
  };
}

async function* attempts(by: By): AsyncGenerator<RouterEvent> {
  const { request, clock } = by;
  const journey = begin();
  let end: Failed | undefined;
  for (let waitMs: number | undefined = 0; waitMs !== undefined && (await waited(by, waitMs));) {
    const choice = await pick(by, journey);
    if (choice.picked === undefined) {
      end ??= nothingFits(choice);
      break;
    }
    const { target } = choice.picked;
    if (journey.void && end !== undefined) yield { kind: 'reset', after: end.fault };
    journey.void = false;
    yield chosen(target, journey, choice);
    const outcome = begun();
    yield* tryOnce(by, journey, choice.picked, outcome);
    end = outcome.end;
    if (end === undefined) return;
    const leftMs = by.until - clock.now();
    waitMs = goOn(journey, { target, request, end, outcome }, { leftMs, random: clock.random });
  }
  yield lastOf(by, end);
}

function lastOf({ signal }: By, end: Failed | undefined): Failed {
  const ended = end === undefined || (signal.aborted && end.fault !== 'aborted');
  return ended ? failed('aborted', 'ended before the next attempt') : end;
}

function nothingFits({ considered, tooLong }: Choice): Failed {
  if (considered.length === 0) return failed('unroutable', 'no model is set up: add one');
  const why = considered.map(({ target, reason }) => `${target}: ${reason}`).join('; ');
  return tooLong
    ? failed('context', `the conversation is too long for every model. ${why}`)
    : failed('unroutable', `no model may take this: change a model’s settings, or what is asked of it. ${why}`);
}

function chosen(target: Target, journey: Journey, { considered }: Choice): RouterEvent {
  journey.attempt += 1;
  journey.tried = journey.again?.key === keyOf(target) ? journey.tried + 1 : 1;
  const { name, provider, model } = target;
  return { kind: 'chosen', target: name, provider: provider.name, model, attempt: journey.attempt, considered };
}

/** The target of the next attempt. Where one is to be tried out, whoever asks first does; the others look further. */
async function pick(by: By, journey: Journey): Promise<Choice> {
  const { targets, request, inputTokens, latencies } = by;
  const { breakers } = by.options;
  const states = await readBreakers(by);
  for (;;) {
    const facts = { ...journey, request, inputTokens, breakers: states, now: breakers.now(), latencyOf: latencies.of };
    const choice = choose(targets, facts);
    const { picked } = choice;
    if (picked === undefined || picked.verdict === 'closed') return choice;
    const key = keyOf(picked.target);
    if (picked.verdict !== 'half-open') {
      journey.triedOpen = true;
      return choice;
    }
    if (await breakers.probe(key).catch(() => true)) return choice;
    journey.probedByOthers.add(key);
  }
}

/** Without what others know it is better to try than to refuse. */
async function readBreakers({ targets, options }: By): Promise<Readonly<Record<string, BreakerState>>> {
  return options.breakers.read(targets.map(keyOf)).catch(() => ({}));
}

async function* tryOnce(by: By, journey: Journey, { target }: Picked, outcome: Outcome): AsyncGenerator<RouterEvent> {
  const { clock, options, latencies } = by;
  const key = keyOf(target);
  const began = clock.now();
  try {
    yield* attempt(target, requestFor(target, by.request, journey.blind.has(key)), by.both, {
      outcome,
      now: clock.now,
    });
  } finally {
    const late = by.deadline.aborted && !by.signal.aborted && outcome.end?.fault === 'aborted';
    if (late) outcome.end = failed('stall', `no whole answer within ${by.totalMs} ms`);
    // Who was silent for so long is at least as slow as that.
    if (outcome.firstAt !== undefined || outcome.end?.fault === 'stall') {
      latencies.note(key, (outcome.firstAt ?? clock.now()) - began);
    }
    journey.spent += dollarsOf(target, outcome, by.inputTokens);
    // Not waited for: an answer does not depend on it.
    options.breakers.report(key, reportOf(outcome, { late, tried: journey.tried })).catch(() => undefined);
  }
}

function requestFor(target: Target, request: RouteRequest, blind: boolean): ModelRequest {
  const { system, messages, tools, safetyId } = request;
  return {
    model: target.model,
    system,
    messages: blind || !target.can.sees ? withoutImages(messages) : messages,
    ...(tools && { tools }),
    maxOutputTokens: outputTokensOf(target, request),
    safetyId,
  };
}

/** Whether the wait went to its end. */
async function waited({ both, clock }: By, ms: number): Promise<boolean> {
  if (both.aborted) return false;
  if (ms === 0) return true;
  return clock.pause(ms, both).then(
    () => true,
    () => false,
  );
}
