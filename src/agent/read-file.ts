import { fileId } from '../db/files.ts';
import type { Store } from '../db/store.ts';
import type { Hear } from '../llm/provider.ts';
import { toFailure, type Failure } from '../model/failure.ts';
import type { Agent, TurnContext } from './agent.ts';
import { canSense, refused, TOO_MUCH, tooLarge, UNSENSED, type Chosen, type Senses } from './files/choose.ts';
import type { FileForModel } from './files/for-model.ts';
import { sniff, textOf, type Found } from './files/kind.ts';
import { pixelsOf } from './files/pixels.ts';
import { FILE_POLICY, sizeOf } from './files/policy.ts';
import type { PdfResult } from './files/pdf-result.ts';

/** What reading needs. */
export type Reading = {
  readonly agent: Pick<Agent, 'readPdf' | 'metrics'> & { readonly store: Pick<Store, 'files'> };
  readonly context: Pick<TurnContext, 'organization' | 'adapter' | 'access' | 'log'>;
  readonly senses: Senses;
  readonly hear: Hear | undefined;
  /** What may still be fetched: what platforms say about sizes is found to be so, or not. */
  readonly budget: { bytes: number };
  /** Ends it all. */
  readonly signal: AbortSignal;
};

/** A file that is to be read. */
type Wanted = Extract<Chosen, { readonly refusal: undefined }>;

/** What reading gave: what the model is told or shown, or a word on why there is nothing. */
type Read = Pick<FileForModel, 'text' | 'note' | 'image'>;

/** Reads one file that was chosen: from what is kept, else from the platform. Never throws. */
export async function readFile(reading: Reading, chosen: Chosen): Promise<FileForModel> {
  const { of, attachment } = chosen;
  const told = { of, name: attachment.name };
  if (chosen.refusal !== undefined) return { ...told, ...nothing(chosen.refusal) };
  try {
    const read = await (chosen.kept === undefined ? fetchAndRead : readKept)(reading, chosen);
    return { ...told, ...read };
  } catch (thrown) {
    const failure = toFailure(thrown, 'unavailable');
    const why = failure.code === 'unauthorized' ? notAllowed(reading, failure) : notFetched(reading, failure);
    return { ...told, ...nothing(refused(chosen, why).refusal) };
  }
}

const nothing = (note: string): Read => ({ text: undefined, note, image: undefined });
const words = (text: string, note = ''): Read => ({ text, note, image: undefined });

/** The failure's message names what is to be mended, and never a secret. */
function notAllowed({ context: { log } }: Reading, { message }: Failure): string {
  log.warn({ reason: message }, 'a file could not be read: an admin has to give the app a permission');
  return `not read: the bot may not fetch it, and an admin has to add a permission (${message})`;
}

function notFetched({ context: { log } }: Reading, { code, message }: Failure): string {
  log.info({ reason: message }, 'a file could not be read');
  return code === 'aborted' ? 'could not be fetched in time' : `could not be fetched (${code})`;
}

async function readKept(reading: Reading, wanted: Wanted): Promise<Read> {
  const { agent, context } = reading;
  const { kept } = wanted;
  if (kept?.text !== undefined) return words(kept.text, kept.mediaType.startsWith('audio/') ? HEARD : '');
  const bytes = kept && (await agent.store.files.read(context.organization, kept.id));
  return bytes === undefined ? fetchAndRead(reading, wanted) : understand(reading, wanted, bytes);
}

async function fetchAndRead(reading: Reading, wanted: Wanted): Promise<Read> {
  const { context, signal } = reading;
  const { attachment, mostBytes } = wanted;
  const { adapter, access } = context;
  const { bytes, truncated } = await adapter.fetchAttachment(access, attachment.handle, mostBytes, signal);
  reading.budget.bytes -= bytes.byteLength;
  if (reading.budget.bytes < 0) return nothing(refused(wanted, TOO_MUCH).refusal);
  const found = sniff(bytes);
  if (found === undefined) return nothing(refused(wanted, 'not readable as text').refusal);
  if (truncated && found.kind !== 'text') return nothing(refused(wanted, tooLarge(mostBytes)).refusal);
  await keep(reading, wanted, { bytes, mediaType: found.mediaType });
  return understand(reading, wanted, bytes);
}

