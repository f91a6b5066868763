/** What is shown in the place of a credential. */
const HIDDEN = '[secret]';

/** Shorter ones stand in ordinary words by chance. Characters. */
const SHORTEST_BEGINNING = 4;

/** A text in which no credential stands. Pure. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** A growing text without the beginning of a credential at its end: the rest of it may be on its way. Pure. */
export function withoutBeginnings(text: string, secrets: readonly string[]): string {
  const longest = Math.max(0, ...secrets.map((secret) => beginningAtEnd(text, secret)));
  return longest === 0 ? text : text.slice(0, -longest);
}

function beginningAtEnd(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length >= SHORTEST_BEGINNING; length -= 1)
    if (text.endsWith(secret.slice(0, length))) return length;
  return 0;
}
