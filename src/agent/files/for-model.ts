import type { Said, StoredMessage } from '../../db/mailbox.ts';
import type { PromptImage } from '../../llm/provider.ts';

/** A file of the conversation, as the model is told about it or shown it. */
export type FileForModel = {
  /** The message that it came with: this very object. */
  readonly of: StoredMessage | Said;
  readonly name: string;
  /** What can be read in it, if anything. */
  readonly text: string | undefined;
  /** Why it is not read, or what is to be known of its text; may be empty. */
  readonly note: string;
  readonly image: PromptImage | undefined;
};
