// Writing CommonMark: what people wrote on a platform, as the text that the agent reads.

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fence(code: string, language = ''): string {
  const ticks = '`'.repeat(Math.max(2, longestRun(code)) + 1);
  return `${ticks}${/^[\w+#.-]{1,30}$/.test(language) ? language : ''}\n${code.replace(/^\n/, '').replace(/\n$/, '')}\n${ticks}`;
}

export function codeSpan(code: string): string {
  const longest = longestRun(code);
  if (longest === 0) return `\`${code}\``;
  const ticks = '`'.repeat(longest + 1);
  return `${ticks} ${code} ${ticks}`;
}

/** One by one: as arguments of one call, a hundred thousand runs are more than the stack holds. */
function longestRun(code: string): number {
  let longest = 0;
  for (const [run] of code.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** `mark` around a text; CommonMark's marks have to touch a letter, so spaces at the ends are moved outside. */
export function marked(mark: '**' | '*' | '~~', text: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  const at = text.indexOf(inner);
  return `${text.slice(0, at)}${mark}${inner}${mark}${text.slice(at + inner.length)}`;
}

const MARKS = /(?:[*`](?=\S)|(?<=\S)[*`]|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|~~|<(?=[a-z/!?])|\](?=[([]))/gi;

/** Letters that are meant as letters, where CommonMark would read an inline mark: `*x*`, `_x_`, backticks, tags. */
export function escapeInline(text: string): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeWords(part)))
    .join('');
}

/** As `escapeInline`, for a text without addresses: where the platform names them apart. */
export function escapeWords(text: string): string {
  return text.replaceAll(/\\(?=[!-/:-@[-`{-~])/g, String.raw`\\`).replaceAll(MARKS, String.raw`\$&`);
}
