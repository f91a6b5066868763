/** A fence longer than any run of backticks inside, so that what is quoted cannot end it. Pure. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** As a quote: nothing within it reaches beyond its end, also no fence that it leaves open. Nothing stays nothing. Pure. */
export function quoted(text: string): string {
  if (text === '') return '';
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${line}`)
    .join('\n');
}
