/** The six reactions that Teams has had from the beginning have names; all others begin with their code points. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['like', '👍'],
  ['heart', '❤️'],
  ['laugh', '😆'],
  ['surprised', '😮'],
  ['sad', '😢'],
  ['angry', '😡'],
]);

/** The emoji of a reaction's type, `like` or `1f440_eyes`; the type itself when it is neither. */
export function emojiOf(type: string): string {
  const named = NAMED.get(type);
  if (named !== undefined) return named;
  const points = /^([\da-f]{4,6}(?:-[\da-f]{4,6})*)_/i.exec(type)?.[1]?.split('-') ?? [];
  const numbers = points.map((point) => Number.parseInt(point, 16));
  const known = numbers.length > 0 && numbers.every((point) => point <= 0x10_ff_ff);
  return known ? String.fromCodePoint(...numbers).toWellFormed() : type.slice(0, 100);
}
