/** Texts one below the other, without those that say nothing. Pure. */
export const paragraphs = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n\n');
