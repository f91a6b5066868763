/** A line as it is in both texts, in the older one alone, or in the newer one alone. */
export type DiffLine = { readonly is: 'same' | 'gone' | 'new'; readonly text: string };

/** Lines of both together, from which on the middle is told as one block: the table grows with their product. */
const MOST_CELLS = 4_000_000;

/** What has changed from one text to another, line by line, with as many lines the same as can be. Pure. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ is: 'same', text }));
  const [gone, added] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  return [...same(old.slice(0, start)), ...middle(gone, added), ...same(old.slice(old.length - end))];
}

/** By the longest common subsequence. */
function middle(old: readonly string[], now: readonly string[]): DiffLine[] {
  const all: DiffLine[] = [];
  const add = (is: DiffLine['is'], text = ''): number => all.push({ is, text });
  const common = old.length * now.length > MOST_CELLS ? undefined : tableOf(old, now);
  let [x, y] = [0, 0];
  while (x < old.length || y < now.length) {
    if (common !== undefined && x < old.length && y < now.length && old[x] === now[y]) {
      add('same', old[x]);
      [x, y] = [x + 1, y + 1];
    } else if (x < old.length && (common === undefined || y >= now.length || common(x + 1, y) >= common(x, y + 1))) {
      add('gone', old[x]);
      x += 1;
    } else {
      add('new', now[y]);
      y += 1;
    }
  }
  return all;
}

/** How many lines what is left of both has in common. */
function tableOf(old: readonly string[], now: readonly string[]): (x: number, y: number) => number {
  const width = now.length + 1;
  const cells = new Uint32Array((old.length + 1) * width);
  const at = (x: number, y: number): number => cells[x * width + y] ?? 0;
  for (let x = old.length - 1; x >= 0; x -= 1)
    for (let y = now.length - 1; y >= 0; y -= 1)
      cells[x * width + y] = old[x] === now[y] ? at(x + 1, y + 1) + 1 : Math.max(at(x + 1, y), at(x, y + 1));
  return at;
}
