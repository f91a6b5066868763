import { setTimeout as sleep } from 'node:timers/promises';
import { demoCalls, resultsIn } from './demo-tools.ts';
import { failed } from './errors.ts';
import type { ModelEvent, ModelRequest, Provider } from './provider.ts';

/** Words that come in one event: about as a real server sends them. */
const WORDS = /\s*\S+\s*/g;
/** Timers below this are not kept to; faster speeds send several words at once. */
const LEAST_PAUSE_MS = 10;
const QUOTED_CHARACTERS = 200;

export type DemoSettings = {
  /** 0: all at once. */
  readonly tokensPerSecond: number;
  /** Said to every question in place of the usual answer; for measurements. */
  readonly answer?: string | undefined;
};

/**
 * A model that needs no key and no network: it answers at once, always the same to the same question, and says what it
 * is. Good for trying out everything around a model. A tool that a question names is called, once for each question.
 */
export function openDemo(settings: DemoSettings): Provider {
  return { name: 'demo', sees: false, stream: (request, signal) => stream(request, settings, signal) };
}

async function* stream(request: ModelRequest, settings: DemoSettings, signal: AbortSignal): AsyncGenerator<ModelEvent> {
  const calls = settings.answer === undefined ? demoCalls(request) : [];
  const answer = settings.answer ?? (calls.length > 0 ? '' : demoAnswer(request));
  const words = answer.match(WORDS) ?? [];
  const allowed = words.slice(0, request.maxOutputTokens);
  yield* said(allowed, settings.tokensPerSecond, signal);
  if (signal.aborted) {
    yield failed('aborted', 'ended while the demo model was answering');
    return;
  }
  yield* calls.map((call) => ({ kind: 'call', call }) as const);
  const outputTokens = allowed.length + wordsIn(calls.map((call) => call.arguments));
  const inputTokens = wordsIn([request.system, ...request.messages.map(({ text }) => text)]);
  yield {
    kind: 'usage',
    usage: { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  };
  const cut = allowed.length < words.length;
  yield { kind: 'done', reason: calls.length > 0 ? 'tools' : cut ? 'length' : 'stop' };
}

const wordsIn = (texts: readonly string[]): number => texts.join(' ').match(/\S+/g)?.length ?? 0;

async function* said(words: readonly string[], perSecond: number, signal: AbortSignal): AsyncGenerator<ModelEvent> {
  const atOnce = perSecond > 0 ? Math.max(1, Math.ceil((perSecond * LEAST_PAUSE_MS) / 1000)) : words.length;
  for (let from = 0; from < words.length; from += atOnce) {
    if (perSecond > 0 && !(await paused((atOnce * 1000) / perSecond, signal))) return;
    if (signal.aborted) return;
    yield { kind: 'text', text: words.slice(from, from + atOnce).join('') };
  }
}

/** Whether the pause went to its end. */
async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

function demoAnswer({ messages }: ModelRequest): string {
  const question = messages.findLast(({ role }) => role === 'user')?.text ?? '';
  const asked = messages.filter(({ role }) => role === 'user').length;
  const anchor = anchorIn(question);
  const results = resultsIn(messages);
  return [
    '## The demo model heard you',
    `You wrote: ${quoted(question)}`,
    `This is message ${asked} of yours that I can see in this conversation${anchor === undefined ? '' : `, about \`${anchor}\``}. I am the demo model: I cannot think, but everything around me is real, from the signed webhook to the post you are reading.`,
    '| What I see | |\n|---|---|\n' +
      [
        `| Messages in the conversation | ${messages.length} |`,
        `| Yours among them | ${asked} |`,
        `| Words in your last one | ${question.match(/\S+/g)?.length ?? 0} |`,
        ...(anchor === undefined ? [] : [`| Place in the code | \`${anchor}\` |`]),
      ].join('\n'),
    ...(results.length === 0 ? [] : ['What the tools that I called said:', results.map(resultLine).join('\n')]),
    'To connect a real model, set one of these and start me again:',
    '```sh\nOPENAI_API_KEY=…\nANTHROPIC_API_KEY=…\nOPENAI_BASE_URL=http://127.0.0.1:11434/v1  # a server of your own\n```',
  ].join('\n\n');
}

const resultLine = ({ name, text, failed }: ReturnType<typeof resultsIn>[number]): string =>
  `- \`${name}\`${failed ? ' failed' : ''}: ${quoted(text)}`;

/** On one line, so that no markup of the question changes the answer's shape. */
function quoted(question: string): string {
  const line = question
    .replace(/\s+/g, ' ')
    .replace(/[`*_[\]<>|]/g, '')
    .trim();
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  return characters.length <= QUOTED_CHARACTERS ? `“${line}”` : `“${characters.slice(0, QUOTED_CHARACTERS).join('')}…”`;
}

/** A file and perhaps a line, as a prompt names the place of a review comment: `src/app.ts:12` or `src/app.ts, line 12`. */
function anchorIn(text: string): string | undefined {
  const match = /(?<path>[\w@.-]{1,80}(?:\/[\w@.-]{1,80}){0,20}\.\w{1,8})(?:(?::|,? lines? |#L)(?<line>\d{1,7}))/.exec(
    text,
  );
  return match?.groups?.['path'] === undefined ? undefined : `${match.groups['path']}:${match.groups['line'] ?? ''}`;
}
