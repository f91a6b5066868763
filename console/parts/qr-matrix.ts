import { codewords } from './qr-bits.ts';

type Grid = { readonly dark: boolean[][]; readonly fixed: boolean[][]; readonly version: number };

/**
 * A QR code (ISO/IEC 18004), byte mode, level M: rows of modules, true is dark. Always with mask 0: a reader undoes any of them,
 * and which is best matters to print, not to a screen.
 * @throws RangeError beyond version 15, 412 bytes.
 */
export function qrMatrix(bytes: Uint8Array): readonly (readonly boolean[])[] {
  const { version, words } = codewords(bytes);
  const size = version * 4 + 17;
  const grid: Grid = {
    version,
    dark: Array.from({ length: size }, () => Array.from({ length: size }, () => false)),
    fixed: Array.from({ length: size }, () => Array.from({ length: size }, () => false)),
  };
  drawTiming(grid, size);
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    drawFinder(grid, x, y);
  drawAlignment(grid, size);
  drawFormat(grid, size);
  if (version >= 7) drawVersion(grid, size);
  drawWords(grid, words);
  return grid.dark;
}

function set({ dark, fixed }: Grid, x: number, y: number, isDark: boolean): void {
  const [row, marks] = [dark[y], fixed[y]];
  if (row === undefined || marks === undefined || x < 0 || x >= row.length) return;
  row[x] = isDark;
  marks[x] = true;
}

function drawTiming(grid: Grid, size: number): void {
  for (let at = 0; at < size; at += 1) {
    set(grid, 6, at, at % 2 === 0);
    set(grid, at, 6, at % 2 === 0);
  }
}

function drawFinder(grid: Grid, x: number, y: number): void {
  for (let dy = -4; dy <= 4; dy += 1)
    for (let dx = -4; dx <= 4; dx += 1) {
      const distance = Math.max(Math.abs(dx), Math.abs(dy));
      set(grid, x + dx, y + dy, distance !== 2 && distance !== 4);
    }
}

/** Where the centers of the small squares are, in both directions. */
function centers(version: number, size: number): readonly number[] {
  if (version === 1) return [];
  const many = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + many * 3 + 5) / (many * 4 - 4)) * 2;
  return [6, ...Array.from({ length: many - 1 }, (_, at) => size - 7 - (many - 2 - at) * step)];
}

function drawAlignment(grid: Grid, size: number): void {
  const at = centers(grid.version, size);
  const [first, last] = [at[0], at.at(-1)];
  for (const x of at)
    for (const y of at) {
      const isFinder = (x === first && y === first) || (x === first && y === last) || (x === last && y === first);
      if (!isFinder) drawSquare(grid, x, y);
    }
}

function drawSquare(grid: Grid, x: number, y: number): void {
  for (let dy = -2; dy <= 2; dy += 1)
    for (let dx = -2; dx <= 2; dx += 1) set(grid, x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
}

/** Level M and mask 0, with their correction. Twice, around the finders. */
function drawFormat(grid: Grid, size: number): void {
  const bits = 0b101010000010010;
  const bit = (at: number): boolean => ((bits >>> at) & 1) === 1;
  for (let at = 0; at <= 5; at += 1) set(grid, 8, at, bit(at));
  set(grid, 8, 7, bit(6));
  set(grid, 8, 8, bit(7));
  set(grid, 7, 8, bit(8));
  for (let at = 9; at < 15; at += 1) set(grid, 14 - at, 8, bit(at));
  for (let at = 0; at < 8; at += 1) set(grid, size - 1 - at, 8, bit(at));
  for (let at = 8; at < 15; at += 1) set(grid, 8, size - 15 + at, bit(at));
  set(grid, 8, size - 8, true);
}

function drawVersion(grid: Grid, size: number): void {
  let rest = grid.version;
  for (let step = 0; step < 12; step += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (grid.version << 12) | rest;
  for (let at = 0; at < 18; at += 1) {
    const [a, b] = [size - 11 + (at % 3), Math.floor(at / 3)];
    set(grid, a, b, ((bits >>> at) & 1) === 1);
    set(grid, b, a, ((bits >>> at) & 1) === 1);
  }
}

/** In columns of two, up and down from the right, around what stands already; each under the mask. */
function drawWords({ dark, fixed }: Grid, words: readonly number[]): void {
  const size = dark.length;
  let next = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const isUp = ((right + 1) & 2) === 0;
    for (let step = 0; step < size * 2; step += 1) {
      const [x, y] = [right - (step % 2), isUp ? size - 1 - (step >>> 1) : step >>> 1];
      const row = dark[y];
      if (row === undefined || fixed[y]?.[x] === true) continue;
      const bit = ((words[next >>> 3] ?? 0) >>> (7 - (next & 7))) & 1;
      row[x] = (bit === 1) !== ((x + y) % 2 === 0);
      next += 1;
    }
  }
}
