import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codewords } from '../../console/parts/qr-bits.ts';
import { qrMatrix } from '../../console/parts/qr-matrix.ts';

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 31 + 7) % 256);

/** The most bytes at level M by version, from table 7 of ISO/IEC 18004. */
const CAPACITY = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412] as const;

/** Blocks and codewords of correction at level M, from table 9: those whose blocks are of two lengths as well. */
const BLOCKS = { 1: [1, 10], 4: [2, 18], 8: [4, 22], 10: [5, 26], 15: [10, 24] } as const;

test('each text is in the smallest version that the standard has room for it in', () => {
  for (const [at, most] of CAPACITY.entries()) {
    assert.equal(codewords(bytesOf(most)).version, at + 1);
    assert.equal(qrMatrix(bytesOf(most)).length, 17 + 4 * (at + 1));
  }
  assert.throws(() => qrMatrix(bytesOf(413)), RangeError);
});

test('every block is a word of the code: each syndrome is zero', () => {
  // Powers of the generator of the field by 0x11d, made by doubling: not the way in which the encoder multiplies.
  const powers: number[] = [];
  for (let value = 1; powers.length < 255; value = value & 0x80 ? ((value << 1) ^ 0x11d) & 0xff : value << 1)
    powers.push(value);
  const logs = new Map(powers.map((value, at) => [value, at]));
  const times = (a: number, b: number): number =>
    a === 0 || b === 0 ? 0 : (powers[((logs.get(a) ?? 0) + (logs.get(b) ?? 0)) % 255] ?? 0);
  for (const [version, [blocks, correction]] of Object.entries(BLOCKS)) {
    const { words } = codewords(bytesOf(CAPACITY[Number(version) - 1] ?? 0));
    const data = words.slice(0, words.length - blocks * correction);
    const rest = words.slice(data.length);
    const short = Math.floor(data.length / blocks);
    const shorter = blocks - (data.length % blocks);
    for (let block = 0; block < blocks; block += 1) {
      const own = data.filter((_, at) =>
        at < short * blocks ? at % blocks === block : at - short * blocks + shorter === block,
      );
      const word = [...own, ...rest.filter((_, at) => at % blocks === block)];
      for (let root = 0; root < correction; root += 1)
        assert.equal(
          word.reduce((sum, value) => times(sum, powers[root] ?? 0) ^ value, 0),
          0,
          `version ${version}`,
        );
    }
  }
});

test('the frame is where readers look for it', () => {
  const rows = qrMatrix(bytesOf(122));
  const bits = (places: readonly (readonly [number, number])[]): string =>
    places.map(([x, y]) => (rows[y]?.[x] === true ? '1' : '0')).join('');
  const size = rows.length;
  // Level M, mask 0, from table C.1; and version 7 from table D.1.
  const format = [0, 1, 2, 3, 4, 5, 7, 8].map((x) => [x, 8] as const);
  assert.equal(bits([...format, [8, 7], ...[5, 4, 3, 2, 1, 0].map((y) => [8, y] as const)]), '101010000010010');
  const version = Array.from({ length: 18 }, (_, at) => [Math.floor(at / 3), size - 11 + (at % 3)] as const);
  assert.equal(bits(version.toReversed()), '000111110010010100');
  for (const [x, y] of [
    [0, 0],
    [size - 7, 0],
    [0, size - 7],
  ] as const)
    assert.equal(bits(Array.from({ length: 7 }, (_, at) => [x + at, y + 3] as const)), '1011101');
  for (const center of [
    [22, 22],
    [38, 38],
    [6, 22],
    [22, 38],
  ] as const)
    assert.equal(bits(Array.from({ length: 5 }, (_, at) => [center[0] - 2 + at, center[1]] as const)), '10101');
});
