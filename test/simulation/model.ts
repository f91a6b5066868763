import type { RouteRequest, RouterEvent } from '../../src/llm/route-request.ts';
import type { Route } from '../../src/llm/route.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

/** A model whose answers can be told apart: each begins and ends with the questions it answers and a number of its own. */
export type SimulatedModel = {
  readonly routeOf: (host: Host) => Route;
  readonly setTrouble: (probability: number) => void;
};

/** A question, as people write it; also one that was edited. */
const QUESTION = /q\d+(?: v2)?/g;

export function openSimulatedModel(world: World): SimulatedModel {
  let answers = 0;
  let trouble = 0;

  const compose = (request: RouteRequest): string => {
    answers += 1;
    const asked = [...new Set(lastSaid(request).match(QUESTION))].join(' ');
    const words = Array.from({ length: world.between(0, 30) }, (_, index) => `word${index}`);
    return [`begin ${asked} #${answers}.`, ...words, `end ${asked} #${answers}.`].join(' ');
  };

  async function* stream(host: Host, request: RouteRequest, signal: AbortSignal): AsyncGenerator<RouterEvent> {
    host.onCall('model');
    const answer = compose(request);
    const pieces = answer.match(/.{1,50}/gs) ?? [];
    const fails = world.chance(trouble) ? world.between(0, pieces.length - 1) : pieces.length;
    const pace = world.pick([5, 200, 900]);
    for (const text of pieces.slice(0, fails)) {
      await host.clock.pause(world.between(1, pace), signal).catch(() => {});
      if (signal.aborted) break;
      yield { kind: 'text', text };
    }
    if (signal.aborted) yield { kind: 'failed', fault: 'aborted', message: 'aborted', retryInMs: undefined };
    else if (fails === pieces.length) yield { kind: 'done', reason: 'stop' };
    else if (world.chance(0.5)) yield { kind: 'failed', fault: 'server', message: '500', retryInMs: undefined };
    else yield* again(host, request, signal);
  }

  /** As the route does after a failure in mid-stream: the text begins anew. */
  async function* again(host: Host, request: RouteRequest, signal: AbortSignal): AsyncGenerator<RouterEvent> {
    yield { kind: 'reset', after: 'server' };
    yield* stream(host, request, signal);
  }

  return {
    routeOf: (host) => ({ stream: (request, signal) => stream(host, request, signal) }),
    setTrouble: (probability) => void (trouble = probability),
  };
}

/** What is asked now: the last that a person said. */
function lastSaid({ messages }: RouteRequest): string {
  return messages.findLast((message) => message.role === 'user')?.text ?? '';
}
