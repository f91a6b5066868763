import type { Returned, ToolStep } from '../db/step.ts';
import { toFailure } from '../model/failure.ts';
import type { Tool, ToolUse } from '../model/tool.ts';
import { questionAbout, type Question } from './ask.ts';
import { parse } from './judge.ts';
import { visible } from './screen.ts';
import { withoutSecrets } from './secrets.ts';
import { keep, write, type Task } from './task.ts';

/** What became of one round's calls. */
export type Used =
  | { readonly kind: 'used'; readonly tools: readonly ToolStep[] }
  /** One of them waits for a person; the others are done. */
  | { readonly kind: 'asks'; readonly question: Question }
  /** Nobody wants the answer any more. */
  | { readonly kind: 'cut' };

/** Milliseconds for a call that names no time of its own. */
const WITHIN_MS = 30_000;

/** Characters that a model is told of one call's result. */
const MOST_CHARACTERS = 50_000;

/**
 * Does what a round wants: everything that may be done at once, all together; then, one after the other, what a person has to
 * allow.
 * @param mine steps that were started by this process just now: of others that were started nobody knows whether they were done.
 */
export async function useTools(task: Task, steps: readonly ToolStep[], mine: ReadonlySet<number>): Promise<Used> {
  const isDoable = (step: ToolStep): boolean =>
    step.state === 'started' && (mine.has(step.seq) || mayRepeat(toolOf(task, step)));
  const tools = await Promise.all(steps.map(async (step) => (isDoable(step) ? perform(task, step) : step)));
  for (const [index, step] of tools.entries()) {
    if (task.signal.aborted) return { kind: 'cut' };
    if (step.returned !== undefined) continue;
    const settled = await settle(task, step);
    if ('question' in settled) return { kind: 'asks', question: settled.question };
    tools[index] = settled;
  }
  return { kind: 'used', tools };
}

const toolOf = ({ tools }: Task, { call }: ToolStep): Tool | undefined => tools.find(({ name }) => name === call.name);

const mayRepeat = (tool: Tool | undefined): boolean =>
  tool !== undefined && (tool.effect === 'reads' || tool.idempotent);

/** A call that needs a person's word: it is asked for, or followed. */
async function settle(task: Task, step: ToolStep): Promise<ToolStep | { readonly question: Question }> {
  if (step.state === 'started') return askAbout(task, { ...step, state: 'unknown' });
  const { asked } = step;
  if (asked === undefined) return askAbout(task, step);
  if (asked.state === 'denied') return end(task, step, refusal(step, 'A person said no to this.'));
  if (asked.state === 'done')
    return end(task, step, { text: 'A person says that this was done.', failed: false, origin: 'own' });
  if (asked.leftMs <= 0) return end(task, step, refusal(step, 'Nobody answered in time.'));
  // Asked by a worker that ended before anybody could see it: its buttons are worth nothing any more.
  if (asked.state !== 'granted') return askAbout(task, step);
  const uses = { id: asked.id, digest: step.digest };
  const started: ToolStep = { ...step, state: 'started' };
  const isGood = await keep(task, { steps: [{ ...started, returned: null }], uses });
  return isGood ? perform(task, started) : askAbout(task, step);
}

function refusal({ state }: ToolStep, why: string): Returned {
  const text = state === 'unknown' ? `${why} Nobody can tell whether it was done.` : `${why} It was not done.`;
  return { text, failed: true, origin: 'own' };
}

async function askAbout(task: Task, step: ToolStep): Promise<{ readonly question: Question }> {
  const kind = step.state === 'unknown' ? 'was' : 'may';
  const question = questionAbout(step, kind, task.context.mailbox.policy.tools, task.asker.id);
  await write(task, { steps: [{ ...step, returned: null }], asks: [question.ask] });
  return { question };
}

/** Does it, and writes what came of it. */
async function perform(task: Task, step: ToolStep): Promise<ToolStep> {
  const tool = toolOf(task, step);
  const returned = tool === undefined ? refusal(step, 'This tool is not there any more.') : await run(task, step, tool);
  // What was ended from outside is gone into anew, by whoever goes on.
  if (returned === undefined) return step;
  return end(task, step, returned);
}

async function end(task: Task, step: ToolStep, returned: Returned): Promise<ToolStep> {
  const ended: ToolStep = { ...step, state: returned.failed ? 'failed' : 'done', returned };
  await write(task, { steps: [{ ...ended, returned }] });
  return ended;
}

/** One call, within its time; undefined: it was ended from outside, and may have been done. */
async function run(task: Task, { seq, call }: ToolStep, tool: Tool): Promise<Returned | undefined> {
  const deadline = AbortSignal.timeout(tool.withinMs ?? WITHIN_MS);
  const signal = AbortSignal.any([task.signal, deadline]);
  const said = await new Promise<Returned | undefined>((resolve) => {
    const ended = (): void => resolve(task.signal.aborted ? undefined : late(tool));
    signal.addEventListener('abort', ended, { once: true });
    if (signal.aborted) ended();
    attempt(task, { seq, call }, tool, signal).then(resolve, (thrown: unknown) =>
      resolve(
        signal.aborted ? undefined : { text: toFailure(thrown, 'refused').message, failed: true, origin: tool.origin },
      ),
    );
  });
  task.agent.metrics.toolCalls.inc({ outcome: said === undefined ? 'ended' : said.failed ? 'failed' : 'done' });
  return said && { ...said, text: fitting(withoutSecrets(said.text, task.agent.secretsOf(task.context.organization))) };
}

const late = ({ name, withinMs = WITHIN_MS }: Tool): Returned => ({
  text: `${name} did not answer within ${withinMs / 1000} seconds. It may have been done all the same.`,
  failed: true,
  origin: 'own',
});

async function attempt(
  { context, turn, asker, tainted, wasSaid }: Task,
  { seq, call }: Pick<ToolStep, 'seq' | 'call'>,
  tool: Tool,
  signal: AbortSignal,
): Promise<Returned> {
  const { organization, mailbox } = context;
  const { app, install, channel, lease } = mailbox;
  const use: ToolUse = {
    key: `${turn}:${seq}`,
    organization,
    app,
    thread: lease.thread,
    install,
    channel,
    person: asker,
    tainted,
    wasSaid,
  };
  const { text, failed = false, origin = tool.origin } = await tool.run(parse(call.arguments)?.value, use, signal);
  return { text, failed, origin };
}

/** As a model may be told it: without what hides from a person's eye, and of a size that leaves room for an answer. */
function fitting(text: string): string {
  const seen = visible(text);
  if (seen.length <= MOST_CHARACTERS) return seen;
  const cut = seen.slice(0, MOST_CHARACTERS).toWellFormed();
  return `${cut}\n(${seen.length - cut.length} more characters are left out: ask for less at a time.)`;
}
