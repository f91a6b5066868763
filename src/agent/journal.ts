import { createHash } from 'node:crypto';
import type { StoredMessage } from '../db/mailbox.ts';
import type { Step, ToolStep, Wanted } from '../db/step.ts';
import type { PromptMessage } from '../llm/provider.ts';
import { paragraphs } from '../model/paragraphs.ts';
import { asWritten } from './judge.ts';

/** One round of a run: what the model wanted to have done, and what became of each call. */
export type Round = { readonly wanted: Wanted; readonly tools: readonly ToolStep[] };

/**
 * Names what a turn is about now: an edited question, or an answer that is given anew, has another name, and what was done for
 * the old one is no part of it. Pure.
 */
export function runOf(asked: readonly StoredMessage[], runs: number): string {
  const about = asked.map(({ id, text, attachments }) => [id, text, attachments.length]);
  const digest = createHash('sha256').update(JSON.stringify(about)).digest('hex');
  return `${runs}-${digest.slice(0, 24)}`;
}

/** The rounds of one run, oldest first. Pure. */
export function roundsOf(journal: readonly Step[], run: string): readonly Round[] {
  const own = journal.filter((step) => step.run === run);
  return own.flatMap((step, index) => {
    if (step.kind !== 'model' || step.wanted === undefined || step.wanted.stage !== undefined) return [];
    const rest = own.slice(index + 1);
    const end = rest.findIndex((later) => later.kind === 'model');
    const tools = (end < 0 ? rest : rest.slice(0, end)).filter((later) => later.kind === 'tool');
    return [{ wanted: step.wanted, tools }];
  });
}

/** The number of the next step of a turn, over all its runs. Pure. */
export const nextSeq = (journal: readonly Step[]): number => (journal.at(-1)?.seq ?? -1) + 1;

export const isOpen = ({ tools }: Round): boolean => tools.some(({ returned }) => returned === undefined);

/** What was said so far, on the way to the answer. Pure. */
export function saidIn(rounds: readonly Round[]): string {
  return paragraphs(...rounds.map(({ wanted }) => wanted.text.trim()));
}

/**
 * Whether a tool has read these very words, and was not told them: what only comes back was put together by the model, as are
 * the reasons for which calls were refused. Pure.
 */
export function wasRead(rounds: readonly Round[], words: string): boolean {
  const written = JSON.stringify(words).slice(1, -1);
  return rounds
    .flatMap(({ tools }) => tools)
    .some(
      ({ call, state, returned }) =>
        state === 'done' && returned?.text.includes(words) === true && !asWritten(call.arguments).includes(written),
    );
}

/** Rounds whose calls are all answered, as the model is told of them. Pure. */
export function toldOf(rounds: readonly Round[]): readonly PromptMessage[] {
  return rounds.flatMap(({ wanted: { text, calls, carried }, tools }): PromptMessage[] => [
    { role: 'assistant', text, calls, ...(carried && { carried }) },
    ...tools.map(({ call, returned }): PromptMessage => ({
      role: 'tool',
      call: call.id,
      text: returned?.text ?? '',
      failed: returned?.failed ?? true,
    })),
  ]);
}
