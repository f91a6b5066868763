/** Ids that one text can stand for, at most: links have few parts. */
const MOST = 60;
const LONGEST = 300;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('');

/**
 * The ids that a message may have here, of its link or its id as somebody copied it from a platform: each part of the link, and
 * what platforms make of an id when they write it into one. Which platform it is of does not matter: an id that is none is not
 * found. Pure.
 */
export function messageIdsOf(copied: string): readonly string[] {
  const text = copied.trim();
  const parts = URL.canParse(text) && /^https?:/i.test(text) ? partsOf(new URL(text)) : [text];
  const ids = parts.flatMap((part) => [part, ...formsOf(part)]);
  return [...new Set(ids)].filter((id) => id !== '' && id.length <= LONGEST).slice(0, MOST);
}

/** The last first: the message stands behind its channel. */
const partsOf = ({ pathname, searchParams, hash }: URL): readonly string[] => [
  ...(hash === '' ? [] : [decoded(hash.slice(1))]),
  ...pathname.split('/').map(decoded).toReversed(),
  ...searchParams.values(),
];

function formsOf(part: string): readonly string[] {
  // A time in microseconds after a letter: seconds, a dot, and the rest.
  const time = /^[a-z](\d{10})(\d{6})$/i.exec(part);
  if (time !== null) return [`${time[1]}.${time[2]}`];
  // A number behind a word, which is counted for each kind by itself: its id has a letter for the kind before it.
  const [, number] = /^[a-z][a-z_-]*?[_-]?r?(\d{1,16})$/i.exec(part) ?? [];
  return number === undefined ? [] : [number, ...LETTERS.map((letter) => letter + number)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
