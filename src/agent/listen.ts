import type { Carried, ModelFault, ToolCall, Usage } from '../llm/provider.ts';
import type { Considered, RouteRequest, RouterEvent } from '../llm/route-request.ts';
import type { Route } from '../llm/route.ts';

/** One attempt at one target: why that one, and what it took. As it is kept. */
export type Attempt = {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly considered: readonly Considered[];
  readonly usage: Usage | undefined;
  /** US dollars; null: not known. */
  readonly cost: number | null;
  /** After which another one was tried. */
  readonly fault?: ModelFault;
};

/** Characters of one answer: a model that repeats itself for ever is stopped here. */
const MOST_CHARACTERS = 200_000;

type End = {
  readonly fault: ModelFault | undefined;
  readonly message: string | null;
  readonly retryInMs: number | undefined;
};

const WHOLE: End = { fault: undefined, message: null, retryInMs: undefined };
const REACHED_LIMIT: End = { fault: undefined, message: 'the longest answer was reached', retryInMs: undefined };
const LIMIT_NOTE = '*(The answer ends here: it reached the longest that is allowed.)*';

const SAID_NOTHING: End = { fault: 'garbage', message: 'the model said nothing', retryInMs: undefined };

/** What was heard of a model so far. */
export type Heard = {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly carried: Carried | undefined;
  /** Of all attempts. */
  readonly usage: Usage | undefined;
  readonly attempts: readonly Attempt[];
  readonly end: End;
};

/** Listens to the end; `show` is told the text so far each time that it changes. */
export async function listen(
  request: RouteRequest,
  { route, signal, show }: { route: Route; signal: AbortSignal; show: (text: string) => void },
): Promise<Heard> {
  const tooLong = new AbortController();
  let heard: Heard = { ...VOID, usage: undefined, attempts: [], end: SAID_NOTHING };
  for await (const event of route.stream(request, AbortSignal.any([signal, tooLong.signal]))) {
    heard = after(heard, event);
    if (event.kind === 'text' || event.kind === 'reset') show(heard.text);
    if (heard.text.length > MOST_CHARACTERS) tooLong.abort();
  }
  const end = tooLong.signal.aborted ? REACHED_LIMIT : heard.end;
  // Said openly, because a text that ends early looks like an answer.
  return { ...heard, end, text: end === REACHED_LIMIT ? `${heard.text}\n\n${LIMIT_NOTE}` : heard.text };
}

function after(heard: Heard, event: RouterEvent): Heard {
  switch (event.kind) {
    case 'chosen': {
      const { target, provider, model, considered } = event;
      const attempt = { target, provider, model, considered, usage: undefined, cost: null };
      return { ...heard, attempts: [...heard.attempts, attempt] };
    }
    case 'text':
      return { ...heard, text: heard.text + event.text };
    case 'call':
      return { ...heard, calls: [...heard.calls, event.call] };
    case 'carried':
      return { ...heard, carried: event.carried };
    case 'usage':
      return { ...paid(heard, event), usage: add(heard.usage, event.usage) };
    case 'reset':
      return { ...heard, ...VOID };
    case 'done':
      return { ...heard, end: event.reason === 'length' ? REACHED_LIMIT : WHOLE };
    case 'failed':
      return { ...heard, end: event };
    default:
      return heard;
  }
}

function paid(heard: Heard, { usage, cost = null }: { usage: Usage; cost: number | undefined | null }): Heard {
  const last = heard.attempts.at(-1);
  return last === undefined
    ? heard
    : { ...heard, attempts: [...heard.attempts.slice(0, -1), { ...last, usage, cost }] };
}

/** After an attempt that failed. */
const VOID: Pick<Heard, 'text' | 'calls' | 'carried'> = { text: '', calls: [], carried: undefined };

/** Every attempt has to be paid, also one that was started over. */
function add(one: Usage | undefined, other: Usage): Usage {
  if (one === undefined) return other;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  };
}
