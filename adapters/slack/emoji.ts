// The reactions that people answer a bot with, and a bot people; all others keep Slack's short name. Names as in
// emoji-data, which Slack uses. Of two names of one emoji the first is the one that we set.
const NAMES: readonly (readonly [shortName: string, emoji: string])[] = [
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
  ['arrows_counterclockwise', '🔄'],
  ['hourglass_flowing_sand', '⏳'],
  ['hourglass', '⌛'],
  ['warning', '⚠️'],
  ['no_entry', '⛔'],
  ['no_entry_sign', '🚫'],
  ['question', '❓'],
  ['grey_question', '❔'],
  ['exclamation', '❗'],
  ['heavy_exclamation_mark', '❗'],
  ['wave', '👋'],
  ['ok_hand', '👌'],
  ['ok', '🆗'],
  ['bulb', '💡'],
  ['memo', '📝'],
  ['pencil', '📝'],
  ['speech_balloon', '💬'],
  ['robot_face', '🤖'],
  ['zap', '⚡'],
  ['mag', '🔍'],
  ['bell', '🔔'],
  ['no_bell', '🔕'],
  ['star', '⭐'],
  ['sparkles', '✨'],
  ['lock', '🔒'],
  ['zzz', '💤'],
  ['double_vertical_bar', '⏸️'],
  ['arrow_forward', '▶️'],
  ['fast_forward', '⏩'],
  ['wastebasket', '🗑️'],
  ['pushpin', '📌'],
  ['bug', '🐛'],
  ['gear', '⚙️'],
  ['skull', '💀'],
  ['slightly_smiling_face', '🙂'],
  ['disappointed', '😞'],
  ['sweat_smile', '😅'],
  ['bangbang', '‼️'],
];

/** The sign that asks for a picture makes no other emoji. */
const bare = (emoji: string): string => emoji.replaceAll('\uFE0F', '');

const EMOJI: ReadonlyMap<string, string> = new Map(NAMES);
const SHORT_NAME: ReadonlyMap<string, string> = new Map(
  NAMES.toReversed().map(([shortName, emoji]) => [bare(emoji), shortName]),
);

/** The emoji of a reaction's short name, without its skin tone; the short name itself when it is none of the common. */
export function emojiOf(shortName: string): string {
  const name = shortName.replace(/::skin-tone-\d$/, '');
  return EMOJI.get(name) ?? name;
}

/** Slack's name of an emoji, or the name that was given; undefined: it is none that is known here. */
export function shortNameOf(emoji: string): string | undefined {
  const known = SHORT_NAME.get(bare(emoji).replaceAll(/[\u{1F3FB}-\u{1F3FF}]/gu, ''));
  return known ?? (/^[\w'+-]{1,100}$/.test(emoji) ? emoji : undefined);
}
