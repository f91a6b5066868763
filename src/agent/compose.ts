import type { Said, StoredMessage } from '../db/mailbox.ts';
import type { PromptMessage } from '../llm/provider.ts';
import type { FileForModel } from './read-files.ts';

/** What a turn is about. */
export type Material = {
  readonly history: readonly Said[];
  readonly asked: readonly StoredMessage[];
  readonly files: readonly FileForModel[];
};

/** The conversation as the model is given it: oldest first, user and assistant in turn, the question last. Pure. */
export function compose({ history, asked, files }: Material): readonly PromptMessage[] {
  const past = history.map((said): PromptMessage =>
    said.by === 'bot' ? { role: 'assistant', text: said.text } : { role: 'user', text: named(said.name, said.text) },
  );
  const question = asked.map((message): PromptMessage => ({
    role: 'user',
    text: named(message.authorName, questionText(message, files)),
  }));
  return merge([...past, ...question]);
}

function named(name: string, text: string): string {
  return name === '' ? text : `${name}: ${text}`;
}

function questionText(message: StoredMessage, files: readonly FileForModel[]): string {
  const about = message.anchor === undefined ? [] : [anchorText(message.anchor)];
  const attached = files.filter((file) => file.message === message.id).map(fileText);
  return [...about, message.text, ...attached].join('\n\n');
}

function anchorText(anchor: NonNullable<StoredMessage['anchor']>): string {
  const lines =
    anchor.startLine === undefined || anchor.startLine === anchor.line
      ? `line ${anchor.line ?? '?'}`
      : `lines ${anchor.startLine}-${anchor.line ?? '?'}`;
  const where = anchor.line === undefined ? anchor.path : `${anchor.path}, ${lines}`;
  const head = `(about ${where} at ${anchor.commit.slice(0, 12)})`;
  return anchor.hunk === undefined ? head : `${head}\n${fenced(anchor.hunk, 'diff')}`;
}

function fileText(file: FileForModel): string {
  if (file.text === undefined) return `(attached file ${file.name}: ${file.note})`;
  return `(attached file ${file.name}${file.note === '' ? '' : `: ${file.note}`})\n${fenced(file.text, '')}`;
}

/** A fence longer than any run of backticks inside, so that what is quoted cannot end it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Providers want user and assistant in turn, beginning with the user. */
function merge(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  const merged: PromptMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role === message.role)
      merged[merged.length - 1] = { role: last.role, text: `${last.text}\n\n${message.text}` };
    else if (merged.length > 0 || message.role === 'user') merged.push(message);
  }
  return merged;
}
