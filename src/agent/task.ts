import type { JournalWrite } from '../db/journal.ts';
import { Failure } from '../model/failure.ts';
import type { TurnId } from '../model/ids.ts';
import type { Tool } from '../model/tool.ts';
import type { Agent, TurnContext } from './agent.ts';
import type { Prompt } from './generate.ts';

/** What is to be thought about, and in whose hands. */
export type Task = {
  readonly agent: Agent;
  readonly context: TurnContext;
  readonly turn: TurnId;
  /** See `Step.run`. */
  readonly run: string;
  readonly prompt: Prompt;
  /** Those that are allowed here. */
  readonly tools: readonly Tool[];
  /** Something external is in the prompt. */
  readonly tainted: boolean;
  /** See `ToolUse.wasSaid`. */
  readonly wasSaid: (words: string) => boolean;
  /** Whether a text holds what must not leave: see `Guard.isSecret`. */
  readonly isSecret: (text: string) => boolean;
  readonly asker: { readonly id: string; readonly name: string };
  /** The number of the model's call that is claimed already. */
  readonly claimed: number | undefined;
  /** Where none is claimed: of the next step; default: the one after the journal. */
  readonly firstSeq?: number;
  readonly signal: AbortSignal;
  /** @param external something that anybody may have written was read. */
  readonly show: (text: string, external: boolean) => void;
  /** From here on what is done for this question is not begun anew for a newer one. */
  readonly acts: () => void;
};

type Written = Pick<JournalWrite, 'ended' | 'steps' | 'asks' | 'uses'>;

/** Writes to the task's journal; false: nothing was written (see `writeJournal`), and nothing of it may be done. */
export async function keep({ agent, context, turn, run }: Task, what: Written): Promise<boolean> {
  return agent.store.journal(context.organization, { lease: context.mailbox.lease, turn, run, ...what });
}

/** @throws Failure `aborted` when the lease was lost: nothing was written, and nothing may be done. */
export async function write(task: Task, what: Omit<Written, 'uses'>): Promise<void> {
  if (!(await keep(task, what))) throw new Failure('aborted', 'the lease was lost before a step was written');
}
