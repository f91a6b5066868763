/**
 * A CommonMark text of about so many characters in which every word that counts is there once: paragraphs of `p…`, code
 * of `c…` (one block longer than Discord's 2,000 characters), table cells of `t…`, items of `l…`, links of `k…` and `u…`.
 */
export function longAnswer(length: number): string {
  const word = (kind: string): string => {
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    return `${kind}${String(n).padStart(4, '0')}`;
  };
  const counts = new Map<string, number>();
  const times = (n: number, make: () => string): string => Array.from({ length: n }, make).join('');
  const paragraph = (): string => `${times(12, () => `${word('p')} and `)}so it **${word('p')}** ends.`;
  const blocks = [
    '# A long story',
    paragraph(),
    `\`\`\`ts\n${times(70, () => `const ${word('c')} = [1, 2, 3].map((n) => n * 2);\n`)}\`\`\``,
    paragraph(),
    `| first column | second column |\n| --- | ---: |\n${times(60, () => `| ${word('t')} | ${word('t')} |\n`)}`.trimEnd(),
    times(12, () => `- ${word('l')} is an item\n  - ${word('l')} is an item of an item\n`).trimEnd(),
    times(10, () => `1. ${word('l')} is one of many\n`).trimEnd(),
    times(8, () => `See [${word('k')}](https://example.org/${word('u')}?a=1&b=2) for more. `).trimEnd(),
    `> ${word('p')} was quoted\n> and ${word('p')} as well`,
    `\`\`\`\n${times(5, () => `${word('c')}\n\n`)}\`\`\``,
  ];
  const rest: string[] = [];
  while ([...blocks, ...rest].join('\n\n').length < length) rest.push(paragraph());
  return [...blocks, ...rest].join('\n\n');
}

/** The words that count, in order, but for links: some platforms write a link's address before its words. */
export const marksIn = (text: string): readonly string[] => text.match(/\b[pctl]\d{4}\b/g) ?? [];

export const marksInLinks = (text: string): readonly string[] => (text.match(/\b[ku]\d{4}\b/g) ?? []).toSorted();
