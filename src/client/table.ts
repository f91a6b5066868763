/** Longest cell. Characters. */
const WIDEST = 60;

/** What a terminal would take for orders (ECMA-48: control characters), but for ends of lines and tabs. */
const CONTROL = /[^\P{Cc}\n\t]/gu;

/** Words from outside, for a terminal. Pure. */
export const safe = (text: string): string => text.replaceAll(CONTROL, '�');

/** Rows below their heads, in columns. Pure. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = [heads, ...rows].map((row) =>
    row.map((cell) => shortened(safe(String(cell ?? '')).replaceAll(/\s+/g, ' '))),
  );
  const widths = heads.map((_head, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${cells.map(line).join('\n')}\n`;
}

const shortened = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);
