/** Words that begin a question in the languages that chats are mostly held in. */
const ASKING =
  /^(?:who|what|when|where|why|which|how|can|could|does|do|did|is|are|should|would|will|has|have|wer|was|wann|wo|warum|wieso|wie|welche[rsn]?|kann|können|gibt|qui|que|quoi|quand|où|pourquoi|comment|est-ce|quién|qué|cuándo|dónde|cómo|por qué)\b/iu;

const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`|https?:\/\/\S+/g;

/** Whether a text looks like a question to somebody: it has a question mark at the end of a sentence, or begins like one. Pure. */
export function isQuestion(text: string): boolean {
  const prose = text.replaceAll(CODE, ' ').trim();
  if (/[?？؟](?:["'”’)*_]*)(?:\s|$)/u.test(prose)) return true;
  return prose
    .split(/[.!\n]+/)
    .some((sentence) => ASKING.test(sentence.trim()) && sentence.trim().split(/\s+/).length > 2);
}
