// The reactions that people answer a bot with; all others keep Slack's short name. Names as in emoji-data, which Slack uses.
const UNICODE: ReadonlyMap<string, string> = new Map([
  ['+1', '👍'],
  ['thumbsup', '👍'],
  ['-1', '👎'],
  ['thumbsdown', '👎'],
  ['eyes', '👀'],
  ['white_check_mark', '✅'],
  ['heavy_check_mark', '✔️'],
  ['x', '❌'],
  ['heart', '❤️'],
  ['tada', '🎉'],
  ['fire', '🔥'],
  ['pray', '🙏'],
  ['raised_hands', '🙌'],
  ['clap', '👏'],
  ['rocket', '🚀'],
  ['100', '💯'],
  ['joy', '😂'],
  ['smile', '😄'],
  ['thinking_face', '🤔'],
  ['confused', '😕'],
  ['cry', '😢'],
  ['octagonal_sign', '🛑'],
  ['black_square_for_stop', '⏹️'],
  ['repeat', '🔁'],
]);

/** The emoji of a reaction's short name, without its skin tone; the short name itself when it is none of the common. */
export function emojiOf(shortName: string): string {
  const name = shortName.replace(/::skin-tone-\d$/, '');
  return UNICODE.get(name) ?? name;
}
