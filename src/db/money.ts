/**
 * US dollars as whole picodollars: what a token costs is a whole number of them, so sums and comparisons are exact. As a
 * number, a sum of many small costs is not.
 */
export type Picodollars = bigint;

const DIGITS = 12;
const ONE = 10 ** DIGITS;

/** The nearest. @throws RangeError for what is no amount. */
export const picodollars = (dollars: number): Picodollars => BigInt(Math.round(dollars * ONE));

/** Rather too much than too little. */
export const picodollarsAtMost = (dollars: number): Picodollars => BigInt(Math.ceil(dollars * ONE));

/** For people, and for comparing with what is no money. */
export const toDollars = (amount: Picodollars): number => Number(amount) / ONE;

/** As a numeric of PostgreSQL is written: exact. */
export function toNumeric(amount: Picodollars): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DIGITS + 1, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`;
}

/** A numeric of PostgreSQL, as text. What is finer than a picodollar is cut off. */
export function fromNumeric(text: string): Picodollars {
  const [, sign = '', whole = '0', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const amount = BigInt(`${whole}${part.slice(0, DIGITS).padEnd(DIGITS, '0')}`);
  return sign === '' ? amount : -amount;
}
