import type { Said, StoredMessage } from '../db/mailbox.ts';
import type { Summary } from '../db/recall-memories.ts';
import type { PromptImage, PromptMessage } from '../llm/provider.ts';
import { fenced } from '../model/fenced.ts';
import type { FileForModel } from './files/for-model.ts';
import { visible } from './screen.ts';

/** What a turn is about. */
export type Material = {
  readonly history: readonly Said[];
  readonly asked: readonly StoredMessage[];
  readonly files: readonly FileForModel[];
  /** What was said before the history. */
  readonly summary?: Summary | undefined;
  /** What is remembered of who asks; may be empty. */
  readonly ofAsker?: string;
};

/** One message before it is merged with its neighbours. */
type Spoken = { readonly role: 'user' | 'assistant'; readonly text: string; readonly images: readonly PromptImage[] };

/** The conversation as the model is given it: oldest first, user and assistant in turn, the question last. Pure. */
export function compose(
  { history, asked, files, summary, ofAsker = '' }: Material,
  { suggests }: { readonly suggests: boolean },
): readonly PromptMessage[] {
  const of = (message: StoredMessage | Said): readonly FileForModel[] => files.filter((file) => file.of === message);
  const past = history.map((said): Spoken =>
    said.by === 'bot'
      ? { role: 'assistant', text: said.text, images: [] }
      : shown(said.name, [saidText(said.text, said.external)], of(said)),
  );
  const question = asked.map((message) => shown(message.authorName, questionText(message, suggests), of(message)));
  const before =
    summary === undefined ? [] : [aside(`What was said before, in short:\n${saidText(summary.text, summary.tainted)}`)];
  return merge([...before, ...past, ...(ofAsker === '' ? [] : [aside(ofAsker)]), ...question]);
}

/** Said by nobody of the conversation. */
const aside = (text: string): Spoken => ({ role: 'user', text: `(${text})`, images: [] });

/** What anybody may have written stands between marks that it cannot end, on lines of their own. */
const saidText = (text: string, isExternal = false): string =>
  isExternal && text !== '' ? `\n${fenced(visible(text), '')}\n` : text;

function named(name: string, text: string): string {
  return name === '' ? text : `${oneLine(name)}: ${text}`;
}

/** A name is no place for a text of its own. Characters. */
const LONGEST_NAME = 200;
const oneLine = (name: string): string => visible(name).replaceAll(/\s+/g, ' ').slice(0, LONGEST_NAME).toWellFormed();

function questionText({ anchor, authorKind, text: said }: StoredMessage, suggests: boolean): readonly string[] {
  const text = saidText(said, authorKind !== 'human');
  if (anchor === undefined) return [text];
  const can = suggests && anchor.line !== undefined && anchor.side !== 'left';
  return [anchorText(anchor), ...(can ? [CAN_SUGGEST] : []), text];
}

const CAN_SUGGEST =
  '(A change of exactly these lines can be taken over by a click, if it is given once, whole, in a fenced block with the language `suggestion`.)';

/** What somebody wrote, with the files that came along. */
function shown(name: string, said: readonly string[], files: readonly FileForModel[]): Spoken {
  const images = files.flatMap(({ image }) => image ?? []);
  const written = said.filter((part) => part !== '' || files.length === 0);
  const text = named(name, [...written, ...files.map(fileText)].join('\n\n'));
  return { role: 'user', text, images };
}

function anchorText(anchor: NonNullable<StoredMessage['anchor']>): string {
  const lines =
    anchor.startLine === undefined || anchor.startLine === anchor.line
      ? `line ${anchor.line ?? '?'}`
      : `lines ${anchor.startLine}-${anchor.line ?? '?'}`;
  const where = anchor.line === undefined ? oneLine(anchor.path) : `${oneLine(anchor.path)}, ${lines}`;
  const head = `(about ${where} at ${anchor.commit.slice(0, 12)})`;
  return anchor.hunk === undefined ? head : `${head}\n${fenced(visible(anchor.hunk), 'diff')}`;
}

function fileText({ name: called, note, text, image }: FileForModel): string {
  const name = oneLine(called);
  if (image !== undefined) return `(attached image ${name})`;
  if (text === undefined) return `(attached file ${name}: ${note})`;
  return `(attached file ${name}${note === '' ? '' : `: ${note}`})\n${fenced(visible(text), '')}`;
}

/** Said for the user where the bot spoke first, by a schedule, or nothing is known of what was said before. */
const BEGINS: Spoken = {
  role: 'user',
  text: '(What is known of this conversation begins with your words.)',
  images: [],
};

/** Providers want user and assistant in turn, beginning with the user. */
function merge(messages: readonly Spoken[]): readonly PromptMessage[] {
  const merged: Spoken[] = messages[0]?.role === 'assistant' ? [BEGINS] : [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role === message.role) merged[merged.length - 1] = together(last, message);
    else merged.push(message);
  }
  return merged.map(({ role, text, images }) =>
    role === 'user' && images.length > 0 ? { role, text: visible(text), images } : { role, text: visible(text) },
  );
}

const together = (one: Spoken, other: Spoken): Spoken => ({
  role: one.role,
  text: `${one.text}\n\n${other.text}`,
  images: [...one.images, ...other.images],
});
