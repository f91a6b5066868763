/**
 * Reactions whose ids do not tell their emoji, and of the others those that a bot may want to set (docs: Teams Reactions ID
 * Reference). Where an emoji has two, the first is what is set.
 */
const REACTIONS: readonly (readonly [id: string, emoji: string])[] = [
  ['like', '👍'],
  ['yes', '👍'],
  ['no', '👎'],
  ['heart', '❤️'],
  ['laugh', '😆'],
  ['surprised', '😮'],
  ['sad', '😢'],
  ['cry', '😢'],
  ['angry', '😡'],
  ['angryface', '😡'],
  ['smile', '🙂'],
  ['think', '🤔'],
  ['confused', '😕'],
  ['ok', '👌'],
  ['clappinghands', '👏'],
  ['handsinair', '🙌'],
  ['praying', '🙏'],
  ['muscle', '💪'],
  ['launch', '🚀'],
  ['stopsign', '🛑'],
  ['idea', '💡'],
  ['recycle', '♻️'],
  ['1f440_eyes', '👀'],
  ['1f44b_wavinghand', '👋'],
  ['1f389_partypopper', '🎉'],
  ['1f4cc_pushpin', '📌'],
  ['1f501_repeat', '🔁'],
  ['1f504_refresh', '🔄'],
  ['1f4af_hundredpointssymbol', '💯'],
  ['2705_whiteheavycheckmark', '✅'],
  ['2714_heavycheckmark', '✔️'],
  ['2611_ballotboxwithcheck', '☑️'],
  ['274c_crossmark', '❌'],
  ['23f9_blacksquareforstop', '⏹️'],
  ['23f8_doubleverticalbar', '⏸️'],
  ['26a0_warningsign', '⚠️'],
  ['2753_blackquestionmarkornament', '❓'],
  ['2757_heavyexclamationmarksymbol', '❗'],
];

const EMOJI: ReadonlyMap<string, string> = new Map(REACTIONS);
/** Emoji are written with or without the sign that asks for their picture. */
const bare = (emoji: string): string => emoji.replaceAll('\uFE0F', '');
const IDS: ReadonlyMap<string, string> = new Map(REACTIONS.toReversed().map(([id, emoji]) => [bare(emoji), id]));

/** The emoji of a reaction's type, `like` or `1f440_eyes`, without its skin's tone; the type itself when it is neither. */
export function emojiOf(type: string): string {
  const plain = type.replace(/-tone[1-5]$/, '');
  const named = EMOJI.get(plain);
  if (named !== undefined) return named;
  const points = /^([\da-f]{4,6}(?:-[\da-f]{4,6})*)_/i.exec(plain)?.[1]?.split('-') ?? [];
  const numbers = points.map((point) => Number.parseInt(point, 16));
  const known = numbers.length > 0 && numbers.every((point) => point <= 0x10_ff_ff);
  return known ? String.fromCodePoint(...numbers).toWellFormed() : type.slice(0, 100);
}

/** The type of an emoji that a bot can set; undefined: none that we know. */
export const reactionTypeOf = (emoji: string): string | undefined => IDS.get(bare(emoji));
