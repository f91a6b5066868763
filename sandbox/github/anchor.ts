import type { ChangedFile } from './repository.ts';

export type Side = 'LEFT' | 'RIGHT';

/** Where a review comment is put. */
export type Anchor = {
  readonly path: string;
  readonly line: number | undefined;
  readonly startLine: number | undefined;
  readonly side: Side;
};

type Hunk = { readonly text: readonly string[]; readonly at: readonly { LEFT?: number; RIGHT?: number }[] };

/** GitHub's own words for an anchor that it does not take; undefined when it is good. */
export function anchorProblem(files: readonly ChangedFile[], anchor: Anchor): string | undefined {
  const file = files.find((file) => file.filename === anchor.path);
  if (file === undefined) return 'pull_request_review_thread.path could not be resolved';
  const { line, startLine, side } = anchor;
  if (line === undefined) return undefined;
  const hunk = hunkWith(file, side, line);
  if (hunk === undefined) return 'pull_request_review_thread.line must be part of the diff';
  if (startLine === undefined) return undefined;
  if (startLine >= line) return 'pull_request_review_thread.start_line must precede the end line.';
  if (hunk.at.some((at) => at[side] === startLine)) return undefined;
  return 'pull_request_review_thread.start_line must be part of the same hunk as the line.';
}

/** The hunk from its head to the commented line, as GitHub shows it above a comment. */
export function hunkOf(files: readonly ChangedFile[], { path, line, side }: Anchor): string {
  const file = files.find((file) => file.filename === path);
  const hunk = file === undefined || line === undefined ? undefined : hunkWith(file, side, line);
  if (hunk === undefined) return file?.patch ?? '';
  const last = hunk.at.findIndex((at) => at[side] === line);
  return hunk.text.slice(0, last + 1).join('\n');
}

/** The first line that a pull request adds: where people in the stand-in put their comments. */
export function firstAdded(files: readonly ChangedFile[]): { path: string; line: number } {
  for (const file of files) {
    for (const hunk of hunksOf(file.patch)) {
      const index = hunk.text.findIndex((text) => text.startsWith('+'));
      const line = hunk.at[index]?.RIGHT;
      if (line !== undefined) return { path: file.filename, line };
    }
  }
  throw new Error('the pull request adds no line');
}

function hunkWith(file: ChangedFile, side: Side, line: number): Hunk | undefined {
  return hunksOf(file.patch).find((hunk) => hunk.at.some((at) => at[side] === line));
}

function hunksOf(patch: string): readonly Hunk[] {
  return patch.split(/^(?=@@ )/m).map((part) => {
    const [, left = '0', right = '0'] = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(part) ?? [];
    let [old, now] = [Number(left), Number(right)];
    const text = part.replace(/\n$/, '').split('\n');
    const at = text.map((line, index): { LEFT?: number; RIGHT?: number } => {
      if (index === 0 || line.startsWith('\\')) return {};
      if (line.startsWith('+')) return { RIGHT: now++ };
      if (line.startsWith('-')) return { LEFT: old++ };
      return { LEFT: old++, RIGHT: now++ };
    });
    return { text, at };
  });
}
