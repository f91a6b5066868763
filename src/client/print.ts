import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Prints an answer: as JSON where that is wanted, else in words. */
export function print<Answer>(
  program: Command,
  { write }: Terminal,
  answer: Answer,
  inWords: (answer: Answer) => string,
): void {
  const asJson: unknown = program.opts()['json'];
  write(asJson === true ? `${JSON.stringify(answer, undefined, 2)}\n` : inWords(answer));
}
