// Writing CommonMark: what people wrote on a platform, as the text that the agent reads.

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fence(code: string, language = ''): string {
  const runs = [...code.matchAll(/`{3,}/g)].map(([run]) => run.length);
  const ticks = '`'.repeat(Math.max(2, ...runs) + 1);
  return `${ticks}${/^[\w+#.-]{1,30}$/.test(language) ? language : ''}\n${code.replace(/^\n/, '').replace(/\n$/, '')}\n${ticks}`;
}

export function codeSpan(code: string): string {
  const runs = [...code.matchAll(/`+/g)].map(([run]) => run.length);
  if (runs.length === 0) return `\`${code}\``;
  const ticks = '`'.repeat(Math.max(...runs) + 1);
  return `${ticks} ${code} ${ticks}`;
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
