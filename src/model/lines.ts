/** Where lines begin in a text. LF, CRLF and a lone CR end a line, as CommonMark has it. */
export type Lines = {
  readonly starts: readonly number[];
  /** The start of the line that holds `offset`. */
  readonly startOf: (offset: number) => number;
  /** Where the line after the one that holds `offset` begins; the text's length for the last line. */
  readonly after: (offset: number) => number;
};

export function linesOf(text: string): Lines {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return {
    starts,
    startOf: (offset) => starts[lastAtMost(starts, offset)] ?? 0,
    after: (offset) => starts[lastAtMost(starts, offset) + 1] ?? text.length,
  };
}

/** The index of the last of `sorted` that is at most `value`; -1 when all are larger. */
export function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
