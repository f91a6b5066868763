import type { KeptFile } from '../db/files.ts';
import type { Said, StoredMessage } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import type { Agent, TurnContext } from './agent.ts';
import { choose, refused, type Attached, type Chosen, type Senses } from './files/choose.ts';
import type { FileForModel } from './files/for-model.ts';
import { FILE_POLICY, sizeOf } from './files/policy.ts';
import { readFile, type Reading } from './read-file.ts';

/** What was read, and the room that it takes until it is disposed of. */
export type FilesRead = { readonly files: readonly FileForModel[]; readonly [Symbol.dispose]: () => void };

const NOTHING: FilesRead = { files: [], [Symbol.dispose]: () => {} };

/** What is said of a file for which there was no room in time. */
const BUSY = 'not read: too many other files are being read';

/**
 * Reads the files that came with the question, and the last ones of what was said before, within the policy. What is not read
 * is named, with the reason in words. Never throws; ends early when the signal aborts.
 */
export async function readFiles(
  agent: Agent,
  context: TurnContext,
  about: Conversation,
  stop: AbortSignal,
): Promise<FilesRead> {
  const attached = [...about.asked, ...about.history].some((message) => message.attachments.length > 0);
  if (!attached) return NOTHING;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(FILE_POLICY.withinMs)]);
  const { sees = false, hear } = context.route;
  const senses = { sees, hears: hear !== undefined };
  const chosen = await choosing(agent, context, about, senses);
  const wanted = chosen.reduce((sum, one) => sum + (one.refusal === undefined ? one.size : 0), 0);
  const held = await agent.room.take(wanted, signal);
  if (stop.aborted) held?.[Symbol.dispose]();
  if (stop.aborted) return NOTHING;
  const given =
    held === undefined ? chosen.map((one) => (one.refusal === undefined ? refused(one, BUSY) : one)) : chosen;
  const budget = { bytes: FILE_POLICY.mostBytes };
  const reading: Reading = { agent, context, senses, hear, signal, budget };
  const files = withinBudget(await Promise.race([Promise.all(given.map((one) => readFile(reading, one))), none(stop)]));
  held?.shrink(files.reduce((sum, { image }) => sum + (image?.bytes.byteLength ?? 0), 0));
  return { files, [Symbol.dispose]: () => held?.[Symbol.dispose]() };
}

type Conversation = { readonly asked: readonly StoredMessage[]; readonly history: readonly Said[] };

async function choosing(
  agent: Agent,
  context: TurnContext,
  about: Conversation,
  senses: Senses,
): Promise<readonly Chosen[]> {
  const kept = await find(agent, context, about);
  const asked = about.asked.flatMap((message) => attachmentsOf(message, message.id, kept));
  const earlier = about.history.toReversed().flatMap((said) => attachmentsOf(said, said.message, kept));
  return choose(asked, earlier, senses);
}

/** Whoever wants it stopped does not wait for a platform. */
async function none(stop: AbortSignal): Promise<readonly FileForModel[]> {
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  return [];
}

/** Where the database cannot tell now, all is fetched. */
async function find(
  agent: Agent,
  context: TurnContext,
  { asked, history }: Conversation,
): Promise<readonly KeptFile[]> {
  const messages = [
    ...asked.filter(({ attachments }) => attachments.length > 0).map(({ id }) => id),
    ...history.flatMap(({ message, attachments }) =>
      message === undefined || attachments.length === 0 ? [] : message,
    ),
  ];
  try {
    return messages.length === 0 ? [] : await agent.store.files.find(context.organization, messages);
  } catch (thrown) {
    context.log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'what is kept of files could not be read');
    return [];
  }
}

function attachmentsOf(
  of: StoredMessage | Said,
  message: Attached['message'],
  kept: readonly KeptFile[],
): readonly Attached[] {
  return of.attachments.map((attachment, ordinal) => ({
    of,
    message,
    ordinal,
    attachment,
    kept: kept.find((file) => file.message === message && file.ordinal === ordinal),
  }));
}

/** What all files together may not be more than, one after the other. Pure. */
function withinBudget(files: readonly FileForModel[]): readonly FileForModel[] {
  let characters: number = FILE_POLICY.mostCharacters;
  let imageBytes: number = FILE_POLICY.mostImageBytes;
  return files.map((file) => {
    const { text, image } = file;
    if (image !== undefined && image.bytes.byteLength > imageBytes) {
      const note = `not shown: all images together are more than ${sizeOf(FILE_POLICY.mostImageBytes)}`;
      return { ...file, image: undefined, note };
    }
    if (image !== undefined) imageBytes -= image.bytes.byteLength;
    if (text === undefined) return file;
    const given = text.slice(0, characters).toWellFormed();
    characters -= given.length;
    if (given.length === text.length) return file;
    const note = `only its first ${given.length} characters: all files together are more than ${FILE_POLICY.mostCharacters}`;
    return given === '' ? { ...file, text: undefined, note: `not read: ${note}` } : { ...file, text: given, note };
  });
}
