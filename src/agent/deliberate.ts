import type { Wanted } from '../db/step.ts';
import type { PromptMessage } from '../llm/provider.ts';
import { generate, type Generated, type Prompt } from './generate.ts';
import { nextSeq } from './journal.ts';
import { spend } from './spend.ts';
import { write, type Task } from './task.ts';
import type { Stages } from './template.ts';
import { think, type Thought } from './think.ts';

/**
 * Thinks with the stages that a template has switched on: a plan before, a check after. Each is a journaled call of a model, and
 * none is made twice; one that fails, or that nobody pays for, is left out.
 * @throws as `think`.
 */
export async function deliberate(task: Task, { plan, check }: Stages): Promise<Thought> {
  const drafted = check ? stageIn(task, 'draft') : undefined;
  if (drafted !== undefined) return checked(task, drafted, { claimed: task.claimed });
  const ready = plan ? await planned(task) : task;
  const thought = await think(ready);
  if (!check || thought.kind !== 'said' || ready.signal.aborted) return thought;
  const { generated } = thought;
  const { step, text, fault } = generated;
  if (fault !== undefined || step.error !== null || text.trim() === '') return thought;
  await write(ready, { ended: { step, wanted: { text, calls: [], stage: 'draft' } }, steps: [] });
  return checked(ready, { text, seq: step.seq, external: thought.external }, { claimed: undefined });
}

const PLAN =
  'Before you answer: write a short plan for your answer, in at most five lines. Say what is asked, what has to be found out or looked up, and what may go wrong. Nobody else reads it. Do not answer yet.';

async function planned(task: Task): Promise<Task> {
  const known = stageIn(task, 'plan');
  if (known !== undefined) return withPlan(task, known.text);
  const seq = task.claimed ?? seqAfter(task);
  const made = await askAside(task, seq, { ...task.prompt, messages: after(task.prompt.messages, PLAN), tools: [] });
  if (made === undefined) return task;
  const { step, text, fault } = made;
  const wanted = fault === undefined ? ({ text, calls: [], stage: 'plan' } as const) : null;
  await write(task, { ended: { step, wanted }, steps: [] });
  const next: Task = { ...task, claimed: undefined, firstSeq: seq + 1 };
  return fault === undefined ? withPlan(next, text) : next;
}

const withPlan = (task: Task, plan: string): Task => {
  const messages = after(task.prompt.messages, `(Your plan, which nobody else has read:\n${plan.trim()})`);
  return { ...task, prompt: { ...task.prompt, messages } };
};

const CHECK =
  'Check your answer against what was asked and what you were told: is all of it right, is anything missing or made up? If it is good, write only OK. Otherwise write the whole answer anew, put right, and nothing about the check.';

/** An answer, put right where it is wrong. */
async function checked(
  task: Task,
  draft: { readonly text: string; readonly seq: number; readonly external?: boolean },
  { claimed }: { readonly claimed: number | undefined },
): Promise<Thought> {
  const { text, external = true } = draft;
  const answered: PromptMessage = { role: 'assistant', text };
  const messages: readonly PromptMessage[] = [...task.prompt.messages, answered, { role: 'user', text: CHECK }];
  const seq = claimed ?? draft.seq + 1;
  const made = await askAside({ ...task, claimed }, seq, { ...task.prompt, messages, tools: [] });
  if (made === undefined) return { kind: 'unpaid', said: text, text: '', external };
  const isGood = made.fault !== undefined || made.text.trim() === '' || /^\W*ok\W*$/i.test(made.text);
  const generated: Generated = { ...made, calls: [], fault: undefined, text: isGood ? text : made.text };
  return task.signal.aborted ? { kind: 'cut', said: text, external } : { kind: 'said', generated, external };
}

/** One call that nobody sees; undefined: nobody pays for it. */
async function askAside(task: Task, seq: number, prompt: Prompt): Promise<Generated | undefined> {
  const { agent, context, claimed, signal } = task;
  const made = await spend(task, prompt, async (paid) => {
    if (claimed !== seq) await write(task, { steps: [{ kind: 'model', seq }] });
    return generate(agent, paid, { route: context.route, seq, signal, show: () => {} });
  });
  return 'unpaid' in made ? undefined : made;
}

/** What this stage came to already, in this run. */
function stageIn(
  { context, run }: Task,
  stage: NonNullable<Wanted['stage']>,
): { readonly text: string; readonly seq: number } | undefined {
  const step = (context.mailbox.turn?.journal ?? []).find(
    (one) => one.kind === 'model' && one.run === run && one.wanted?.stage === stage,
  );
  return step?.kind === 'model' && step.wanted !== undefined ? { text: step.wanted.text, seq: step.seq } : undefined;
}

const seqAfter = ({ context }: Task): number => nextSeq(context.mailbox.turn?.journal ?? []);

/** Said behind the last words of the user. */
function after(messages: readonly PromptMessage[], words: string): readonly PromptMessage[] {
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', text: words }];
  return [...messages.slice(0, -1), { ...last, text: `${last.text}\n\n${words}` }];
}
