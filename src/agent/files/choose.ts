import type { KeptFile } from '../../db/files.ts';
import type { Said, StoredMessage } from '../../db/mailbox.ts';
import type { MessageId } from '../../model/ids.ts';
import type { Attachment } from '../../model/message.ts';
import { guess } from './kind.ts';
import { FILE_POLICY, sizeOf, type Kind } from './policy.ts';

/** One attachment of the conversation. */
export type Attached = {
  /** What it came with. */
  readonly of: StoredMessage | Said;
  /** Undefined: no message that we keep. */
  readonly message: MessageId | undefined;
  readonly ordinal: number;
  readonly attachment: Attachment;
  readonly kept: KeptFile | undefined;
};

/** What the models of this process can take in. */
export type Senses = { readonly sees: boolean; readonly hears: boolean };

/** An attachment that is read, up to so many bytes, or is not, and why. */
export type Chosen = Attached &
  (
    | {
        readonly refusal: undefined;
        readonly mostBytes: number;
        /** As far as is known before it is fetched. */
        readonly size: number;
      }
    | { readonly refusal: string }
  );

/**
 * Decides by the policy which files a turn reads: those of the question in their order, then those of what was said before.
 * Pure.
 * @param earlier of the newest message first.
 */
export function choose(asked: readonly Attached[], earlier: readonly Attached[], senses: Senses): readonly Chosen[] {
  const budget = { bytes: FILE_POLICY.mostBytes };
  const { mostFiles, mostEarlier } = FILE_POLICY;
  const first = chooseOf(asked, senses, budget, { most: mostFiles, beyond: `not read: more than ${mostFiles} files` });
  const beyond = 'from earlier, not shown any more';
  return [...first, ...chooseOf(earlier, senses, budget, { most: mostEarlier, beyond })];
}

function chooseOf(
  all: readonly Attached[],
  senses: Senses,
  budget: { bytes: number },
  { most, beyond }: { readonly most: number; readonly beyond: string },
): readonly Chosen[] {
  let count = 0;
  return all.map((one) => {
    const judged = judge(one, senses);
    if (judged.refusal !== undefined) return refused(one, judged.refusal);
    if (count >= most) return refused(one, beyond);
    if (judged.size > budget.bytes) return refused(one, TOO_MUCH);
    count += 1;
    budget.bytes -= judged.size;
    return { ...one, refusal: undefined, mostBytes: judged.mostBytes, size: judged.size };
  });
}

export function refused(one: Attached, why: string): Chosen & { readonly refusal: string } {
  return { ...one, refusal: `${describe(one.attachment)}, ${why}` };
}

function describe({ mediaType, size }: Attachment): string {
  return `${mediaType ?? 'type unknown'}, ${size === undefined ? 'size unknown' : `${size} bytes`}`;
}

type Judged =
  | { readonly refusal: string }
  | { readonly refusal: undefined; readonly mostBytes: number; readonly size: number };

/** By what is known of a file before it is fetched. */
function judge({ attachment, kept }: Attached, senses: Senses): Judged {
  const guessed = guess(attachment);
  if (guessed.kind === 'unreadable') return { refusal: guessed.why };
  const { kind } = guessed;
  if (kept === undefined && kind !== 'unknown' && !canSense(kind, senses)) return { refusal: UNSENSED[kind] };
  // What a file without type and name turns out to be decides then.
  const mostBytes = FILE_POLICY.mostOf[kind === 'unknown' ? 'image' : kind];
  const size = kept?.size ?? attachment.size ?? Math.min(FILE_POLICY.usualBytes, mostBytes);
  if (kind === 'text') return { refusal: undefined, mostBytes, size: Math.min(size, mostBytes) };
  if (size > mostBytes) return { refusal: tooLarge(mostBytes) };
  return { refusal: undefined, mostBytes, size };
}

/** What is said of the file with which they become too much. */
export const TOO_MUCH = `not read: all files together are more than ${sizeOf(FILE_POLICY.mostBytes)}`;

export const tooLarge = (mostBytes: number): string => `not read: larger than ${sizeOf(mostBytes)}`;

/** Whether a file of this kind is of use to the models. */
export function canSense(kind: Kind, { sees, hears }: Senses): boolean {
  return (kind !== 'image' || sees) && (kind !== 'recording' || hears);
}

/** What is said of what is not sensed. */
export const UNSENSED: Readonly<Record<Kind, string>> = {
  image: 'an image that this model cannot see',
  recording: 'a recording that nobody here can hear',
  text: '',
  document: '',
};
