import type { Said, StoredMessage } from '../db/mailbox.ts';
import type { Policy } from '../model/policy.ts';
import type { Material } from './compose.ts';

/**
 * Whether something is in a prompt that anybody may have written: a file, a place in code, another program's words, an answer that
 * was made of such, words of people who are not answered here, a name that is none. What the people of the conversation say is
 * theirs to say. Pure.
 */
export function isTainted({ history, asked, files, summary }: Material, people: Policy['people']): boolean {
  return (
    files.length > 0 ||
    (summary !== undefined && (summary.tainted || people.allow.length + people.deny.length > 0)) ||
    asked.some(
      ({ anchor, authorKind, authorName }) => anchor !== undefined || authorKind === 'bot' || isOdd(authorName),
    ) ||
    history.some(({ attachments, external = false, name }) => attachments.length > 0 || external || isOdd(name))
  );
}

/** The past with everything marked as external that is: nobody takes orders from people who are not answered. Pure. */
export function marked(history: readonly Said[], { allow, deny }: Policy['people']): readonly Said[] {
  const isAnswered = (id: string): boolean => !deny.includes(id) && (allow.length === 0 || allow.includes(id));
  return history.map((said) =>
    said.by === 'user' && !isAnswered(said.author ?? '') ? { ...said, external: true } : said,
  );
}

/** What people of the conversation said: theirs to say, and what they name may be named back. Pure. */
export function saidByPeople(history: readonly Said[], asked: readonly StoredMessage[]): string {
  const before = history.filter(({ by, external = false }) => by === 'user' && !external);
  return [...before, ...asked.filter(({ authorKind }) => authorKind === 'human')].map(({ text }) => text).join('\n');
}

/** All that stands in the prompt but what the model itself said, or may have: its answers, and what it put in short. Pure. */
export function standsIn({ history, asked, files }: Material): string {
  return [
    ...history.filter(({ by }) => by === 'user').map(({ text }) => text),
    ...asked.flatMap(({ text, anchor }) => [text, anchor?.hunk ?? '']),
    ...files.map(({ text = '' }) => text),
  ].join('\n');
}

/** Names are short, and no place for what a program would read. Characters. */
const LONGEST_NAME = 60;
const isOdd = (name: string): boolean => name.length > LONGEST_NAME || /[{}<>"`\r\n]/.test(name);
