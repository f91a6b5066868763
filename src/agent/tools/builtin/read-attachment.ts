import { z } from 'zod';
import type { FindAttachments, WithFiles } from '../../../db/attachments.ts';
import type { Store } from '../../../db/store.ts';
import { withoutToken } from '../../../model/access-of.ts';
import { Failure } from '../../../model/failure.ts';
import type { Tool, ToolUse } from '../../../model/tool.ts';
import type { Log } from '../../../observe/log.ts';
import type { Agent } from '../../agent.ts';
import { choose, type Attached } from '../../files/choose.ts';
import { FILE_POLICY } from '../../files/policy.ts';
import { readFile } from '../../read-file.ts';
import { defineTool } from './define.ts';

export type ReadAttachmentPorts = Pick<Agent, 'readPdf' | 'metrics' | 'adapterOf' | 'accessOf'> & {
  readonly store: Pick<Store, 'files'>;
  readonly attachments: FindAttachments;
  readonly log: Log;
};

const args = z.strictObject({
  name: z.string().min(1).max(300).describe('The file’s name, as the conversation has it.'),
  from: z.int().min(0).default(0).describe('Begin so many characters into it.'),
});

/** Characters that are told at once. */
const MOST_CHARACTERS = 40_000;

/** Reads a file of the conversation: what came with its messages, also earlier than what the model still sees. */
export function openReadAttachment(ports: ReadAttachmentPorts): Tool {
  return defineTool({
    name: 'read_attachment',
    description: 'Reads the text of a file that came with a message of this conversation, by its name.',
    args,
    effect: 'reads',
    idempotent: true,
    origin: 'external',
    withinMs: FILE_POLICY.withinMs,
    run: async ({ name, from }, use, signal) => {
      const all = await ports.attachments(use.organization, use.thread);
      const { text, note } = await read(ports, use, called(all, name), signal);
      if (text === undefined) return { text: `${name}: ${note}`, failed: true };
      const part = text.slice(from, from + MOST_CHARACTERS).toWellFormed();
      const left = text.length - from - part.length;
      const rest = left > 0 ? `\n(${left} more characters: go on with from ${from + part.length})` : '';
      return `${name}${note === '' ? '' : ` (${note})`}:\n${part}${rest}`;
    },
  });
}

/** The newest of that name. */
function called(all: readonly WithFiles[], name: string): Omit<Attached, 'kept'> {
  const wanted = name.trim().toLowerCase();
  for (const { message, who, at, attachments } of all) {
    const ordinal = attachments.findIndex((one) => one.name.toLowerCase() === wanted);
    const attachment = attachments[ordinal];
    const of = { by: 'user', name: who, text: '', at, message, attachments } as const;
    if (attachment !== undefined) return { of, message, ordinal, attachment };
  }
  const names = [...new Set(all.flatMap(({ attachments }) => attachments.map((one) => one.name)))].slice(0, 20);
  throw new Failure(
    'gone',
    names.length === 0
      ? 'There are no files in this conversation.'
      : `There is no such file here. There are: ${names.join(', ')}`,
  );
}

async function read(
  { store, attachments: _attachments, adapterOf, accessOf = withoutToken, log, ...agent }: ReadAttachmentPorts,
  { organization, app, install }: ToolUse,
  wanted: Omit<Attached, 'kept'>,
  signal: AbortSignal,
) {
  const adapter = adapterOf(app);
  if (adapter === undefined) throw new Failure('unavailable', 'The platform of this conversation is not connected.');
  const known = wanted.message === undefined ? [] : await store.files.find(organization, [wanted.message]);
  const kept = known.find(({ ordinal }) => ordinal === wanted.ordinal);
  const senses = { sees: false, hears: false };
  const [chosen] = choose([{ ...wanted, kept }], [], senses);
  if (chosen === undefined) throw new Failure('gone', 'There is no such file here.');
  const context = { organization, adapter, access: await accessOf(organization, app, install), log };
  const budget = { bytes: FILE_POLICY.mostBytes };
  return readFile({ agent: { ...agent, store }, context, senses, hear: undefined, budget, signal }, chosen);
}