/** That it could not be kept costs a later turn something, and this one nothing. */
async function keep(
  { agent, context }: Reading,
  { message, ordinal, attachment: { handle } }: Wanted,
  file: { readonly bytes: Uint8Array; readonly mediaType: string },
): Promise<void> {
  if (message === undefined) return;
  try {
    await agent.store.files.keep(context.organization, { message, ordinal, handle, ...file });
  } catch (thrown) {
    context.log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'a file could not be kept');
  }
}

async function understand(reading: Reading, wanted: Wanted, bytes: Uint8Array): Promise<Read> {
  const found = sniff(bytes);
  const kind = found?.kind ?? 'text';
  if (!canSense(kind, reading.senses)) return nothing(UNSENSED[kind]);
  const most = FILE_POLICY.mostOf[kind];
  if (kind !== 'text' && bytes.byteLength > most) return nothing(refused(wanted, tooLarge(most)).refusal);
  if (found?.kind === 'image') return see(wanted, bytes, found);
  if (found?.kind === 'document') return readDocument(reading, wanted, bytes);
  return found?.kind === 'recording' ? listen(reading, wanted, { bytes, ...found }) : readText(wanted, bytes);
}

function readText({ attachment: { size } }: Wanted, bytes: Uint8Array): Read {
  const most = FILE_POLICY.mostOf.text;
  const cut = bytes.byteLength >= most && size !== most;
  return words(textOf(bytes.subarray(0, most)), cut ? `only its first ${most} bytes` : '');
}

function see(wanted: Wanted, bytes: Uint8Array, { mediaType }: Found & { readonly kind: 'image' }): Read {
  const pixels = pixelsOf(bytes, mediaType);
  if (pixels === undefined) return nothing(refused(wanted, 'not shown: the image is broken').refusal);
  const most = FILE_POLICY.mostPixels;
  if (Math.max(pixels.width, pixels.height) > most)
    return nothing(refused(wanted, `not shown: more than ${most} pixels wide or high`).refusal);
  return { text: undefined, note: '', image: { mediaType, bytes, digest: fileId(bytes) } };
}

const PDF_WORDS: Readonly<Record<Extract<PdfResult, { kind: 'failed' }>['why'], string>> = {
  encrypted: 'not read: it is locked with a password',
  broken: 'not read: it is broken',
  slow: `not read: reading it takes longer than ${FILE_POLICY.document.withinMs / 1000} s`,
  large: `not read: reading it takes more than ${sizeOf(FILE_POLICY.document.mostMemory)} of memory`,
};

async function readDocument(reading: Reading, wanted: Wanted, bytes: Uint8Array): Promise<Read> {
  const { agent, signal } = reading;
  const read = await agent.readPdf(bytes, signal);
  if (read.kind === 'failed') return nothing(refused(wanted, PDF_WORDS[read.why]).refusal);
  if (read.text === '') return nothing(refused(wanted, 'not read: there is no text in it, only pictures').refusal);
  const end = read.cut ? `\n\n(cut here, on page ${read.read} of ${read.pages})` : '';
  const text = `${read.text}${end}`;
  await keepText(reading, bytes, text);
  return words(text);
}

const HEARD = 'what is said in it';

async function listen(
  reading: Reading,
  wanted: Wanted,
  { bytes, mediaType, ending }: { bytes: Uint8Array } & Extract<Found, { kind: 'recording' }>,
): Promise<Read> {
  const { agent, context, hear, signal } = reading;
  const recording = { name: `recording.${ending}`, mediaType, bytes };
  const heard = await hear?.(recording, signal);
  if (heard === undefined) return nothing(UNSENSED.recording);
  agent.metrics.modelCalls.inc({ provider: 'hearing', outcome: heard.kind === 'text' ? 'done' : heard.fault });
  if (heard.kind === 'failed') {
    context.log.warn({ reason: heard.message }, 'a recording could not be heard');
    return nothing(refused(wanted, `could not be heard (${heard.fault})`).refusal);
  }
  const text = heard.text === '' ? '(nothing is said)' : heard.text;
  await keepText(reading, bytes, text);
  return words(text, HEARD);
}

async function keepText({ agent, context }: Reading, bytes: Uint8Array, text: string): Promise<void> {
  try {
    await agent.store.files.keepText(context.organization, fileId(bytes), text);
  } catch (thrown) {
    context.log.warn({ reason: toFailure(thrown, 'unavailable').message }, 'the text of a file could not be kept');
  }
}
