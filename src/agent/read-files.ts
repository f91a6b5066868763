import type { KeptFile } from '../db/files.ts';
import type { Said, StoredMessage } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import type { Agent, TurnContext } from './agent.ts';
import { choose, type Attached } from './files/choose.ts';
import type { FileForModel } from './files/for-model.ts';
import { FILE_POLICY, sizeOf } from './files/policy.ts';
import { readOne, type Reading } from './files/read-one.ts';

/**
 * Reads the files that came with the question, and the last ones of what was said before, within the policy. What is not read
 * is named, with the reason in words. Never throws; ends early when the signal aborts.
 */
export async function readFiles(
  agent: Agent,
  context: TurnContext,
  about: { readonly asked: readonly StoredMessage[]; readonly history: readonly Said[] },
  stop: AbortSignal,
): Promise<readonly FileForModel[]> {
  const attached = [...about.asked, ...about.history].some((message) => message.attachments.length > 0);
  if (!attached) return [];
  const signal = AbortSignal.any([stop, AbortSignal.timeout(FILE_POLICY.withinMs)]);
  const { sees = false, hear } = agent.route;
  const senses = { sees, hears: hear !== undefined };
  const kept = await find(agent, context, about);
  const asked = about.asked.flatMap((message) => attachmentsOf(message, message.id, kept));
  const earlier = about.history.toReversed().flatMap((said) => attachmentsOf(said, said.message, kept));
  const budget = { bytes: FILE_POLICY.mostBytes };
  const reading: Reading = { agent, context, senses, hear, signal, budget };
  const files = Promise.all(choose(asked, earlier, senses).map((chosen) => readOne(reading, chosen)));
  return withinBudget(await Promise.race([files, none(stop)]));
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
  { asked, history }: { readonly asked: readonly StoredMessage[]; readonly history: readonly Said[] },
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
