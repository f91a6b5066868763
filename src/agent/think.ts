import type { ToolStep, Wanted } from '../db/step.ts';
import { paragraphs } from '../model/paragraphs.ts';
import type { Question } from './ask.ts';
import { generate, type Generated } from './generate.ts';
import { isOpen, nextSeq, roundsOf, saidIn, toldOf, wasRead, type Round } from './journal.ts';
import { spend } from './spend.ts';
import { write, type Task } from './task.ts';
import { useTools, type Used } from './use-tools.ts';

/** What thinking came to: words (or what ended them), or a question to a person that has to be waited for. */
export type Thought =
  | { readonly kind: 'said'; readonly generated: Generated; readonly external: boolean }
  /** A budget is used up: what is said instead. */
  | { readonly kind: 'unpaid'; readonly said: string; readonly text: string; readonly external: boolean }
  | { readonly kind: 'asks'; readonly said: string; readonly question: Question; readonly external: boolean }
  | { readonly kind: 'cut'; readonly said: string; readonly external: boolean };

/** Rounds of one run, and calls of tools in all of them, that a model may take; then it has to answer. */
const MOST_ROUNDS = 16;
const MOST_CALLS = 48;
/** Rounds after that in which a model that does not listen is told so again. */
const MOST_DEAF = 2;

/**
 * Lets the model think, use tools, and answer. Each step is on the disk before the next one begins: whoever goes on after a
 * crash asks no question twice and does nothing twice.
 * @throws Failure `aborted` when the lease was lost.
 */
export async function think(task: Task): Promise<Thought> {
  const { agent, context, run, prompt, signal, show } = task;
  const { route } = context;
  const journal = context.mailbox.turn?.journal ?? [];
  let rounds = roundsOf(journal, run);
  let seq = task.claimed ?? task.firstSeq ?? nextSeq(journal);
  let claimed = task.claimed !== undefined;
  let mine: ReadonlySet<number> = new Set();
  for (;;) {
    const used = await goThrough(task, rounds, mine);
    const said = saidIn(rounds);
    if (used.kind !== 'used') return { ...used, said, external: isExternal(task, rounds) };
    rounds = used.rounds;
    const external = isExternal(task, rounds);
    if (signal.aborted) return { kind: 'cut', said, external };
    const asked = { ...prompt, messages: [...prompt.messages, ...toldOf(rounds)] };
    const generated = await spend(task, asked, async (paid) => {
      if (!claimed) await write(task, { steps: [{ kind: 'model', seq }] });
      return generate(agent, paid, { route, seq, signal, show: (text) => show(paragraphs(said, text), external) });
    });
    if ('unpaid' in generated) return { kind: 'unpaid', said, text: generated.unpaid, external };
    if (generated.calls.length === 0 || rounds.length >= MOST_ROUNDS + MOST_DEAF)
      return { kind: 'said', generated: { ...generated, text: paragraphs(said, generated.text) }, external };
    const round = await begin(task, rounds, seq, generated);
    mine = new Set(round.tools.filter(({ state }) => state === 'started').map((step) => step.seq));
    rounds = [...rounds, round];
    seq += 1 + round.tools.length;
    claimed = false;
  }
}

/** Whether something that anybody may have written was read on the way. */
const isExternal = ({ tainted }: Task, rounds: readonly Round[]): boolean =>
  tainted || rounds.some(({ tools }) => tools.some(({ returned }) => returned?.origin === 'external'));

/** Has done what the last round still wants. */
async function goThrough(
  task: Task,
  rounds: readonly Round[],
  mine: ReadonlySet<number>,
): Promise<{ readonly kind: 'used'; readonly rounds: readonly Round[] } | Exclude<Used, { kind: 'used' }>> {
  const last = rounds.at(-1);
  if (last === undefined) return { kind: 'used', rounds };
  task.acts();
  if (!isOpen(last)) return { kind: 'used', rounds };
  const wasSaid = (words: string): boolean => task.wasSaid(words) || wasRead(rounds, words);
  const used = await useTools({ ...task, tainted: isExternal(task, rounds), wasSaid }, last.tools, mine);
  return used.kind === 'used'
    ? { kind: 'used', rounds: [...rounds.slice(0, -1), { ...last, tools: used.tools }] }
    : used;
}

/** Writes what the model wants and what becomes of each call, before any of it is done. */
async function begin(task: Task, rounds: readonly Round[], seq: number, generated: Generated): Promise<Round> {
  const { agent, context, tools, isSecret } = task;
  const { text, calls, carried } = generated;
  const wanted: Wanted = { text, calls, carried };
  const before = rounds.flatMap((round) => round.tools);
  const left = rounds.length >= MOST_ROUNDS ? 0 : MOST_CALLS - before.length;
  const bench = { tools, policy: context.mailbox.policy.tools, tainted: isExternal(task, rounds), isSecret };
  const steps = calls.map((call, index) => agent.judge(call, seq + 1 + index, { ...bench, left: left - index }));
  await write(task, { ended: { step: generated.step, wanted }, steps });
  return {
    wanted,
    tools: steps.map((step): ToolStep => ({
      ...step,
      run: task.run,
      returned: step.returned ?? undefined,
      asked: undefined,
    })),
  };
}
