import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the hub counts. Labels hold platforms and outcomes only: never a person, a text or a tenant's own words. */
export type Metrics = {
  readonly registry: Registry;
  readonly deliveries: Counter<'platform' | 'outcome'>;
  readonly acknowledged: Histogram<'platform'>;
  readonly turns: Counter<'outcome'>;
  readonly replied: Histogram;
  readonly posts: Counter<'platform' | 'outcome'>;
  readonly modelCalls: Counter<'provider' | 'outcome'>;
  readonly modelTokens: Counter<'provider' | 'direction'>;
  readonly modelCost: Counter<'provider'>;
  readonly toolCalls: Counter<'outcome'>;
  readonly answerCache: Counter<'outcome'>;
  readonly limited: Counter;
  readonly oldestWaiting: Gauge;
  readonly reachable: Gauge<'platform'>;
};

const ACKNOWLEDGE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const REPLY_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** A registry of this process's own figures, in the names that Prometheus' guide asks for. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    deliveries: new Counter({
      name: 'switchboard_deliveries_total',
      help: 'Deliveries received',
      labelNames: ['platform', 'outcome'],
      registers,
    }),
    acknowledged: new Histogram({
      name: 'switchboard_acknowledge_seconds',
      help: 'From the request to its acknowledgement',
      labelNames: ['platform'],
      buckets: ACKNOWLEDGE_SECONDS,
      registers,
    }),
    turns: new Counter({ name: 'switchboard_turns_total', help: 'Turns ended', labelNames: ['outcome'], registers }),
    replied: new Histogram({
      name: 'switchboard_reply_seconds',
      help: 'From receiving a message to its whole answer',
      buckets: REPLY_SECONDS,
      registers,
    }),
    posts: new Counter({
      name: 'switchboard_posts_total',
      help: 'Messages posted',
      labelNames: ['platform', 'outcome'],
      registers,
    }),
    ...thinking(registers),
    limited: new Counter({ name: 'switchboard_limited_total', help: 'Turns over a limit', registers }),
    oldestWaiting: new Gauge({
      name: 'switchboard_oldest_waiting_seconds',
      help: 'Age of the oldest unanswered message',
      registers,
    }),
    reachable: reachable(registers),
  };
}

function reachable(registers: Registry[]): Gauge<'platform'> {
  return new Gauge({
    name: 'switchboard_reachable',
    help: 'Whether a delivery that the hub sends to its own address arrives: 1 or 0; told by one process',
    labelNames: ['platform'],
    registers,
  });
}

/** What models and their tools did. */
function thinking(
  registers: Registry[],
): Pick<Metrics, 'modelCalls' | 'modelTokens' | 'modelCost' | 'toolCalls' | 'answerCache'> {
  return {
    modelCalls: new Counter({
      name: 'switchboard_model_calls_total',
      help: 'Model calls',
      labelNames: ['provider', 'outcome'],
      registers,
    }),
    modelTokens: new Counter({
      name: 'switchboard_model_tokens_total',
      help: 'Tokens',
      labelNames: ['provider', 'direction'],
      registers,
    }),
    modelCost: new Counter({
      name: 'switchboard_model_cost_usd_total',
      help: 'US dollars, where the price is known',
      labelNames: ['provider'],
      registers,
    }),
    answerCache: new Counter({
      name: 'switchboard_answer_cache_total',
      help: 'Questions that were looked up among kept answers: hit or miss',
      labelNames: ['outcome'],
      registers,
    }),
    toolCalls: new Counter({
      name: 'switchboard_tool_calls_total',
      help: 'Calls of tools',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
