/** Of a version at level M (ISO/IEC 18004, table 9): codewords of correction in each block, and how many blocks. */
const LEVEL_M: readonly (readonly [correction: number, blocks: number])[] = [
  [10, 1],
  [16, 1],
  [26, 1],
  [18, 2],
  [24, 2],
  [16, 4],
  [18, 4],
  [22, 4],
  [22, 5],
  [26, 5],
  [30, 5],
  [22, 8],
  [22, 9],
  [24, 9],
  [24, 10],
];

/** Modules that carry data, of a version. Pure. */
function rawBits(version: number): number {
  const aligned = version < 2 ? 0 : Math.floor(version / 7) + 2;
  const base = (16 * version + 128) * version + 64;
  const without = version < 2 ? base : base - ((25 * aligned - 10) * aligned - 55);
  return version < 7 ? without : without - 36;
}

/** All codewords of a text in their order, data and correction, in the smallest version that holds it. */
export function codewords(bytes: Uint8Array): { readonly version: number; readonly words: readonly number[] } {
  for (let version = 1; version <= LEVEL_M.length; version += 1) {
    const [correction, blocks] = LEVEL_M[version - 1] ?? [0, 1];
    const raw = Math.floor(rawBits(version) / 8);
    const room = raw - correction * blocks;
    const lengthBits = version < 10 ? 8 : 16;
    if (4 + lengthBits + bytes.length * 8 > room * 8) continue;
    return { version, words: interleave(dataOf(bytes, lengthBits, room), { raw, correction, blocks }) };
  }
  throw new RangeError('this text is too long for a QR code that a phone reads well');
}

/** Byte mode: its sign, the length, the bytes, the end, and filling. */
function dataOf(bytes: Uint8Array, lengthBits: number, room: number): number[] {
  const bits = [0b0100, 4, bytes.length, lengthBits];
  let stream = '';
  for (let at = 0; at < bits.length; at += 2) stream += (bits[at] ?? 0).toString(2).padStart(bits[at + 1] ?? 0, '0');
  for (const byte of bytes) stream += byte.toString(2).padStart(8, '0');
  stream += '0'.repeat(Math.min(4, room * 8 - stream.length));
  stream = stream.padEnd(Math.ceil(stream.length / 8) * 8, '0');
  const words = Array.from({ length: stream.length / 8 }, (_, at) =>
    Number.parseInt(stream.slice(at * 8, at * 8 + 8), 2),
  );
  for (let pad = 0xec; words.length < room; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** Blocks as even as they get, the shorter ones first; then one word of each in turn. */
function interleave(
  data: readonly number[],
  { raw, correction, blocks }: { readonly raw: number; readonly correction: number; readonly blocks: number },
): number[] {
  const short = Math.floor(raw / blocks) - correction;
  const shorter = blocks - (raw % blocks);
  const generator = generatorOf(correction);
  const parts = Array.from({ length: blocks }, (_, at) => {
    const from = at * short + Math.max(0, at - shorter);
    return data.slice(from, from + short + (at < shorter ? 0 : 1));
  });
  const rests = parts.map((part) => remainder(part, generator));
  const inTurn = (lists: readonly (readonly number[])[]): number[] =>
    Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, at) =>
      lists.flatMap((list) => list[at] ?? []),
    ).flat();
  return [...inTurn(parts), ...inTurn(rests)];
}

/** In the field of 256 elements, by the polynomial 0x11d. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

/** Reed and Solomon's, without its leading 1. */
function generatorOf(degree: number): readonly number[] {
  const result: number[] = Array.from({ length: degree }, (_, at) => (at === degree - 1 ? 1 : 0));
  for (let step = 0, root = 1; step < degree; step += 1, root = multiply(root, 2))
    for (let at = 0; at < degree; at += 1) result[at] = multiply(result[at] ?? 0, root) ^ (result[at + 1] ?? 0);
  return result;
}

function remainder(data: readonly number[], generator: readonly number[]): number[] {
  const rest = generator.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0);
    rest.push(0);
    for (const [at, term] of generator.entries()) rest[at] = (rest[at] ?? 0) ^ multiply(term, factor);
  }
  return rest;
}
