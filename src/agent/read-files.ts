import type { StoredMessage } from '../db/mailbox.ts';
import { toFailure } from '../model/failure.ts';
import type { Attachment } from '../model/message.ts';
import type { TurnContext } from './agent.ts';

/** A file of the question, as the model is told about it. */
export type FileForModel = {
  readonly message: StoredMessage['id'];
  readonly name: string;
  readonly text: string | undefined;
  readonly note: string;
};

/** Bytes of one text file that the model is given; the rest is named as left out. */
const MOST_BYTES = 64 * 1024;

/** Files of one turn that are read. */
const MOST_FILES = 10;

const TEXT_TYPES = /^(text\/|application\/(json|xml|yaml|x-yaml|toml|javascript|typescript|x-sh|sql))/;
const TEXT_NAMES =
  /\.(txt|md|csv|tsv|json|ya?ml|toml|xml|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|kt|c|h|cc|cpp|cs|php|sh|sql|log|ini|diff|patch)$/i;

/** Reads the text files that came with the question; every other file is named for what it is. */
export async function readFiles(
  context: TurnContext,
  asked: readonly StoredMessage[],
): Promise<readonly FileForModel[]> {
  const all = asked.flatMap((message) =>
    message.attachments.map((attachment) => ({ message: message.id, attachment })),
  );
  return Promise.all(
    all.map(async ({ message, attachment }, index) => {
      if (!isText(attachment))
        return {
          message,
          name: attachment.name,
          text: undefined,
          note: `${describe(attachment)}, not readable as text`,
        };
      if (index >= MOST_FILES)
        return {
          message,
          name: attachment.name,
          text: undefined,
          note: `${describe(attachment)}, not read: more than ${MOST_FILES} files`,
        };
      return { message, name: attachment.name, ...(await readText(context, attachment)) };
    }),
  );
}

function isText(attachment: Attachment): boolean {
  return TEXT_TYPES.test(attachment.mediaType ?? '') || TEXT_NAMES.test(attachment.name);
}

async function readText(
  { adapter, access, signal, log }: TurnContext,
  attachment: Attachment,
): Promise<{ text: string | undefined; note: string }> {
  try {
    const { bytes, truncated } = await adapter.fetchAttachment(access, attachment.handle, MOST_BYTES, signal);
    const text = new TextDecoder().decode(bytes).replaceAll('\u0000', '');
    return { text, note: truncated ? `only its first ${MOST_BYTES} bytes` : '' };
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    log.info({ reason: failure.message }, 'a file could not be read');
    return { text: undefined, note: `${describe(attachment)}, could not be fetched (${failure.code})` };
  }
}

function describe(attachment: Attachment): string {
  const size = attachment.size === undefined ? 'size unknown' : `${attachment.size} bytes`;
  return `${attachment.mediaType ?? 'type unknown'}, ${size}`;
}
